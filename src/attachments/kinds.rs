//! Which kinds of files are taken: what a workspace decides, and what the ending of a name says before a byte is sent.

use serde::{Deserialize, Serialize};

use super::safe_name;
use crate::error::Error;

/// Of which field a file's kind is refused, so that whoever sent it tells this from a file that is too large.
pub const KIND: &str = "file_type";
/// The longest ending of a name that counts as one, in characters.
const ENDING: usize = 16;
/// How many endings a workspace may refuse.
const MOST_REFUSED: usize = 300;

/// Endings that are refused where a workspace decides nothing: what runs, installs itself or changes the machine when it is
/// opened by a double click, on any system. Close to what Gmail refuses (<https://support.google.com/mail/answer/6590>).
#[rustfmt::skip]
pub const USUAL: &[&str] = &[
    "ade", "adp", "apk", "appimage", "appinstaller", "application", "appx", "appxbundle", "bat", "cab", "chm", "cmd", "com",
    "command", "cpl", "deb", "desktop", "diagcab", "diagcfg", "diagpkg", "dll", "dmg", "exe", "gadget", "hta", "img", "inf",
    "ins", "iso", "isp", "jar", "jnlp", "js", "jse", "lnk", "mde", "msc", "msi", "msix", "msixbundle", "msp", "mst", "pif",
    "pkg", "ps1", "psc1", "psd1", "psm1", "reg", "rpm", "run", "scf", "scr", "sct", "shb", "sys", "url", "vb", "vbe", "vbs",
    "vhd", "vhdx", "vxd", "wsc", "wsf", "wsh", "xll", "xpi",
];

/// Pictures, documents, sound and video, by their endings.
#[rustfmt::skip]
pub const PLAIN: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "avif", "heic", "heif", "bmp", "tif", "tiff",
    "pdf", "txt", "log", "md", "csv", "tsv", "json", "rtf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp",
    "pages", "numbers", "key", "eml", "ics", "vcf",
    "mp3", "m4a", "aac", "amr", "wav", "ogg", "oga", "opus", "flac", "3gp", "mp4", "m4v", "mov", "webm", "mkv",
];

/// What customers may send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Customers {
    /// What teammates may.
    #[default]
    Any,
    /// Pictures, documents, sound and video.
    Plain,
    /// No file.
    Nothing,
}

impl Customers {
    /// Every choice with its word in forms and what people read.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Any, "any", "Any file that is not refused above"),
        (Self::Plain, "plain", "Only pictures, documents, sound and video"),
        (Self::Nothing, "nothing", "No files"),
    ];

    /// The word in forms.
    pub fn word(self) -> &'static str {
        // Every choice has a row; the fallback is for the compiler.
        Self::ALL.into_iter().find(|(c, ..)| *c == self).map_or("any", |(_, word, _)| word)
    }
}

/// What a workspace decides about files, as it is kept: JSON under the name `files`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Endings that nobody may send, in small letters and without the dot.
    pub refused: Vec<String>,
    /// What customers may send.
    pub customers: Customers,
}

impl Default for Rules {
    fn default() -> Self {
        let refused = USUAL.iter().map(|&ending| ending.to_owned()).collect();
        Self { refused, customers: Customers::Any }
    }
}

impl Rules {
    /// What was typed: endings parted by spaces, commas or lines, and a word of [`Customers::ALL`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no ending, for too many of them, and for another word.
    pub fn read(refused: &str, customers: &str) -> Result<Self, Error> {
        let mut endings: Vec<String> = Vec::new();
        for word in refused.split(|c: char| c.is_whitespace() || c == ',' || c == ';') {
            let ending = word.trim_start_matches('*').trim_start_matches('.').to_lowercase();
            if word.is_empty() {
                continue;
            }
            if !is_ending(&ending) {
                let shown: String = word.chars().take(40).collect();
                let message = format!("{shown} is no ending of a name: write one such as exe");
                return Err(Error::invalid("refused", message));
            }
            endings.push(ending);
        }
        endings.sort_unstable();
        endings.dedup();
        if endings.len() > MOST_REFUSED {
            return Err(Error::invalid("refused", format!("name at most {MOST_REFUSED} endings")));
        }
        let customers = Customers::ALL.into_iter().find(|(_, word, _)| *word == customers);
        let (customers, ..) = customers
            .ok_or_else(|| Error::invalid("customers", "choose what customers may send"))?;
        Ok(Self { refused: endings, customers })
    }

    /// The endings that are refused, where they are not the usual ones: a page knows those.
    pub fn unusual(self) -> Option<Vec<String>> {
        let usual = USUAL.iter().eq(self.refused.iter());
        (!usual).then_some(self.refused)
    }

