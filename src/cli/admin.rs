//! `rapport admin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rapport::server::clock::Clock;
use rapport::server::state::AppState;
use rapport::teammates;

use super::init::first_line;
use super::settings::Settings;

/// Help teammates who cannot sign in
///
/// What is done here is in the audit log, by the operator.
#[derive(Args)]
#[command(
    after_help = "Example:\n  rapport admin reset-password --email ada@example.com --password-file password"
)]
pub struct Admin {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Give a teammate another password; every session of theirs ends
    ///
    /// The server may be running. The audit log says that the operator did it.
    #[command(after_help = "Example:\n  echo 'another long password' > password\n  \
        rapport admin reset-password --email ada@example.com --password-file password")]
    ResetPassword {
        /// The teammate's e-mail address
        #[arg(long)]
        email: String,
        /// A file whose first line is the new password, of at least 10 characters
        #[arg(long)]
        password_file: PathBuf,
        /// Also switch off codes from an authenticator, for a teammate who has lost theirs
        #[arg(long)]
        without_totp: bool,
    },
}

impl Admin {
    /// Does what was asked and says so.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let Action::ResetPassword { email, password_file, without_totp } = self.action;
        let password = first_line(&password_file)?;
        let (db, _hold) = settings.open().await?;
        let app = AppState::new(db, Clock::System, false);
        let done = teammates::reset_password(&app, &email, &password, without_totp).await;
        let ended = done.map_err(|e| e.to_string())?;
        println!("{email} has a new password, and {ended} sessions have ended");
        Ok(())
    }
}
