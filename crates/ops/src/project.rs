//! The folder of a migration, and how files get into it: whole or not at all.

use std::fs::{self, Permissions};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sixward_emit::File;

use crate::WriteError;

/// A file on its way out. The files of a big estate are hundreds of megabytes: they are never in
/// memory whole.
pub(crate) type Out<'a> = BufWriter<&'a mut fs::File>;

const BUFFER: usize = 256 << 10;
/// Whose a file is stands in its first bytes.
const HEAD: u64 = 256;

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
    pub(crate) fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
    ) -> Result<PathBuf, WriteError> {
        let path = self.file(name);
        write_file(&path, content)?;
        Ok(path)
    }

    /// Writes a text of a plan; a script can be run.
    pub(crate) fn write_text(&self, file: &File) -> Result<PathBuf, WriteError> {
        let path = self.file(file.name);
        write(&path, file.executable, |out| {
            out.write_all(file.text.as_bytes())
        })?;
        Ok(path)
    }
}

/// Writes a file and the folders above it. Until it is whole, what was there before stays.
pub(crate) fn write_file(
    path: &Path,
    content: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
) -> Result<(), WriteError> {
    write(path, false, content)
}

fn write(
    path: &Path,
    executable: bool,
    content: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    spare(path)?;
    fs::create_dir_all(folder).map_err(|source| WriteError::new(folder, source))?;
    put(folder, path, executable, content).map_err(|source| WriteError::new(path, source))
}

/// A file that sixward did not write is somebody's: it is not written over.
pub(crate) fn spare(path: &Path) -> Result<(), WriteError> {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    let ours = head.is_empty() || head.contains("sixward") || head.starts_with("# Runbook: IPv6");
    if read.is_err() || ours {
        return Ok(());
    }
    let why = "it is there already, and sixward did not write it";
    let source = io::Error::new(io::ErrorKind::AlreadyExists, why);
    Err(WriteError::new(path, source))
}

fn put(
    folder: &Path,
    path: &Path,
    executable: bool,
    content: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(".sixward-")
        .permissions(permissions(executable))
        .tempfile_in(folder)?;
    let mut out = BufWriter::with_capacity(BUFFER, file.as_file_mut());
    content(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn permissions(executable: bool) -> Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    // The user's umask takes away what others may not have.
    Permissions::from_mode(if executable { 0o777 } else { 0o666 })
}
