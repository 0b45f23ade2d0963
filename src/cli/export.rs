//! `rapport export`.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use rapport::{import, workspace};

use super::import::Kind;
use super::settings::Settings;

/// Write people, companies or events as a CSV file that import reads
///
/// For spreadsheets and other programs. To keep everything, and to have it back as it was, use rapport backup.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  rapport export contacts people.csv\n  rapport export events | gzip > events.csv.gz"
)]
pub struct Export {
    /// What a row is
    kind: Kind,
    /// The file to write, a new one [default: standard output]
    file: Option<PathBuf>,
    /// The workspace's app_id, where there is more than one
    #[arg(long)]
    workspace: Option<String>,
}

impl Export {
    /// Writes the rows and says how many.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let (db, _hold) = settings.open().await?;
        let workspace =
            workspace::choose(&db, self.workspace.as_deref()).await.map_err(|e| e.to_string())?;
        let kind = self.kind.into();
        let rows = match &self.file {
            Some(path) => {
                let out = std::io::BufWriter::new(new_file(path)?);
                import::export(&db, workspace, kind, out).await?
            }
            None => import::export(&db, workspace, kind, std::io::stdout().lock()).await?,
        };
        eprintln!("{rows} {} written", if rows == 1 { "row" } else { "rows" });
        Ok(())
    }
}

/// A file that was not there before: the one that was imported may have the same name.
fn new_file(path: &Path) -> Result<File, String> {
    File::options().write(true).create_new(true).open(path).map_err(|problem| {
        match problem.kind() {
            ErrorKind::AlreadyExists => {
                format!("{} exists already; name a new file", path.display())
            }
            _ => format!("{}: {problem}", path.display()),
        }
    })
}
