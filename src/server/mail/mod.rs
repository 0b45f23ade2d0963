//! Mail by SMTP. What is sent has a plain and an HTML part.

mod carry;
mod letter;
mod lines;
mod server;
mod wrapped;

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::error::Error;
use carry::NotTaken;
use letter::with_files;
pub use letter::{Bulk, Letter, MailFile};
use lines::Lines;
use server::MailServer;

/// How many mails are handed over side by side unless a setting says otherwise: mail servers put a bound to it, of 20 to 50 as they come.
pub const CONNECTIONS: usize = 10;

/// Where mail is handed over, and whom it is from.
pub struct Mailer {
    lines: Lines,
    from: Mailbox,
    connections: usize,
}

/// What became of a mail that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// The mail server has it.
    Taken,
    /// It does not take it now, or is not there: it has nothing.
    Later,
    /// It never will, or the mail cannot be written.
    Refused,
    /// It never will, because no mail gets to that address.
    Bounced,
    /// The connection broke: it may have it.
    Unknown,
}

impl Mailer {
    /// `url` is `smtps://USER:PASSWORD@HOST` (TLS from the first byte), `smtp://…?tls=required` (STARTTLS) or
    /// `smtp://…` (in clear, for a server on this machine). `from` is an address, with a name or without.
    ///
    /// # Errors
    /// A sentence that begins with the name of the wrong setting.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let expected = "expected smtps://USER:PASSWORD@HOST or smtp://HOST:PORT?tls=required";
        let server =
            MailServer::read(url).map_err(|e| format!("RAPPORT_SMTP_URL: {e}; {expected}"))?;
        let from = from.parse().map_err(|_| {
            "RAPPORT_MAIL_FROM: expected an address such as Rapport <rapport@example.com>"
                .to_owned()
        })?;
        Ok(Self { lines: Lines::new(server), from, connections: CONNECTIONS })
    }

    /// The same with so many connections side by side, one at least.
    pub fn with_connections(self, connections: usize) -> Self {
        Self { connections: connections.max(1), ..self }
    }

    /// How many mails to many may be handed over side by side.
    pub const fn connections(&self) -> usize {
        self.connections
    }

    /// Whether the mail server answers.
    pub async fn is_there(&self) -> bool {
        self.lines.is_there().await
    }

    /// Closes connections that have carried nothing for a while.
    pub async fn rest(&self) {
        self.lines.rest().await;
    }

    /// Hands over a mail that goes to many. Why it was not taken is in the log, without the address.
    pub async fn hand_over(&self, bulk: Bulk) -> Handed {
        let to = bulk.to.clone();
        let Ok(message) = self.bulk(bulk) else { return Handed::Refused };
        let Err(why) = self.lines.hand_over(&message).await else { return Handed::Taken };
        let NotTaken::Answered(error) = why else {
            tracing::warn!(?why, "mail was not taken");
            return match why {
                NotTaken::Lost => Handed::Unknown,
                NotTaken::Unable => Handed::Refused,
                _ => Handed::Later,
            };
        };
        tracing::warn!(code = ?error.status(), "mail was not taken");
        if error.is_permanent() {
            let code = error.status().map_or(0, u16::from);
            let words = std::error::Error::source(&error).map(ToString::to_string);
            let bounced = is_of_address(code, &words.unwrap_or_default(), &to);
            if bounced { Handed::Bounced } else { Handed::Refused }
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
            .multipart(with_files(
                MultiPart::alternative_plain_html(bulk.text, bulk.html),
                &bulk.files,
            ))
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
        self.lines.hand_over(&message).await.map_err(|why| {
            // The server's words may repeat the address: only their code is kept.
            match why {
                NotTaken::Answered(error) => {
                    tracing::error!(code = ?error.status(), "mail was not taken")
                }
                why => tracing::error!(?why, "mail was not taken"),
            }
            Error::Unreachable
        })
    }
}

/// Whether a refusal for good says that no mail gets to the address: by one of the codes for it (RFC 3463, 3.2 and 3.3: no such
/// mailbox, no such system, not an address, moved, takes no mail at all, disabled), and of a server that gives none by naming the address
/// beside what RFC 5321, 4.2.2 has for mailboxes. Everything else may be about the sender, the text, or the moment.
fn is_of_address(code: u16, words: &str, address: &str) -> bool {
    const OF_ADDRESS: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];
    let enhanced = words.split_whitespace().find(|word| {
        let mut parts = word.split('.');
        let numbers = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        parts.next() == Some("5") && parts.clone().count() == 2 && parts.all(numbers)
    });
    match enhanced {
        Some(enhanced) => OF_ADDRESS.contains(&enhanced),
        None => {
            let named = words.to_lowercase().contains(&address.trim().to_lowercase());
            matches!(code, 550 | 551 | 553) && named
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mailer, is_of_address};

    #[test]
    fn a_refusal_is_the_addresss_only_where_it_says_so() {
        for (code, words) in [
            (550, "5.1.1 <a@x.example>: Recipient address rejected: User unknown"),
            (550, "5.1.1 The email account that you tried to reach does not exist"),
            (550, "5.1.10 null MX"),
            (550, "5.2.1 The mailbox is disabled"),
            (550, "<A@x.example>: nobody here"),
            (553, "no mailbox a@x.example"),
        ] {
            assert!(is_of_address(code, words, "a@x.example"), "{code} {words}");
        }
        for (code, words) in [
            (550, "5.7.1 <a@x.example>: Message rejected as spam"),
            (552, "5.2.2 a@x.example: mailbox is full"),
            (550, "5.1.8 sender's domain does not exist"),
            (550, "go away"),
            (554, "a@x.example: transaction failed"),
            (530, "5.7.0 Must issue a STARTTLS command first"),
            (0, ""),
        ] {
            assert!(!is_of_address(code, words, "a@x.example"), "{code} {words}");
        }
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
