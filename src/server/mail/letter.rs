//! A mail, and what comes with it.

use std::sync::Arc;

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body, MultiPart};

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
    /// The files that come with it, the same for everybody.
    pub files: Arc<[MailFile]>,
}

/// A file that comes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// Its name.
    pub name: String,
    /// Its type.
    pub content_type: String,
    /// All of it.
    pub bytes: Vec<u8>,
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

/// The text with files beside it, where there are any.
pub(super) fn with_files(text: MultiPart, files: &[MailFile]) -> MultiPart {
    if files.is_empty() {
        return text;
    }
    files.iter().fold(MultiPart::mixed().multipart(text), |all, file| {
        let octets = ContentType::parse("application/octet-stream");
        let kind =
            ContentType::parse(&file.content_type).or(octets).unwrap_or(ContentType::TEXT_PLAIN);
        // In base64, so that it is the same file byte for byte: other ways change the ends of lines.
        let bytes = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64);
        let body = bytes.unwrap_or_else(Body::new);
        all.singlepart(Attachment::new(file.name.clone()).body(body, kind))
    })
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
    use super::Letter;

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
}
