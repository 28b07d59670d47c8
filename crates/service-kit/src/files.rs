//! Files that hold secrets: written once with mode 0600, refused when others may read them.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Reads a file that only its owner may read; refuses any other mode.
pub(crate) fn read_private(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "is readable or writable by others (mode {:o}); set 0600",
                mode & 0o777
            ),
        ));
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    Ok(content)
}

/// Writes a file with mode 0600 so that a reader sees all of it or nothing. Answers `false`, and leaves the file as it
/// is, when it exists already: two processes that start at once agree on the first one's secret.
pub(crate) fn create_private(path: &Path, content: &[u8]) -> io::Result<bool> {
    let temporary = write_beside(path, content)?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes or replaces a file atomically, mode 0600.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = write_beside(path, content)?;
    fs::rename(&temporary, path)?;
    sync_folder(path)
}

/// Writes or replaces a file that everybody may read, atomically.
pub(crate) fn replace_public(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = write_beside(path, content)?;
    fs::set_permissions(&temporary, Permissions::from_mode(0o644))?;
    fs::rename(&temporary, path)?;
    sync_folder(path)
}

/// Creates a folder, and those above it, that only the owner may enter. One that exists keeps its mode.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn write_beside(path: &Path, content: &[u8]) -> io::Result<std::path::PathBuf> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        create_private_folder(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    #[expect(clippy::disallowed_methods, reason = "a name that nobody else takes")]
    name.push(format!(".{}", uuid::Uuid::new_v4().simple()));
    let temporary = path.with_file_name(name);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(temporary)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|f| !f.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
