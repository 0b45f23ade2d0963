//! The mail server as its address says, and how a connection to it is made.

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use url::Url;

use super::wrapped::Wrapped;

/// Where mail is handed over, and as whom.
pub(super) struct MailServer {
    host: String,
    port: u16,
    tls: Tls,
    hello: ClientId,
    credentials: Option<Credentials>,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Closed {
    /// Nothing answers there.
    Network(std::io::Error),
    /// It does not speak as it should, or does not let us in.
    Mail(SmtpError),
}

impl From<std::io::Error> for Closed {
    fn from(error: std::io::Error) -> Self {
        Self::Network(error)
    }
}

impl From<SmtpError> for Closed {
    fn from(error: SmtpError) -> Self {
        Self::Mail(error)
    }
}

impl MailServer {
    /// Reads `smtps://USER:PASSWORD@HOST`, `smtp://…?tls=required`, `smtp://…?tls=opportunistic` or `smtp://…`; a path is the name by
    /// which this program greets.
    ///
    /// # Errors
    /// What is wrong, without the password.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or("the host is missing")?.to_owned();
        let asked = url.query_pairs().find(|(name, _)| name == "tls");
        let asked = asked.map(|(_, value)| value.into_owned());
        let secured = || TlsParameters::new(host.clone()).map_err(|error| error.to_string());
        let (usual, tls) = match (url.scheme(), asked.as_deref()) {
            ("smtp", None) => (SMTP_PORT, Tls::None),
            ("smtp", Some("required")) => (SUBMISSION_PORT, Tls::Required(secured()?)),
            ("smtp", Some("opportunistic")) => (SUBMISSION_PORT, Tls::Opportunistic(secured()?)),
            ("smtps", _) => (SUBMISSIONS_PORT, Tls::Wrapper(secured()?)),
            ("smtp", Some(other)) => return Err(format!("tls={other} is not known")),
            (other, _) => return Err(format!("{other}: is not for mail")),
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        let plain = |text: &str| {
            let plain = percent_decode_str(text).decode_utf8();
            plain.map(|text| text.into_owned()).map_err(|error| error.to_string())
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(plain(url.username())?, plain(password)?)),
            None => None,
        };
        Ok(Self { port: url.port().unwrap_or(usual), host, tls, hello, credentials })
    }

    /// Connects, and signs in.
    ///
    /// # Errors
    /// [`Closed`] says why there is no connection.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, Closed> {
        let Self { host, port, tls, hello, credentials } = self;
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), *port)).await?;
        // The end of a mail is a small piece of its own. It would wait until the piece before is acknowledged, which the other end puts
        // off for some 40 ms, as it has nothing to say yet (RFC 896; RFC 1122, 4.2.3.2).
        stream.set_nodelay(true)?;
        let mut line = match tls {
            Tls::Wrapper(tls) => {
                let stream = Box::new(Wrapped::new(stream, tls.clone()).await?);
                AsyncSmtpConnection::connect_with_transport(stream, hello).await?
            }
            _ => AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello).await?,
        };
        match tls {
            Tls::Opportunistic(tls) if line.can_starttls() => {
                line.starttls(tls.clone(), hello).await?;
            }
            Tls::Required(tls) => line.starttls(tls.clone(), hello).await?,
            _ => {}
        }
        if let Some(credentials) = credentials {
            line.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, MailServer, Tls};

    #[test]
    fn an_address_is_read_whole_or_refused_without_its_password() {
        let read = |text: &str| MailServer::read(text).ok().unwrap();
        let plain = read("smtp://127.0.0.1");
        assert!(plain.port == 25 && matches!(plain.tls, Tls::None) && plain.credentials.is_none());
        assert_eq!(read("smtp://[::1]:2525").host, "[::1]");
        let first = read("smtps://ada%40x.example:p%2Fw@mail.example/inbox.example");
        assert!(first.port == 465 && matches!(first.tls, Tls::Wrapper(_)));
        assert_eq!(first.hello.to_string(), "inbox.example");
        let known = Credentials::new("ada@x.example".into(), "p/w".into());
        assert!(first.credentials == Some(known));
        let later = read("smtp://mail.example:2525?tls=required");
        assert!(later.port == 2525 && matches!(later.tls, Tls::Required(_)));
        for wrong in ["http://a:secret@b", "smtp://a:secret@b?tls=maybe", "smtp:", "mail.example"] {
            let said = MailServer::read(wrong).err().unwrap();
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
