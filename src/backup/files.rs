//! The files beside the database: attachments.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use futures::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _};

/// The folder inside the data folder that a backup takes along. Uploads on their way are not worth keeping.
pub const FOLDER: &str = "files";

/// Where attachments are.
pub struct Files {
    /// The data folder: attachments lie in a folder of it, unless there is a store.
    pub folder: PathBuf,
    /// A store elsewhere, which has them instead.
    pub store: Option<Arc<dyn ObjectStore>>,
}

impl From<&Path> for Files {
    fn from(folder: &Path) -> Self {
        Self { folder: folder.into(), store: None }
    }
}

impl Files {
    /// Where they are, in words, if any is there.
    ///
    /// # Errors
    /// A sentence that says what could not be read.
    pub async fn holds(&self) -> Result<Option<String>, String> {
        if let Some(store) = &self.store {
            let first = store.list(None).try_next().await;
            let first = first.map_err(|e| format!("the store of attachments: {e}"))?;
            return Ok(first.map(|_| "the store of attachments".into()));
        }
        let root = self.folder.join(FOLDER);
        let some = any(&root).map_err(|e| format!("{}: {e}", root.display()))?;
        Ok(some.then(|| root.display().to_string()))
    }

    /// Gives restored files their place, before the database is kept: a row never names a file that is not there.
    ///
    /// # Errors
    /// A sentence that says what failed; a store has none of them then.
    pub async fn place(&self, aside: &Path) -> Result<(), String> {
        if !aside.exists() {
            return Ok(());
        }
        let Some(store) = &self.store else {
            let root = self.folder.join(FOLDER);
            let renamed = || {
                if root.exists() {
                    // It holds no file, only folders.
                    std::fs::remove_dir_all(&root)?;
                }
                std::fs::rename(aside, &root)
            };
            return renamed().map_err(|e| format!("{}: {e}", root.display()));
        };
        let mut paths = Vec::new();
        let add = &mut |path: &Path| {
            paths.push(path.to_owned());
            Ok(())
        };
        list(aside, Path::new(""), add).map_err(|e| format!("{}: {e}", aside.display()))?;
        let mut placed = Vec::new();
        for path in &paths {
            let name = object_store::path::Path::from_iter(
                path.iter().map(|part| part.to_string_lossy().into_owned()),
            );
            let bytes = std::fs::read(aside.join(path));
            let bytes = bytes.map_err(|e| format!("{}: {e}", path.display()))?;
            let put = store.put(&name, bytes.into()).await;
            placed.push(name);
            if let Err(error) = put {
                for name in placed {
                    // What cannot be deleted is in nobody's way: no row names it.
                    let _ = store.delete(&name).await;
                }
                return Err(format!("the store of attachments: {error}"));
            }
        }
        Ok(())
    }
}

/// Whether a name is a file's: what begins with a dot is a trial, or was still being written.
pub fn is_whole(path: &Path) -> bool {
    path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b"."))
}

/// Every file under a folder, relative to it. What begins with a dot is still being written, or was.
///
/// # Errors
/// When a folder cannot be read.
pub fn list(
    root: &Path,
    below: &Path,
    found: &mut dyn FnMut(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let entries = match std::fs::read_dir(root.join(below)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let (path, kind) = (below.join(entry.file_name()), entry.file_type()?);
        if kind.is_dir() {
            list(root, &path, found)?;
        } else if kind.is_file() {
            found(&path)?;
        }
    }
    Ok(())
}

/// Opens a file with its size; `None` when it was deleted meanwhile.
pub fn open(path: &Path) -> io::Result<Option<(File, u64)>> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        file => {
            let file = file?;
            let size = file.metadata()?.len();
            Ok(Some((file, size)))
        }
    }
}

/// A path from an archive, if it stays inside the folder that it is joined to.
pub fn inside(path: &Path) -> Option<PathBuf> {
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && path.components().next().is_some()).then(|| path.to_owned())
}

/// Whether a folder holds a file.
pub fn any(root: &Path) -> io::Result<bool> {
    let mut some = false;
    list(root, Path::new(""), &mut |_| {
        some = true;
        Ok(())
    })?;
    Ok(some)
}
