//! `rapport restore`.

use std::path::PathBuf;

use clap::Args;
use rapport::backup;

use super::settings::Settings;

/// Fill an empty database from a backup: all of it, or nothing
///
/// The backup is checked to its end first, and what was written is read again and compared before it is kept. The
/// server must be stopped. A database that holds data is refused, and so is a backup of a later version.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  rapport restore rapport-2026-03-01.backup --database-url sqlite://data/new.db --data-dir data-new\n  \
        rapport restore --check rapport-2026-03-01.backup"
)]
pub struct Restore {
    /// The file that rapport backup wrote
    file: PathBuf,
    /// Only check the file
    #[arg(long)]
    check: bool,
}

impl Restore {
    /// Restores and prints what was in the file.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        if self.check {
            let (header, manifest) = backup::check(&self.file)?;
            manifest.tables.iter().for_each(super::print);
            println!(
                "{} is whole: {} files, schema {}, written by Rapport {}",
                self.file.display(),
                manifest.files,
                header.schema,
                header.rapport
            );
            return Ok(());
        }
        settings.folder()?;
        let files = settings.files().await?;
        let url = settings.database()?;
        let done = backup::restore(&self.file, url, files, &mut super::print).await?;
        println!("{} tables, {} rows and {} files restored", done.tables, done.rows, done.files);
        Ok(())
    }
}
