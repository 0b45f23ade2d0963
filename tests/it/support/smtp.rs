//! A mail server that keeps what it is given.

use std::sync::{Arc, Mutex};

use rapport::server::mail::Mailer;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it arrived: whom it is for, and its source.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub to: String,
    pub source: String,
}

/// Listens on a port of its own and takes everything, except mail to addresses that begin with `refused`, `gone` or `later`; to those that
/// begin with `slow` it takes its time.
#[derive(Clone)]
pub struct Smtp {
    port: u16,
    kept: Arc<Mutex<Vec<Arrived>>>,
}

impl Smtp {
    pub async fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    /// On a port that is there already.
    pub fn on(listener: TcpListener) -> Self {
        let smtp = Self { port: listener.local_addr().unwrap().port(), kept: Arc::default() };
        let kept = smtp.kept.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, kept.clone()));
            }
        });
        smtp
    }

    pub fn mailer(&self) -> Mailer {
        Mailer::new(&format!("smtp://127.0.0.1:{}", self.port), "Rapport <rapport@example.com>")
            .unwrap()
    }

    pub fn kept(&self) -> Vec<Arrived> {
        self.kept.lock().unwrap().clone()
    }

    /// Waits until so many mails are there.
    pub async fn wait(&self, count: usize) -> Vec<Arrived> {
        for _ in 0..200 {
            let kept = self.kept();
            if kept.len() >= count {
                return kept;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("{count} mails were awaited, {:?} came", self.kept());
    }
}

impl Arrived {
    /// The source with the soft line breaks of quoted-printable undone.
    pub fn words(&self) -> String {
        self.source.replace("=\r\n", "").replace("=3D", "=")
    }

    /// The token at the end of the first link with this path.
    pub fn token(&self, path: &str) -> String {
        let words = self.words();
        let rest = words.split_once(path).unwrap_or_else(|| panic!("no {path} in {words}")).1;
        rest.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    }
}

async fn talk(stream: TcpStream, kept: Arc<Mutex<Vec<Arrived>>>) {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    let _ = stream.write_all(b"220 test\r\n").await;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|n| n > 0) {
        let upper = line.trim_end().to_uppercase();
        let answer = if upper.starts_with("RCPT TO:<REFUSED") {
            "550 nobody here"
        } else if upper.starts_with("RCPT TO:<GONE") {
            "550 5.1.1 no such mailbox"
        } else if upper.starts_with("RCPT TO:<LATER") {
            "451 4.7.1 not now"
        } else if upper.starts_with("RCPT TO:") {
            to = line.trim_end()[8..].trim_matches(['<', '>', ' ']).to_owned();
            "250 ok"
        } else if upper == "DATA" {
            let _ = stream.write_all(b"354 go on\r\n").await;
            let mut source = String::new();
            loop {
                let mut line = String::new();
                if !stream.read_line(&mut line).await.is_ok_and(|n| n > 0) {
                    return;
                }
                if line == ".\r\n" {
                    break;
                }
                // A dot at the beginning of a line was doubled on the way (RFC 5321, 4.5.2).
                source.push_str(if line.starts_with("..") { &line[1..] } else { &line });
            }
            if to.to_uppercase().starts_with("SLOW") {
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            }
            kept.lock().unwrap().push(Arrived { to: to.clone(), source });
            "250 kept"
        } else if upper == "QUIT" {
            let _ = stream.write_all(b"221 bye\r\n").await;
            return;
        } else {
            "250 ok"
        };
        let _ = stream.write_all(format!("{answer}\r\n").as_bytes()).await;
        line.clear();
    }
}
