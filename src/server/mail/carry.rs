//! One mail over one connection, and what is known of it where it was not taken.

use lettre::Message;
use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};

/// Why a mail was not taken.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// The mail server said no.
    Answered(SmtpError),
    /// It was not there, or went away before it was given the text: it has nothing.
    NotThere,
    /// It went away, or was silent for too long, while it was given the text or afterwards: it may have it.
    Lost,
    /// It does not take addresses or texts of this kind.
    Unable,
}

/// Whether a connection was closed before it carried anything of a mail.
pub(super) fn is_gone(error: &NotTaken) -> bool {
    match error {
        NotTaken::NotThere => true,
        // With 421 it closes the connection, as some do after so many mails.
        NotTaken::Answered(error) => error.status().is_some_and(|code| u16::from(code) == 421),
        NotTaken::Lost | NotTaken::Unable => false,
    }
}

/// Hands a mail over by a connection; answers too whether the connection can carry another.
pub(super) async fn carry(
    line: &mut AsyncSmtpConnection,
    message: &Message,
) -> (Result<(), NotTaken>, bool) {
    let text = message.formatted();
    match begin(line, message.envelope(), text.is_ascii()).await {
        Ok(()) => {}
        Err(NotTaken::Answered(error)) => {
            // What was answered is in order: the server forgets the mail, and closes where it said that it does.
            let closes = error.status().is_some_and(|code| u16::from(code) == 421);
            let in_order = !closes && line.command(Rset).await.is_ok();
            return (Err(NotTaken::Answered(error)), in_order);
        }
        Err(error) => return (Err(error), false),
    }
    match line.message(&text).await {
        Ok(_) => (Ok(()), true),
        Err(error) if error.status().is_some() => (Err(NotTaken::Answered(error)), true),
        Err(_) => (Err(NotTaken::Lost), false),
    }
}

/// Says from whom and to whom a mail is, up to where its text is to follow.
async fn begin(
    line: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    ascii: bool,
) -> Result<(), NotTaken> {
    let said = |error: SmtpError| match error.status() {
        Some(_) => NotTaken::Answered(error),
        None => NotTaken::NotThere,
    };
    let mut options = Vec::new();
    let mut all = envelope.from().into_iter().chain(envelope.to());
    if all.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(NotTaken::Unable);
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !ascii {
        if !line.server_info().supports_feature(Extension::EightBitMime) {
            return Err(NotTaken::Unable);
        }
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    line.command(Mail::new(envelope.from().cloned(), options)).await.map_err(said)?;
    for to in envelope.to() {
        line.command(Rcpt::new(to.clone(), Vec::new())).await.map_err(said)?;
    }
    line.command(Data).await.map(drop).map_err(said)
}
