//! Files that come with what is said: uploaded first, sent with a part, and shown to those who may read it.

pub mod api;
#[cfg(feature = "ssr")]
mod content;
#[cfg(feature = "ssr")]
mod files;
#[cfg(feature = "ssr")]
mod kept;
mod kinds;
#[cfg(feature = "ssr")]
mod messages;
#[cfg(feature = "ssr")]
mod release;
#[cfg(feature = "ssr")]
mod remote;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod take;
pub mod views;

#[cfg(feature = "ssr")]
pub use files::{bytes, respond, store_of, sweep};
#[cfg(feature = "ssr")]
pub use kept::{rules, save_rules};
pub use kinds::{Customers, KIND, PLAIN, Rules, USUAL, named};
#[cfg(feature = "ssr")]
pub use messages::{keep_in_message, of_message, release_message};
#[cfg(feature = "ssr")]
pub use release::{release, release_all, release_notes, remove, restore};
#[cfg(feature = "ssr")]
pub use remote::{EXPECTED, probe, remote};
#[cfg(feature = "ssr")]
pub use rest::router;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{Stored, Uploader, attach, keep_in_note, of_parts, open, unsent};
#[cfg(feature = "ssr")]
pub use take::{copy, take, take_picture};

use crate::error::Error;
use crate::id::AttachmentId;

/// The largest file, in bytes: 25 MB.
pub const LARGEST: u64 = 25 * 1024 * 1024;
/// How many files come with one part at most.
pub const MOST: usize = 10;
/// The longest name of a file, in characters.
const NAME: usize = 120;

/// What a workspace decides about files, as the settings page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The number up to which this is true.
    pub seq: i64,
    /// What it decides.
    pub rules: Rules,
}

/// A file, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Attachment {
    /// Its number.
    pub id: AttachmentId,
    /// Its name, safe to show and to save under.
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// In pixels; 0 for what is not a picture that a page may show.
    pub width: i64,
    /// In pixels; 0 for what is not a picture that a page may show.
    pub height: i64,
}

impl Attachment {
    /// Where a teammate reads it.
    pub fn href(&self) -> String {
        format!("/attachments/{}/{}", self.id, crate::ui::escape(&self.name))
    }

    /// Whether a page may show it by itself.
    pub const fn is_picture(&self) -> bool {
        self.width > 0 && self.height > 0
    }

    /// How large it is, in words: `1.2 MB`.
    pub fn weight(&self) -> String {
        match self.size {
            0..1_024 => format!("{} bytes", self.size),
            1_024..1_048_576 => format!("{} KB", self.size / 1_024),
            size => format!("{:.1} MB", size as f64 / 1_048_576.0),
        }
    }
}

/// A name that says nothing to a file system, a header or a reader but what the file is called: the last step of a
/// path, without control characters, without marks that turn the reading direction, at most 120 characters.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            && !matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?')
    };
    let clean: String = last.chars().filter(seen).collect();
    let clean = clean.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    if clean.is_empty() {
        return "file".into();
    }
    if clean.chars().count() <= NAME {
        return clean.into();
    }
    // The ending says what it is, so it stays.
    let ending = clean.rsplit_once('.').map(|(_, end)| end).filter(|end| end.chars().count() <= 10);
    let ending = ending.map(|end| format!(".{end}")).unwrap_or_default();
    let begin: String = clean.chars().take(NAME - ending.chars().count()).collect();
    begin + &ending
}

/// The value of `Content-Disposition` for a name that is safe already (RFC 6266).
pub fn disposition(name: &str, inline: bool) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    let plain = |c: char| if c.is_ascii_alphanumeric() || " ._-()".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{}", crate::ui::escape(name))
}

/// Each of these files once, in the order in which they were chosen.
pub fn once(chosen: impl IntoIterator<Item = AttachmentId>) -> Vec<AttachmentId> {
    let mut ids = Vec::new();
    for id in chosen {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The numbers in a form's field, in their order: `7,5`.
///
/// # Errors
/// [`Error::Invalid`] for what is not numbers, and for more than ten.
pub fn ids(text: &str) -> Result<Vec<AttachmentId>, Error> {
    let mut ids = Vec::new();
    for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        ids.push(id.parse().map_err(|_| Error::invalid("files", "attach the files again"))?);
    }
    let ids = once(ids);
    if ids.len() > MOST {
        return Err(Error::invalid("files", format!("attach at most {MOST} files")));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::{disposition, ids, safe_name};
    use crate::id::AttachmentId;

    #[test]
    fn names_are_only_names() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\x.txt", "x.txt"),
            ("a\r\nset-cookie: x\".html", "aset-cookie x.html"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("", "file"),
            ("...", "file"),
            (".htaccess", "htaccess"),
            ("Übersicht 🙂.png", "Übersicht 🙂.png"),
        ] {
            assert_eq!(safe_name(given), kept, "{given:?}");
        }
        let long = safe_name(&format!("{}.pdf", "x".repeat(500)));
        assert!(long.chars().count() == 120 && long.ends_with(".pdf"));
    }

    #[test]
    fn headers_carry_any_name() {
        let header = disposition("Übersicht \"1\".png", false);
        assert!(
            header.is_ascii() && header.starts_with("attachment; filename=\"_bersicht _1_.png\"")
        );
        assert!(header.ends_with("filename*=UTF-8''%C3%9Cbersicht%20%221%22.png"));
        assert!(disposition("a.png", true).starts_with("inline; "));
    }

    #[test]
    fn lists_of_numbers_are_read() {
        let chosen = Ok(vec![AttachmentId(7), AttachmentId(5)]);
        assert_eq!(ids(" 7,5 ,7"), chosen, "each once, as they were chosen");
        assert_eq!(ids("").map(|ids| ids.len()), Ok(0));
        assert!(ids("x").is_err());
        assert!(ids("1,2,3,4,5,6,7,8,9,10,11").is_err());
    }
}
