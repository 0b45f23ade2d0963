//! `rapport move`.

use clap::Args;
use rapport::backup;

use super::settings::{Settings, address};

/// Move everything to another database, such as from SQLite to PostgreSQL
///
/// Every table is copied in one transaction, read again and compared: at the end the other database holds everything,
/// or nothing. The first one is not changed. The server must be stopped. Attachments stay in the data folder.
#[derive(Args)]
#[command(
    after_help = "Example:\n  rapport move --database-url sqlite://data/rapport.db --to postgres://rapport@db.example.com/rapport"
)]
pub struct Move {
    /// The empty database to fill: sqlite://PATH or postgres://USER@HOST/NAME
    #[arg(long)]
    pub(super) to: String,
}

impl Move {
    /// Copies and prints what arrived.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let (from, to) = (settings.database()?, address("--to", &self.to)?);
        let tables = backup::transfer(from, to, &mut super::print).await?;
        let rows: u64 = tables.iter().map(|t| t.rows).sum();
        println!(
            "{} tables and {rows} rows arrived as they left. Set RAPPORT_DATABASE_URL to the new database and start",
            tables.len()
        );
        Ok(())
    }
}
