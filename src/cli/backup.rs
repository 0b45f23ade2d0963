//! `rapport backup`.

use std::path::PathBuf;

use clap::Args;
use rapport::backup;
use rapport::server::clock::Clock;

use super::settings::Settings;

/// Write everything to one file, while the server works
///
/// The file holds every table as it was when the backup began, and the attachments. A backup of either engine is
/// restored into either. It holds personal data and hashes of passwords: only its owner can read it.
#[derive(Args)]
#[command(after_help = "Example:\n  rapport backup rapport-$(date +%F).backup")]
pub struct Backup {
    /// The file to write; it may not exist yet
    file: PathBuf,
}

impl Backup {
    /// Writes the file and prints what is in it.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let url = settings.database()?;
        let now = Clock::System.now();
        let files = settings.files().await?;
        let done = backup::write(url, files, &self.file, now, &mut super::print).await?;
        let size = std::fs::metadata(&self.file).map_err(|e| e.to_string())?.len();
        println!(
            "{} tables, {} rows and {} files in {} ({size} bytes)",
            done.tables,
            done.rows,
            done.files,
            self.file.display()
        );
        Ok(())
    }
}
