//! Settings that every command has.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{StringValueParser, TypedValueParser as _};
use rapport::backup::Files;
use rapport::server::db::{Db, Hold, schema};
use rapport::{attachments, jobs, outbound};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// What a database's address looks like.
const EXPECTED: &str = "expected sqlite://PATH or postgres://USER@HOST/NAME";

/// Where files are, unless it is said.
const DATA: &str = "data";
/// What is logged, unless it is said.
const LOG: &str = "info";

/// A setting that is there and says nothing, as in a file of settings, is as one that is not there.
fn said<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() { otherwise } else { text }
}

fn folder_of(text: String) -> PathBuf {
    said(&text, DATA).into()
}

/// What the help calls these settings.
const COMMON: &str = "Settings of every command";

/// Where things are, and what is logged.
#[derive(Args)]
pub struct Settings {
    /// Where the data is: sqlite://PATH (made when missing) or postgres://USER@HOST/NAME
    #[arg(
        long,
        env = "RAPPORT_DATABASE_URL",
        global = true, help_heading = COMMON,
        default_value = "sqlite://data/rapport.db",
        hide_env_values = true
    )]
    pub database_url: String,
    /// Where files are kept that are not in the database: attachments, and uploads on their way
    #[arg(long, env = "RAPPORT_DATA_DIR", global = true, help_heading = COMMON, default_value = DATA, value_parser = StringValueParser::new().map(folder_of))]
    pub data_dir: PathBuf,
    /// Where attachments are instead, such as s3://BUCKET/FOLDER?region=REGION; its keys are in AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY
    #[arg(long, env = "RAPPORT_FILES_URL", global = true, help_heading = COMMON)]
    files_url: Option<String>,
    /// What to log, for example info or rapport=debug
    #[arg(long, env = "RAPPORT_LOG", global = true, help_heading = COMMON, default_value = LOG)]
    log: String,
    /// How log lines look: text for people, json for machines
    #[arg(long, env = "RAPPORT_LOG_FORMAT", global = true, help_heading = COMMON, default_value = "text")]
    log_format: String,
}

impl Settings {
    /// Begins to log, to standard error.
    ///
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn log(&self) -> Result<(), String> {
        let wrong = |why: String| {
            format!("RAPPORT_LOG: {why}; expected a filter such as info or rapport=debug")
        };
        // A word alone that is no level would be a module's name, and everything else would be silent.
        let no_level = |part: &&str| {
            let named = part.is_empty() || part.contains(['=', '[']) || part.starts_with("rapport");
            !named && part.parse::<LevelFilter>().is_err()
        };
        let log = said(&self.log, LOG);
        if let Some(word) = log.split(',').map(str::trim).find(no_level) {
            return Err(wrong(format!("{word} is no level")));
        }
        let filter = EnvFilter::try_new(log).map_err(|e| wrong(e.to_string()))?;
        let color = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(color);
        match self.log_format.as_str() {
            "text" => lines.init(),
            "json" => lines.json().flatten_event(true).with_span_list(false).init(),
            other => return Err(format!("RAPPORT_LOG_FORMAT: {other}: expected text or json")),
        }
        Ok(())
    }

    /// The folder for files, made when it is missing.
    ///
    /// # Errors
    /// A sentence that says why files cannot be kept there.
    pub fn folder(&self) -> Result<PathBuf, String> {
        let problem = |e: std::io::Error| {
            let shown = self.data_dir.display();
            format!("RAPPORT_DATA_DIR: {shown}: {e}; expected a folder that can be written")
        };
        std::fs::create_dir_all(&self.data_dir).map_err(problem)?;
        let probe = self.data_dir.join(format!(".probe-{}", std::process::id()));
        std::fs::write(&probe, "").map_err(problem)?;
        std::fs::remove_file(&probe).map_err(problem)?;
        Ok(self.data_dir.clone())
    }

    /// Where attachments are: under the data folder, or at an address that is tried out first.
    ///
    /// # Errors
    /// A sentence that names the setting which is wrong and says what is expected.
    pub async fn files(&self) -> Result<Files, String> {
        let folder = self.data_dir.clone();
        let address = self.files_url.as_deref().map(str::trim).filter(|a| !a.is_empty());
        let Some(address) = address else { return Ok(Files { folder, store: None }) };
        let wrong = |e: String| format!("RAPPORT_FILES_URL: {e}; {}", attachments::EXPECTED);
        let store = attachments::remote(address, std::env::vars()).map_err(wrong)?;
        attachments::probe(&*store).await.map_err(wrong)?;
        Ok(Files { folder, store: Some(store) })
    }

    /// Checks the database's address and makes the folder of a SQLite file.
    ///
    /// # Errors
    /// A sentence that names the setting and says what is expected.
    pub fn database(&self) -> Result<&str, String> {
        address("RAPPORT_DATABASE_URL", &self.database_url)
    }

    /// Opens the database and brings its schema up to date; while the hold lives, nobody restores into it or moves it
    /// away.
    ///
    /// # Errors
    /// A sentence that names the setting and says what is expected.
    pub async fn open(&self) -> Result<(Db, Hold), String> {
        let url = self.database()?;
        let problem = |e: schema::Unusable| format!("RAPPORT_DATABASE_URL: {e}");
        let hold = Hold::shared(url).await.map_err(|e| problem(e.into()))?;
        let hold = hold.ok_or(
            "RAPPORT_DATABASE_URL: this database is being restored or moved; wait until that has ended",
        )?;
        Ok((Db::open(url).await.map_err(problem)?, hold))
    }

    /// Opens it for a server: where no other program uses it, work that a killed one left is free at once.
    ///
    /// # Errors
    /// A sentence that names the setting and says what is expected.
    pub async fn open_to_serve(&self) -> Result<(Db, Hold), String> {
        let url = self.database()?;
        let problem = |e: schema::Unusable| format!("RAPPORT_DATABASE_URL: {e}");
        let alone = Hold::alone(url).await.map_err(|e| problem(e.into()))?;
        if alone.is_some() {
            let db = Db::open(url).await.map_err(problem)?;
            let freed = jobs::free(&db).await;
            freed.map_err(|e| format!("RAPPORT_DATABASE_URL: {}", e.sentence()))?;
            let freed = outbound::free(&db).await;
            freed.map_err(|e| format!("RAPPORT_DATABASE_URL: {}", e.sentence()))?;
        }
        drop(alone);
        self.open().await
    }
}

/// Checks a database's address and makes the folder of a SQLite file; `name` is the setting's.
///
/// # Errors
/// A sentence that names the setting and says what is expected.
pub fn address<'a>(name: &str, url: &'a str) -> Result<&'a str, String> {
    let path = url.strip_prefix("sqlite://");
    let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    if !postgres && path.is_none_or(str::is_empty) {
        return Err(format!("{name}: {EXPECTED}"));
    }
    if let Some(folder) = path.and_then(|p| Path::new(p).parent()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("{name}: {}: {e}; {EXPECTED}", folder.display()))?;
    }
    Ok(url)
}
