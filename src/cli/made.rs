//! What a command makes before it knows whether it goes on: where it is refused, nothing of that is left.

use std::path::{Path, PathBuf};

use super::Command;
use super::settings::Settings;

/// Folders and databases that were not there when the command began.
pub struct Made {
    /// The inner ones before those that they are in.
    folders: Vec<PathBuf>,
    databases: Vec<PathBuf>,
}

impl Made {
    /// Looks what is there.
    pub fn before(settings: &Settings, command: &Command) -> Self {
        let to = match command {
            Command::Move(move_to) => Some(move_to.to.as_str()),
            _ => None,
        };
        let urls = [Some(settings.database_url.as_str()), to].into_iter().flatten();
        let databases: Vec<PathBuf> =
            urls.filter_map(|url| url.strip_prefix("sqlite://")).map(PathBuf::from).collect();
        let folders = databases.iter().filter_map(|path| path.parent());
        let folders = folders.chain([settings.data_dir.as_path()]).flat_map(missing).collect();
        let databases = databases.into_iter().filter(|path| !locked(path).exists()).collect();
        Self { folders, databases }
    }

    /// Takes away what stayed empty.
    pub fn take_away(self) {
        for path in self.databases.iter().filter(|path| !path.exists()) {
            // What was not made need not go.
            let _ = std::fs::remove_file(locked(path));
        }
        for folder in self.folders {
            // One that holds something stays.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Of a folder and those that it is in, the ones that are not there.
fn missing(folder: &Path) -> Vec<PathBuf> {
    let named = folder.ancestors().take_while(|path| !path.as_os_str().is_empty());
    named.take_while(|path| !path.exists()).map(Path::to_owned).collect()
}

/// The file by which a database is held.
fn locked(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}
