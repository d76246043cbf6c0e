//! The folder of a migration, and how files get into it: whole or not at all.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sixward_emit::File;

use crate::WriteError;

/// The folder of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    folder: PathBuf,
}

impl Project {
    /// A folder that need not be there yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes one of its files.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, WriteError> {
        let path = self.file(name);
        write_file(&path, bytes)?;
        Ok(path)
    }

    /// Writes a text of a plan; a script can be run.
    pub(crate) fn write_text(&self, file: &File) -> Result<PathBuf, WriteError> {
        let path = self.file(file.name);
        write(&path, file.text.as_bytes(), file.executable)?;
        Ok(path)
    }
}

/// Writes a file and the folders above it. Until it is whole, what was there before stays.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write(path, bytes, false)
}

fn write(path: &Path, bytes: &[u8], executable: bool) -> Result<(), WriteError> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|source| WriteError::new(folder, source))?;
    put(folder, path, bytes, executable).map_err(|source| WriteError::new(path, source))
}

fn put(folder: &Path, path: &Path, bytes: &[u8], executable: bool) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(".sixward-")
        .permissions(permissions(executable))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn permissions(executable: bool) -> Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    // The user's umask takes away what others may not have.
    Permissions::from_mode(if executable { 0o777 } else { 0o666 })
}