    /// Refuses what a customer may not send, by its name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the field [`KIND`].
    pub fn of_customer(&self, name: &str) -> Result<(), Error> {
        let plain = |ending: Option<String>| ending.is_some_and(|e| PLAIN.contains(&e.as_str()));
        match self.customers {
            Customers::Nothing => Err(Error::invalid(KIND, "customers send no files here")),
            Customers::Plain if !plain(ending(name)) => Err(Error::invalid(
                KIND,
                "customers send pictures, documents, sound and video here, no other files",
            )),
            _ => named(Some(&self.refused), name),
        }
    }
}

/// Refuses a file by the ending of its name: by those that a workspace refuses, or by the usual ones where it says none.
///
/// # Errors
/// [`Error::Invalid`] for the field [`KIND`].
pub fn named(refused: Option<&[String]>, name: &str) -> Result<(), Error> {
    let Some(ending) = ending(name) else { return Ok(()) };
    let is_refused = match refused {
        Some(own) => own.contains(&ending),
        None => USUAL.contains(&ending.as_str()),
    };
    if !is_refused {
        return Ok(());
    }
    let message = format!(
        "files that end in .{ending} are not taken here. Send another kind of file, or a link to it"
    );
    Err(Error::invalid(KIND, message))
}

/// What the name of a file ends in, in small letters, as it will be kept.
pub fn ending(name: &str) -> Option<String> {
    let name = safe_name(name);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.filter(|ending| is_ending(ending))
}

fn is_ending(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=ENDING).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{Customers, PLAIN, Rules, USUAL, ending, is_ending, named};

    #[test]
    fn the_usual_endings_are_in_order_and_none_is_plain() {
        assert!(USUAL.is_sorted() && USUAL.iter().chain(PLAIN).all(|one| is_ending(one)));
        assert!(!USUAL.iter().any(|one| PLAIN.contains(one)));
        assert_eq!(Rules::default().unusual(), None);
    }

    #[test]
    fn a_name_ends_in_what_the_file_is_kept_under() {
        for (name, end) in [
            ("setup.exe", Some("exe")),
            ("SETUP.EXE", Some("exe")),
            ("invoice.pdf.exe", Some("exe")),
            ("setup.exe.", Some("exe")),
            ("setup.exe . ", Some("exe")),
            ("C:\\tmp\\setup.exe", Some("exe")),
            ("gpj.\u{202e}exe", Some("exe")),
            ("a\"b.exe\"", Some("exe")),
            ("notes", None),
            ("notes.2026 draft", None),
            ("", None),
        ] {
            assert_eq!(ending(name).as_deref(), end, "{name:?}");
        }
    }

    #[test]
    fn what_is_refused_says_by_which_ending() {
        let said = named(None, "Setup.EXE").unwrap_err().to_string();
        assert!(said.starts_with("file_type: files that end in .exe"), "{said}");
        assert!(named(None, "plan.pdf").is_ok() && named(None, "exe").is_ok());
        let own = ["zip".to_owned()];
        assert!(named(Some(&own), "a.zip").is_err() && named(Some(&own), "a.exe").is_ok());
        let rules = |customers| Rules { customers, ..Rules::default() };
        assert!(rules(Customers::Any).of_customer("a.zip").is_ok());
        assert!(rules(Customers::Any).of_customer("a.bat").is_err());
        assert!(rules(Customers::Plain).of_customer("a.PNG").is_ok());
        assert!(rules(Customers::Plain).of_customer("a.zip").is_err());
        assert!(rules(Customers::Plain).of_customer("a").is_err());
        assert!(rules(Customers::Nothing).of_customer("a.png").is_err());
    }

    #[test]
    fn what_was_typed_is_read_or_refused() {
        let rules = Rules::read(" .EXE, *.zip\nexe;bat ", "plain").unwrap();
        assert_eq!(
            (rules.refused, rules.customers),
            (vec!["bat".into(), "exe".into(), "zip".into()], Customers::Plain)
        );
        assert_eq!(
            Rules::read("", "any").unwrap().unusual(),
            Some(Vec::new()),
            "nothing is a decision too"
        );
        assert_eq!(Rules::read(&USUAL.join(" "), "any").unwrap(), Rules::default());
        for (refused, customers) in
            [("a/b", "any"), ("*", "any"), ("seventeen-letters", "any"), ("exe", "some")]
        {
            assert!(Rules::read(refused, customers).is_err(), "{refused} {customers}");
        }
    }
}
