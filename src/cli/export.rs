//! `rapport export`.

use std::path::PathBuf;

use clap::Args;
use rapport::{import, workspace};

use super::import::Kind;
use super::settings::Settings;

/// Write people, companies or events as a CSV file that import reads
///
/// For spreadsheets and other programs. To keep everything, and to have it back as it was, use rapport backup.
#[derive(Args)]
#[command(after_help = "Example:\n  rapport export contacts people.csv")]
pub struct Export {
    /// What a row is
    kind: Kind,
    /// The file to write [default: standard output]
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
                let problem = |e: std::io::Error| format!("{}: {e}", path.display());
                let out = std::io::BufWriter::new(std::fs::File::create(path).map_err(problem)?);
                import::export(&db, workspace, kind, out).await?
            }
            None => import::export(&db, workspace, kind, std::io::stdout().lock()).await?,
        };
        eprintln!("{rows} rows written");
        Ok(())
    }
}
