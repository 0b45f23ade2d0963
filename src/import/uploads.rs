//! Uploaded files, from the upload to the end of their import.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{Asked, Kind, Preview, Reading, Unreadable, preview, text};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::server::secret;
use crate::server::state::AppState;
use crate::time::Time;

/// How long a file may wait for its columns, and rejected rows for their reader: a day.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it is known what a file was called: 30 days.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The most characters that are kept of a file's name.
const NAME: usize = 200;
/// How many rows a preview shows.
const ROWS: usize = 5;

/// One uploaded file. Its name on the disk is random and says nothing of anyone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upload {
    id: String,
    workspace: WorkspaceId,
    teammate: TeammateId,
    kind: Kind,
    /// What the file was called where it came from.
    #[serde(default)]
    name: String,
    /// How the file is read, recognised when it came: that takes all of the file, and pages are many.
    #[serde(default)]
    reading: Option<Reading>,
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
        name: &str,
    ) -> Result<Self, Error> {
        let name = name.chars().filter(|c| !c.is_control()).take(NAME).collect();
        let upload = Self { id: hex_id(), workspace, teammate, kind, name, reading: None };
        std::fs::create_dir_all(folder(app)).map_err(broken)?;
        upload.keep(app)?;
        Ok(upload)
    }

    fn keep(&self, app: &AppState) -> Result<(), Error> {
        let about = serde_json::to_vec(self).map_err(|_| Error::Internal)?;
        std::fs::write(self.path(app, "json"), about).map_err(broken)
    }

    /// An upload of this teammate.
    ///
    /// # Errors
    /// [`Error::NotFound`] for another's, and for one whose month is over.
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

    /// Those of this teammate of which something is known still.
    pub fn all(app: &AppState, workspace: WorkspaceId, teammate: TeammateId) -> Vec<Self> {
        let Ok(files) = std::fs::read_dir(folder(app)) else { return Vec::new() };
        let names = files.flatten().filter_map(|file| file.file_name().into_string().ok());
        let ids = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
        ids.filter_map(|id| Self::find(app, workspace, teammate, &id).ok()).collect()
    }

    /// Its name in addresses and on the disk: 24 random hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What its rows are.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What the file was called where it came from; `None` where that was not said.
    pub fn name(&self) -> Option<&str> {
        Some(self.name.as_str()).filter(|name| !name.is_empty())
    }

    /// When it was uploaded, by the disk; the epoch where what is known of it is gone.
    pub fn made_at(&self, app: &AppState) -> Time {
        let made = std::fs::metadata(self.path(app, "json")).and_then(|m| m.modified());
        let since = made.ok().and_then(|m| m.duration_since(UNIX_EPOCH).ok());
        Time(since.and_then(|d| d.as_millis().try_into().ok()).unwrap_or_default())
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

    /// Looks at what came and keeps how it is read; why it cannot be, if it cannot. This reads all of the file.
    ///
    /// # Errors
    /// [`Error::Internal`] when that cannot be kept.
    pub fn recognise(&mut self, app: &AppState) -> Result<Option<Unreadable>, Error> {
        let file = self.file(app);
        match text::look(&file) {
            Err(why) => Ok(Some(why)),
            Ok(reading) if preview(&file, &reading.asked(), 0).is_err() => {
                Ok(Some(Unreadable::Nothing))
            }
            Ok(reading) => {
                self.reading = Some(reading);
                self.keep(app).map(|()| None)
            }
        }
    }

    /// The header and the first rows, with a guess at what each column means; what is not asked is as it was recognised.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the file is gone; [`Error::Invalid`] for what is not CSV.
    pub async fn preview(&self, app: &AppState, asked: Asked) -> Result<Preview, Error> {
        let file = self.file(app);
        let bytes = std::fs::metadata(&file).map_err(|_| Error::NotFound)?.len();
        let asked = match &self.reading {
            Some(known) => asked.or(known),
            None => asked,
        };
        // Not where pages are made: a line may be long, and of a file that came before this was kept all is read.
        let read = tokio::task::spawn_blocking(move || preview(&file, &asked, ROWS)).await;
        let (reading, header, rows) = read
            .map_err(|_| Error::Internal)?
            .map_err(|message| Error::invalid("file", message))?;
        let guesses = header.iter().map(|name| guess(self.kind, name)).collect();
        let (id, kind) = (self.id.clone(), self.kind);
        Ok(Preview { id, kind, bytes, reading, header, guesses, rows })
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
        (Kind::Contacts, "companyids" | "accountids") => "company_ids",
        (Kind::Contacts, "company" | "companyname") => "company_name",
        (Kind::Contacts | Kind::Events, "email" | "emailaddress" | "mail") => "email",
        (Kind::Contacts, "phone" | "phonenumber" | "telephone") => "phone",
        (Kind::Contacts, "signedupat" | "signedup" | "createdat") => "signed_up_at",
        (Kind::Contacts, "owner" | "owneremail") => "owner_email",
        (Kind::Contacts, "language") => "language_override",
        (Kind::Contacts, "unsubscribed" | "unsubscribedfromemails") => "unsubscribed_from_emails",
        (Kind::Contacts, "markedemailasspam" | "complained" | "spam") => "marked_email_as_spam",
        (Kind::Contacts | Kind::Companies, "tag" | "tags") => "tags",
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

/// Forgets files that have waited for a day, and after 30 days that they were there. One that is being read goes on to its end.
pub fn sweep(app: &AppState) {
    let Ok(files) = std::fs::read_dir(folder(app)) else { return };
    for file in files.flatten() {
        let age = file.metadata().and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok());
        let about = file.path().extension().is_some_and(|end| end == "json");
        if age.is_some_and(|age| age > if about { KNOWN } else { KEPT }) {
            remove(&file.path());
        }
    }
}
