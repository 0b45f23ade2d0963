//! Mail by SMTP. What is sent has a plain and an HTML part.

use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::error::Error;

/// How long the mail server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where mail is handed over, and whom it is from.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part, a whole document.
    pub html: String,
}

/// A mail that goes to many, as it is for one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// The name that stands before the sender's address.
    pub from: String,
    /// The address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part, a whole document.
    pub html: String,
    /// What tells it from every other mail, the same at each try, without the sender's host.
    pub id: String,
    /// The address that unsubscribes whoever posts to it.
    pub unsubscribe: String,
}

/// What became of a mail that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// The mail server has it.
    Taken,
    /// It does not take it now.
    Later,
    /// It never will, or the mail cannot be written.
    Refused,
    /// The connection broke: it may have it.
    Unknown,
}

impl Letter {
    /// A letter of paragraphs with a link on a line of its own under the first.
    pub fn with_link(to: &str, subject: &str, paragraphs: &[&str], link: (&str, &str)) -> Self {
        let (words, url) = link;
        let mut text = Vec::new();
        let mut html = Vec::new();
        for (n, paragraph) in paragraphs.iter().enumerate() {
            text.push((*paragraph).to_owned());
            html.push(format!("<p>{}</p>", escape(paragraph)));
            if n == 0 {
                text.push(url.to_owned());
                html.push(format!("<p><a href=\"{}\">{}</a></p>", escape(url), escape(words)));
            }
        }
        let html = format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head><body>{}</body></html>",
            escape(subject),
            html.concat()
        );
        Self {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: text.join("\n\n") + "\n",
            html,
        }
    }
}

impl Mailer {
    /// `url` is `smtps://USER:PASSWORD@HOST` (TLS from the first byte), `smtp://…?tls=required` (STARTTLS) or
    /// `smtp://…` (in clear, for a server on this machine). `from` is an address, with a name or without.
    ///
    /// # Errors
    /// A sentence that begins with the name of the wrong setting.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let expected = "expected smtps://USER:PASSWORD@HOST or smtp://HOST:PORT?tls=required";
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|e| format!("RAPPORT_SMTP_URL: {e}; {expected}"))?;
        let from = from.parse().map_err(|_| {
            "RAPPORT_MAIL_FROM: expected an address such as Rapport <rapport@example.com>"
                .to_owned()
        })?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from })
    }

    /// Whether the mail server answers.
    pub async fn is_there(&self) -> bool {
        self.transport.test_connection().await.unwrap_or(false)
    }

    /// Hands over a mail that goes to many. Why it was not taken is in the log, without the address.
    pub async fn hand_over(&self, bulk: Bulk) -> Handed {
        let Ok(message) = self.bulk(bulk) else { return Handed::Refused };
        let Err(error) = self.transport.send(message).await else { return Handed::Taken };
        tracing::warn!(code = ?error.status(), timeout = error.is_timeout(), "mail was not taken");
        if error.is_permanent() {
            Handed::Refused
        } else if error.is_transient() {
            Handed::Later
        } else {
            Handed::Unknown
        }
    }

    fn bulk(&self, bulk: Bulk) -> Result<Message, Error> {
        let to = bulk.to.parse().map_err(|_| Error::invalid("email", "no mail goes there"))?;
        let from = Mailbox::new(Some(bulk.from), self.from.email.clone());
        let header = |name: &'static str, value: String| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
        };
        Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(bulk.subject)
            .message_id(Some(format!("<{}@{}>", bulk.id, self.from.email.domain())))
            // One press in the mail program, as RFC 8058 says.
            .raw_header(header("List-Unsubscribe", format!("<{}>", bulk.unsubscribe)))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()))
            .multipart(MultiPart::alternative_plain_html(bulk.text, bulk.html))
            .map_err(|error| {
                tracing::error!(%error, "mail");
                Error::Internal
            })
    }

    /// Hands a letter over; when this answers, the mail server has taken it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an address that cannot be one; [`Error::Unreachable`] when the mail server refuses or is
    /// not there: why is in the log, without the address.
    pub async fn send(&self, letter: Letter) -> Result<(), Error> {
        let to = letter.to.parse().map_err(|_| Error::invalid("email", "no mail goes there"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .message_id(None)
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))
            .map_err(|error| {
                tracing::error!(%error, "mail");
                Error::Internal
            })?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| {
            // The server's words may repeat the address: only their code is kept.
            tracing::error!(code = ?error.status(), timeout = error.is_timeout(), "mail was not taken");
            Error::Unreachable
        })
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Letter, Mailer};

    #[test]
    fn both_parts_say_the_same_and_nothing_in_them_is_markup() {
        let link = ("Open <it>", "https://x.example/?a=1&b=2");
        let letter = Letter::with_link("a@x.example", "Hello", &["From <b>Ada</b>.", "Bye."], link);
        assert_eq!(letter.text, "From <b>Ada</b>.\n\nhttps://x.example/?a=1&b=2\n\nBye.\n");
        assert!(letter.html.contains("<p>From &lt;b&gt;Ada&lt;/b&gt;.</p>"), "{}", letter.html);
        assert!(
            letter.html.contains("href=\"https://x.example/?a=1&amp;b=2\">Open &lt;it&gt;</a>")
        );
    }

    #[tokio::test]
    async fn wrong_settings_are_named() {
        let from = "Rapport <rapport@example.com>";
        for url in ["http://mail.example", "mail.example", "smtp://mail.example?tls=maybe"] {
            let error = Mailer::new(url, from).err().unwrap();
            assert!(error.starts_with("RAPPORT_SMTP_URL: "), "{error}");
        }
        let error = Mailer::new("smtp://127.0.0.1:25", "nobody").err().unwrap();
        assert!(error.starts_with("RAPPORT_MAIL_FROM: "), "{error}");
        assert!(Mailer::new("smtp://127.0.0.1:25", from).is_ok());
    }
}
