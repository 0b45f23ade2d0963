//! `rapport import`.

use std::path::PathBuf;

use clap::Args;
use rapport::server::clock::Clock;
use rapport::server::state::AppState;
use rapport::{import, workspace};

use super::settings::Settings;

/// Import people, companies or events from a CSV file; started again, it adds only what is missing
///
/// Columns that are not mapped keep their names, as attributes or as metadata. A file is known by its content: stop it
/// at any time, start it again, and nothing is doubled.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  rapport import contacts people.csv --map id=user_id,notes=-\n  \
    rapport import contacts people.csv --map id=user_id --map '\"Name, first\"=name'\n  \
    rapport import events orders.csv --map customer=user_id,date=timestamp --event 'Order completed'"
)]
pub struct Import {
    /// What a row is
    kind: Kind,
    /// A CSV file with a header line; its encoding and what separates its fields are recognised
    file: PathBuf,
    /// What columns mean, as COLUMN=MEANING between commas, or once for each: user_id, email, company_id, company_ids, event,
    /// timestamp, properties, tags, owner_email, contact_role, unsubscribed_from_emails, marked_email_as_spam,
    /// language_override, a name of your own, or - for nothing. A name with a comma or = in it stands in quotes, as in the
    /// file: '"Name, first"=name'
    #[arg(long, value_name = "COLUMN=MEANING", value_parser = meant)]
    map: Vec<Meant>,
    /// The name of every event, where no column has it
    #[arg(long)]
    event: Option<String>,
    /// The file's encoding, such as utf-8, windows-1252 or utf-16le, where it is not recognised
    #[arg(long)]
    encoding: Option<String>,
    /// What stands between two fields, where it is not recognised: one character, or the word tab
    #[arg(long, value_parser = separator)]
    separator: Option<char>,
    /// The workspace's app_id, where there is more than one
    #[arg(long)]
    workspace: Option<String>,
    /// Where rejected rows go [default: FILE.rejected.csv]
    #[arg(long)]
    rejects: Option<PathBuf>,
}

/// What a row of a file is.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Kind {
    /// A person a row; columns are attributes
    Contacts,
    /// A company a row; columns are attributes
    Companies,
    /// An event a row; columns are its metadata
    Events,
}

impl From<Kind> for import::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Contacts => Self::Contacts,
            Kind::Companies => Self::Companies,
            Kind::Events => Self::Events,
        }
    }
}

/// What one `--map` says of columns.
#[derive(Clone)]
struct Meant(Vec<(String, String)>);

fn meant(text: &str) -> Result<Meant, String> {
    import::pairs(text).map(Meant)
}

fn separator(text: &str) -> Result<char, String> {
    import::separator_of(text).ok_or_else(|| "expected one character, or tab".to_owned())
}

impl Import {
    /// Imports the file with a bar, and says what came of its rows.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let (db, _hold) = settings.open().await?;
        let workspace =
            workspace::choose(&db, self.workspace.as_deref()).await.map_err(|e| e.to_string())?;
        let rejects = self.rejects.unwrap_or_else(|| {
            let mut name = self.file.clone().into_os_string();
            name.push(".rejected.csv");
            name.into()
        });
        let size = std::fs::metadata(&self.file)
            .map_err(|e| format!("{}: {e}", self.file.display()))?
            .len();
        let bar = indicatif::ProgressBar::new(size);
        let style = "{bar:32} {percent}% {bytes_per_sec}, {eta} left {msg}";
        bar.set_style(indicatif::ProgressStyle::with_template(style).map_err(|e| e.to_string())?);
        let app = AppState::new(db, Clock::System, false);
        let import = import::Import {
            kind: self.kind.into(),
            file: self.file,
            asked: import::Asked { encoding: self.encoding, separator: self.separator },
            map: self.map.into_iter().flat_map(|meant| meant.0).collect(),
            event: self.event,
            rejects: rejects.clone(),
        };
        let mut running = import::Running::open(&import)?;
        eprintln!("{}: {}", import.file.display(), running.reading().words());
        while running.step(&app, workspace).await? {
            let p = running.progress();
            bar.set_position(p.bytes);
            bar.set_message(format!("{} rows", p.written + p.known));
        }
        let done = running.progress();
        bar.finish_and_clear();
        let (written, known, rejected) = (done.written, done.known, done.rejected);
        let rows = if written == 1 { "row" } else { "rows" };
        println!("{written} {rows} written, {known} known before, {rejected} rejected");
        if done.rejected > 0 {
            println!("Rejected rows with their reasons: {}", rejects.display());
        }
        Ok(())
    }
}
