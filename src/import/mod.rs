//! People, companies and events from CSV files, by the command line or by upload.

pub mod api;
#[cfg(feature = "ssr")]
mod cell;
#[cfg(feature = "ssr")]
mod contact_file;
#[cfg(feature = "ssr")]
mod earlier;
#[cfg(feature = "ssr")]
mod export;
#[cfg(feature = "ssr")]
mod fields;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod pairs;
#[cfg(feature = "ssr")]
mod records;
#[cfg(feature = "ssr")]
mod rejects;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod row;
#[cfg(feature = "ssr")]
mod run;
#[cfg(feature = "ssr")]
mod text;
#[cfg(feature = "ssr")]
mod uploads;
pub mod views;

#[cfg(feature = "ssr")]
pub use contact_file::ContactFile;
#[cfg(feature = "ssr")]
pub use earlier::{drop_upload, earlier, resume};
#[cfg(feature = "ssr")]
pub use export::{CompanyFile, export};
#[cfg(feature = "ssr")]
pub use pairs::pairs;
#[cfg(feature = "ssr")]
pub use rest::router;
#[cfg(feature = "ssr")]
pub use row::{Columns, Owners};
#[cfg(feature = "ssr")]
pub use run::{Import, Running, preview};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use uploads::{Upload, sweep};

use crate::jobs::State;
use crate::time::Stamp;
use crate::words::words;

words! {
    /// What a row of a file is.
    Kind {
        /// A person with their attributes.
        Contacts = "contacts", "People";
        /// A company with its attributes.
        Companies = "companies", "Companies";
        /// Something that a person did.
        Events = "events", "Events";
    }
}

impl Kind {
    /// What a column may mean besides an attribute or metadata of its own name.
    pub const fn meanings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Contacts => &[
                ("user_id", "Your id of the person"),
                ("name", "Name"),
                ("email", "E-mail address"),
                ("phone", "Phone"),
                ("avatar", "Address of a picture"),
                ("signed_up_at", "Signed up"),
                ("company_id", "Your id of the company"),
                ("company_ids", "Your ids of several companies, between semicolons"),
                ("company_name", "Name of the company"),
                ("contact_role", "user or lead"),
                ("owner_email", "E-mail address of the teammate who looks after them"),
                ("language_override", "Language to write to them in"),
                ("unsubscribed_from_emails", "Wants no bulk e-mail: true or false"),
                ("marked_email_as_spam", "Marked an e-mail as spam: true or false"),
                ("tags", "Tags, between semicolons"),
            ],
            Self::Companies => &[
                ("company_id", "Your id of the company"),
                ("name", "Name"),
                ("plan", "Plan"),
                ("monthly_spend", "Monthly spend"),
                ("size", "Size"),
                ("website", "Website"),
                ("industry", "Industry"),
                ("remote_created_at", "Customer since"),
                ("tags", "Tags, between semicolons"),
            ],
            Self::Events => &[
                ("user_id", "Your id of the person"),
                ("email", "E-mail address of a person without an id"),
                ("contact_role", "user or lead"),
                ("event", "Name of the event"),
                ("timestamp", "When it happened"),
                ("properties", "Metadata, as a JSON object"),
            ],
        }
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes of the file read.
    pub bytes: u64,
    /// Rows that are new in the database.
    pub written: u64,
    /// Rows that were there from an earlier run.
    pub known: u64,
    /// Rows in the reject file.
    pub rejected: u64,
}

/// How the sender of a file wants it read; what is not said is recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The encoding, by a label of <https://encoding.spec.whatwg.org/#names-and-labels>.
    pub encoding: Option<String>,
    /// What stands between two fields.
    pub separator: Option<char>,
}

impl Asked {
    /// What a form says; empty is nothing, and tabs are `tab`.
    pub fn of(encoding: &str, separator: &str) -> Self {
        let encoding = Some(encoding.trim().to_owned()).filter(|e| !e.is_empty());
        Self { encoding, separator: separator_of(separator) }
    }

    /// The same, with what is known of the file for what is not said. A separator is known in its encoding only.
    pub fn or(self, known: &Reading) -> Self {
        let other =
            self.encoding.as_ref().is_some_and(|e| !e.eq_ignore_ascii_case(&known.encoding));
        let separator = self.separator.or((!other).then_some(known.separator));
        Self { encoding: self.encoding.or_else(|| Some(known.encoding.clone())), separator }
    }
}

/// The character that is called so: itself, or the tab.
pub fn separator_of(text: &str) -> Option<char> {
    if text == "tab" {
        return Some('\t');
    }
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The encoding, by its name in <https://encoding.spec.whatwg.org/#names-and-labels>.
    pub encoding: String,
    /// What stands between two fields.
    pub separator: char,
}

impl Reading {
    /// The same as something that is asked for.
    pub fn asked(&self) -> Asked {
        Asked::default().or(self)
    }

    /// What was recognised: `Windows-1252, separated by semicolons`.
    pub fn words(&self) -> String {
        let encoding = self.encoding.replace("windows", "Windows");
        match self.separator {
            '\t' => format!("{encoding}, separated by tabs"),
            ',' => format!("{encoding}, separated by commas"),
            ';' => format!("{encoding}, separated by semicolons"),
            separator => format!("{encoding}, separated by {separator}"),
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Nobody said what its rows are.
    Kind,
    /// It is empty, or its first line names nothing.
    Nothing,
    /// It is no text.
    Binary,
    /// It is a ZIP archive, as workbooks are.
    Packed,
}

impl Unreadable {
    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Nothing => "file",
            Self::Binary => "binary",
            Self::Packed => "packed",
        }
    }

    /// What an address says.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Kind, Self::Nothing, Self::Binary, Self::Packed];
        all.into_iter().find(|u| u.word() == word)
    }

    /// The same for a person.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Kind => "Choose what the rows are.",
            Self::Nothing => {
                "This file could not be read. Choose a CSV file whose first line names the columns."
            }
            Self::Binary => "This file is not text. Choose a CSV file; a spreadsheet saves one.",
            Self::Packed => {
                "This file is a workbook or an archive. Save the sheet as CSV and choose that file."
            }
        }
    }
}

/// An uploaded file whose columns are to be given a meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The upload's number.
    pub id: String,
    /// What its rows are.
    pub kind: Kind,
    /// Its size in bytes.
    pub bytes: u64,
    /// How it is read.
    pub reading: Reading,
    /// Names of the columns.
    pub header: Vec<String>,
    /// What each column is taken to mean at first.
    pub guesses: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

/// A file that a teammate uploaded, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The upload's number.
    pub id: String,
    /// What the file was called, while that is known: a month.
    pub name: Option<String>,
    /// What its rows are, while that is known.
    pub kind: Option<Kind>,
    /// Where its newest import stands; `None` while its columns wait for a meaning.
    pub state: Option<State>,
    /// Rows that its newest import wrote.
    pub written: i64,
    /// Rows that its newest import set aside.
    pub rejected: i64,
    /// Why the import stopped, or empty.
    pub message: String,
    /// Whether the rows set aside can still be fetched.
    pub rejects: bool,
    /// Whether the file is still there, so that its import can go on.
    pub file: bool,
    /// When it last moved.
    pub at: Stamp,
}
