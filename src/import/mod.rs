//! People, companies and events from CSV files, by the command line or by upload.

pub mod api;
#[cfg(feature = "ssr")]
mod export;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod row;
#[cfg(feature = "ssr")]
mod run;
#[cfg(feature = "ssr")]
mod uploads;
pub mod views;

#[cfg(feature = "ssr")]
pub use export::{CompanyFile, export};
#[cfg(feature = "ssr")]
pub use rest::router;
#[cfg(feature = "ssr")]
pub use row::Columns;
#[cfg(feature = "ssr")]
pub use run::{Import, Running, preview};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use uploads::{Upload, sweep};

/// What a row of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person with their attributes.
    Contacts,
    /// A company with its attributes.
    Companies,
    /// Something that a person did.
    Events,
}

impl Kind {
    /// Every kind, with what it is called.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Contacts, "People"), (Self::Companies, "Companies"), (Self::Events, "Events")];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Events => "events",
        }
    }

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
                ("company_name", "Name of the company"),
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
            ],
            Self::Events => &[
                ("user_id", "Your id of the person"),
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

/// An uploaded file whose columns are to be given a meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The upload's number.
    pub id: String,
    /// What its rows are.
    pub kind: Kind,
    /// Its size in bytes.
    pub bytes: u64,
    /// Names of the columns.
    pub header: Vec<String>,
    /// What each column is taken to mean at first.
    pub guesses: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}
