//! Connections to the mail server: each carries one mail at a time, is kept while there are more, and is closed as soon as anything
//! about it is in doubt.

use std::time::{Duration, Instant};

use lettre::Message;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::carry::{NotTaken, carry, is_gone};
use super::server::{Closed, MailServer};

/// How long it may take until the mail server has said who it is and let this program in.
const GREETING: Duration = Duration::from_secs(20);
/// How long it may take over one mail. It looks at the mail once it has all of it, and answers then.
const ONE: Duration = Duration::from_secs(120);
/// How long a connection is kept that carries nothing.
const IDLE: Duration = Duration::from_secs(30);

/// Connections that are open, and how more are made.
pub(super) struct Lines {
    server: MailServer,
    /// Those that carry nothing, with the moment since when.
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    one: Duration,
}

impl Lines {
    pub(super) fn new(server: MailServer) -> Self {
        Self { server, idle: Mutex::default(), one: ONE }
    }

    /// Whether the mail server answers. The connection that says so is kept for the next mail.
    pub(super) async fn is_there(&self) -> bool {
        while let Some(mut line) = self.kept().await {
            if matches!(timeout(GREETING, line.test_connected()).await, Ok(true)) {
                self.keep(line).await;
                return true;
            }
        }
        let Some(line) = self.open().await else { return false };
        self.keep(line).await;
        true
    }

    /// Closes the connections that have carried nothing for a while.
    pub(super) async fn rest(&self) {
        let old: Vec<_> = {
            let mut idle = self.idle.lock().await;
            idle.extract_if(.., |(_, since)| since.elapsed() > IDLE).collect()
        };
        let close = old.into_iter().map(|(mut line, _)| async move {
            // Whoever does not answer to a farewell is gone all the same.
            let _ = timeout(GREETING, line.abort()).await;
        });
        futures::future::join_all(close).await;
    }

    /// Hands a mail over.
    ///
    /// # Errors
    /// [`NotTaken`] says why the mail server does not have it, or may not.
    pub(super) async fn hand_over(&self, message: &Message) -> Result<(), NotTaken> {
        loop {
            let kept = self.kept().await;
            let was_kept = kept.is_some();
            let line = match kept {
                Some(line) => Some(line),
                None => self.open().await,
            };
            let Some(mut line) = line else { return Err(NotTaken::NotThere) };
            // Given up in the middle, a connection is dropped, which closes it: nobody takes the answer to this mail for one to another.
            let Ok((done, in_order)) = timeout(self.one, carry(&mut line, message)).await else {
                return Err(NotTaken::Lost);
            };
            if in_order {
                self.keep(line).await;
            }
            match done {
                // It was closed at the other end since the mail before: that end has nothing of this one.
                Err(ref error) if was_kept && is_gone(error) => {}
                done => return done,
            }
        }
    }

    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().await.pop().map(|(line, _)| line)
    }

    async fn keep(&self, line: AsyncSmtpConnection) {
        self.idle.lock().await.push((line, Instant::now()));
    }

    /// A connection that the mail server has let in. Why there is none is in the log.
    async fn open(&self) -> Option<AsyncSmtpConnection> {
        match timeout(GREETING, self.server.connect()).await {
            Ok(Ok(line)) => return Some(line),
            // The server's words may repeat who signed in. A certificate that does not hold comes before any of them.
            Ok(Err(Closed::Mail(error))) if error.status().is_none() => {
                tracing::warn!(%error, "no conversation with the mail server");
            }
            Ok(Err(Closed::Mail(error))) => {
                tracing::warn!(code = ?error.status(), tls = error.is_tls(), "the mail server did not let us in");
            }
            Ok(Err(Closed::Network(error))) => {
                tracing::warn!(%error, "no connection to the mail server")
            }
            Err(_) => tracing::warn!("the mail server is silent"),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use lettre::Message;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    use super::super::carry::NotTaken;
    use super::super::server::MailServer;
    use super::Lines;

    /// What a mail server does with mail to addresses that begin with these words: says nothing once it has the text, or closes the
    /// connection after it took it; everything else it takes, but refuses `no`.
    async fn talk(stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 here\r\n").await?;
        let (mut to, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let answer = if let Some(rest) = line.strip_prefix("RCPT TO:<") {
                to = rest.to_owned();
                if to.starts_with("no@") { "550 5.1.1 nobody" } else { "250 ok" }
            } else if line == "DATA\r\n" {
                stream.write_all(b"354 go on\r\n").await?;
                while line != ".\r\n" {
                    line.clear();
                    stream.read_line(&mut line).await?;
                }
                if to.starts_with("silent@") {
                    tokio::time::sleep(Duration::from_secs(600)).await;
                }
                "250 kept"
            } else {
                "250 ok"
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            if answer == "250 kept" && to.starts_with("last@") {
                return Ok(());
            }
        }
    }

    /// A mail server, the connections to it, and how many there were.
    async fn lines() -> (Lines, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(talk(stream));
            }
        });
        let lines = Lines::new(MailServer::read(&url).unwrap());
        (Lines { one: Duration::from_millis(700), ..lines }, count)
    }

    fn mail(to: &str) -> Message {
        let message = Message::builder().from("rapport@example.com".parse().unwrap());
        let to = format!("{to}@example.com").parse().unwrap();
        message.to(to).subject("Hi").body("A text of some length. ".repeat(100)).unwrap()
    }

    #[tokio::test]
    async fn a_connection_carries_mail_after_mail_also_after_one_that_was_refused() {
        let (lines, count) = lines().await;
        assert!(lines.is_there().await);
        for _ in 0..3 {
            lines.hand_over(&mail("ada")).await.unwrap();
            let refused = lines.hand_over(&mail("no")).await;
            assert!(
                matches!(refused, Err(NotTaken::Answered(ref e)) if e.is_permanent()),
                "{refused:?}"
            );
        }
        assert!(lines.is_there().await);
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn one_that_was_closed_meanwhile_has_another_in_its_place() {
        let (lines, count) = lines().await;
        for _ in 0..3 {
            lines.hand_over(&mail("last")).await.unwrap();
            // The end of a connection is on its way for a moment.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn silence_ends_and_its_late_answer_is_nobody_elses() {
        let (lines, count) = lines().await;
        let lost = lines.hand_over(&mail("silent")).await;
        assert!(matches!(lost, Err(NotTaken::Lost)), "{lost:?}");
        lines.hand_over(&mail("ada")).await.unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 2);
        let gone = Lines::new(MailServer::read("smtp://127.0.0.1:1").unwrap());
        assert!(matches!(gone.hand_over(&mail("ada")).await, Err(NotTaken::NotThere)));
        assert!(!gone.is_there().await);
    }

    /// The end of each mail used to wait 40 ms for the text to be acknowledged.
    #[tokio::test]
    async fn mails_do_not_wait_to_be_acknowledged() {
        let (lines, _) = lines().await;
        let began = Instant::now();
        for _ in 0..100 {
            lines.hand_over(&mail("ada")).await.unwrap();
        }
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    }
}
