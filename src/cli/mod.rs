//! The command line: one file for each command, and the settings that they share.

mod admin;
mod backup;
mod demo;
mod export;
mod import;
mod init;
mod made;
mod move_to;
mod restore;
mod serve;
mod settings;
mod site;

use clap::{Parser, Subcommand};
use rapport::backup::Tally;

use made::Made;
use settings::Settings;

/// Rapport: a self-hosted customer inbox built on profiles.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  rapport serve\n  rapport demo --database-url sqlite://data/demo.db\n  rapport import --help"
)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Init(init::Init),
    Demo(demo::Demo),
    Import(import::Import),
    Export(export::Export),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Move(move_to::Move),
    Admin(admin::Admin),
    /// Print the version
    ///
    /// The same as rapport --version. Which one wrote a backup is said by rapport restore --check.
    #[command(after_help = "Example:\n  rapport version")]
    Version,
}

/// Runs the command that the program was called with.
///
/// # Errors
/// A sentence that names the setting, the option or the file that is wrong, or says what failed.
pub async fn run() -> Result<(), String> {
    let Cli { settings, command } = Cli::parse();
    let made = Made::before(&settings, &command);
    let done = run_command(command, &settings).await;
    if done.is_err() {
        made.take_away();
    }
    done
}

async fn run_command(command: Command, settings: &Settings) -> Result<(), String> {
    match command {
        Command::Serve(serve) => serve.run(settings).await,
        Command::Init(init) => init.run(settings).await,
        Command::Demo(demo) => demo.run(settings).await,
        Command::Import(import) => import.run(settings).await,
        Command::Export(export) => export.run(settings).await,
        Command::Backup(backup) => backup.run(settings).await,
        Command::Restore(restore) => restore.run(settings).await,
        Command::Move(move_to) => move_to.run(settings).await,
        Command::Admin(admin) => admin.run(settings).await,
        Command::Version => {
            println!("rapport {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
    }
}

/// Prints what came of one table.
fn print(tally: &Tally) {
    println!("{:<24} {:>10} rows  {}", tally.table, tally.rows, tally.sum);
}
