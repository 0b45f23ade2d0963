//! `rapport init`.

use std::path::{Path, PathBuf};

use clap::Args;
use rapport::server::clock::Clock;
use rapport::workspace;

use super::settings::Settings;

/// Create a workspace and its first admin, and print its keys
///
/// The same as the first page in a browser. Nothing changes where the e-mail address has an account.
#[derive(Args)]
#[command(after_help = "Example:\n  echo 'a long password' > password\n  \
    rapport init --workspace 'Analytical Engines' --name 'Ada Lovelace' --email ada@example.com --password-file password")]
pub struct Init {
    /// The workspace's name
    #[arg(long)]
    workspace: String,
    /// The admin's name
    #[arg(long)]
    name: String,
    /// The admin's e-mail address; nothing changes where it has an account already
    #[arg(long)]
    email: String,
    /// A file whose first line is the password, of at least 10 characters
    #[arg(long)]
    password_file: PathBuf,
    /// Print the keys as one line of JSON
    #[arg(long)]
    json: bool,
}

impl Init {
    /// Makes the workspace and prints its keys.
    pub async fn run(self, settings: &Settings) -> Result<(), String> {
        settings.log()?;
        let password = first_line(&self.password_file)?;
        let (db, _hold) = settings.open().await?;
        let new = workspace::New {
            workspace: self.workspace,
            name: self.name,
            email: self.email,
            password,
        };
        let created =
            workspace::create(&db, new, Clock::System.now()).await.map_err(|e| e.to_string())?;
        if self.json {
            println!("{}", serde_json::to_string(&created).map_err(|e| e.to_string())?);
        } else {
            println!("app_id           {}", created.app_id);
            println!("api_token        {}", created.api_token);
            println!("write_key        {}", created.write_key);
            println!("identity_secret  {}", created.identity_secret);
            println!("The tokens are shown this once: keep them.");
        }
        Ok(())
    }
}

/// The password that a file's first line holds.
///
/// # Errors
/// A sentence that names the file.
pub fn first_line(file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| format!("--password-file {}: {e}", file.display()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
