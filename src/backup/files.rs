//! The files beside the database: attachments.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The folder inside the data folder that a backup takes along. Uploads on their way are not worth keeping.
pub const FOLDER: &str = "files";

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
