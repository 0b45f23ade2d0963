//! Uploaded files, from the upload to the end of their import.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Kind, Preview, preview};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::server::secret;
use crate::server::state::AppState;

/// How long a file may wait for its columns, and rejected rows for their reader: a day.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How many rows a preview shows.
const ROWS: usize = 5;

/// One uploaded file. Its name on the disk is random and says nothing of anyone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upload {
    id: String,
    workspace: WorkspaceId,
    teammate: TeammateId,
    kind: Kind,
}

impl Upload {
    /// A new upload, whose file is to be written to [`file`](Self::file).
    ///
    /// # Errors
    /// [`Error::Internal`] when the folder cannot be made.
    pub fn new(
        app: &AppState,
        workspace: WorkspaceId,
        teammate: TeammateId,
        kind: Kind,
    ) -> Result<Self, Error> {
        let upload = Self { id: hex_id(), workspace, teammate, kind };
        std::fs::create_dir_all(folder(app)).map_err(broken)?;
        let about = serde_json::to_vec(&upload).map_err(|_| Error::Internal)?;
        std::fs::write(upload.path(app, "json"), about).map_err(broken)?;
        Ok(upload)
    }

    /// An upload of this teammate.
    ///
    /// # Errors
    /// [`Error::NotFound`] for another's, and for one whose day is over.
    pub fn find(
        app: &AppState,
        workspace: WorkspaceId,
        teammate: TeammateId,
        id: &str,
    ) -> Result<Self, Error> {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::NotFound);
        }
        let about = std::fs::read(folder(app).join(format!("{id}.json")));
        let about: Self = serde_json::from_slice(&about.map_err(|_| Error::NotFound)?)
            .map_err(|_| Error::NotFound)?;
        let theirs = about.workspace == workspace && about.teammate == teammate;
        if theirs { Ok(about) } else { Err(Error::NotFound) }
    }

    /// Its number.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What its rows are.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Where the file is.
    pub fn file(&self, app: &AppState) -> PathBuf {
        self.path(app, "csv")
    }

    /// Where rejected rows go.
    pub fn rejects(&self, app: &AppState) -> PathBuf {
        self.path(app, "rejected.csv")
    }

    fn path(&self, app: &AppState, end: &str) -> PathBuf {
        folder(app).join(format!("{}.{end}", self.id))
    }

    /// The header and the first rows, with a guess at what each column means.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is not CSV.
    pub fn preview(&self, app: &AppState) -> Result<Preview, Error> {
        let (header, rows) =
            preview(&self.file(app), ROWS).map_err(|message| Error::invalid("file", message))?;
        let bytes = std::fs::metadata(self.file(app)).map_err(broken)?.len();
        let guesses = header.iter().map(|name| guess(self.kind, name)).collect();
        Ok(Preview { id: self.id.clone(), kind: self.kind, bytes, header, guesses, rows })
    }

    /// Forgets the file once it has been imported; rejected rows stay for a day.
    pub fn finish(&self, app: &AppState) {
        remove(&self.file(app));
    }

    /// Forgets everything about it.
    pub fn discard(&self, app: &AppState) {
        for end in ["csv", "rejected.csv", "json"] {
            remove(&self.path(app, end));
        }
    }
}

fn folder(app: &AppState) -> PathBuf {
    app.data_dir.join("uploads")
}

fn hex_id() -> String {
    secret::hash(&secret::random(""))[..24].to_owned()
}

fn broken(error: std::io::Error) -> Error {
    tracing::error!(%error, "uploads");
    Error::Internal
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::error!(%error, "an uploaded file could not be removed");
    }
}

/// What a column is likely to mean, by its name.
fn guess(kind: Kind, name: &str) -> String {
    let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let meaning = match (kind, plain.as_str()) {
        (Kind::Companies, "id" | "companyid" | "accountid") => "company_id",
        (
            Kind::Contacts | Kind::Events,
            "id" | "userid" | "customerid" | "externalid" | "contactid",
        ) => "user_id",
        (Kind::Contacts, "companyid" | "accountid") => "company_id",
        (Kind::Contacts, "company" | "companyname") => "company_name",
        (_, "email" | "emailaddress" | "mail") if kind == Kind::Contacts => "email",
        (Kind::Contacts, "phone" | "phonenumber" | "telephone") => "phone",
        (Kind::Contacts, "signedupat" | "signedup" | "createdat") => "signed_up_at",
        (Kind::Companies, "createdat" | "customersince") => "remote_created_at",
        (Kind::Companies, "monthlyspend" | "mrr") => "monthly_spend",
        (Kind::Companies, "employees") => "size",
        (Kind::Contacts | Kind::Companies, "name" | "fullname") => "name",
        (Kind::Events, "event" | "eventname") => "event",
        (Kind::Events, "timestamp" | "time" | "date" | "createdat" | "at") => "timestamp",
        _ => name,
    };
    meaning.to_owned()
}

/// Forgets uploads that nobody came back for.
pub fn sweep(app: &AppState) {
    let Ok(files) = std::fs::read_dir(folder(app)) else { return };
    for file in files.flatten() {
        let age = file.metadata().and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok());
        if age.is_some_and(|age| age > KEPT) {
            remove(&file.path());
        }
    }
}
