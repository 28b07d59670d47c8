//! Whose the checkpoints are, and whether a write-ahead log belongs to the file beside it.
//!
//! SQLite does not notice when somebody puts a backup in place of a file whose log was left by a crash: it would bring
//! pages of the old file into the new one. Therefore each checkpoint gives the file a new generation (a random
//! `user_version` in its header), and the header is noted beside the file; a file with another header has another log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;

/// The one among all processes with the file open that makes its checkpoints.
#[derive(Debug)]
pub(super) struct Owner {
    note: File,
    /// Open for as long as SQLite has the file open: closing it would drop SQLite's locks, as POSIX wants it.
    database: File,
}

impl Owner {
    /// Claims the checkpoints; nothing when another process, or another part of this one, has them.
    pub(super) fn claim(database: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        let options = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let note = options.open(beside(database, "-owner"))?;
        match note.try_lock() {
            Ok(()) => Ok(Some(Self {
                note,
                database: File::open(database)?,
            })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Before a checkpoint: the file is what it is, or has this generation.
    pub(super) fn note_before(&mut self, next: u32) -> io::Result<()> {
        let header = Header::read(&self.database)?;
        self.write(&format!("{} {next:08x}\n", header.to_text()))
    }

    /// After a checkpoint that is complete: the file is what it is.
    pub(super) fn note_after(&mut self) -> io::Result<()> {
        let header = Header::read(&self.database)?;
        self.write(&format!("{} -\n", header.to_text()))
    }

    /// Removes a log that was left by a crash when the file is another one than it was written for. Nobody may have the
    /// file open.
    pub(super) fn settle(&mut self, database: &Path) -> io::Result<()> {
        self.database = File::open(database)?;
        let header = Header::read(&self.database)?;
        let mut noted = String::new();
        self.note.rewind()?;
        self.note.read_to_string(&mut noted)?;
        let has_log = fs::metadata(beside(database, "-wal")).is_ok_and(|log| log.len() > 0);
        if has_log && header.is_foreign(&noted) {
            tracing::warn!(database.file = %database.display(), "the file was replaced, the log of the old one is dropped");
            drop_log(database)?;
        }
        Ok(())
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        self.note.rewind()?;
        self.note.write_all(line.as_bytes())?;
        self.note
            .set_len(line.len().try_into().map_err(io::Error::other)?)?;
        self.note.sync_all()
    }
}

/// The header of a database file (<https://sqlite.org/fileformat.html>): besides the generation it has the size, the
/// change counter and the schema's version, and a backup by `VACUUM INTO` differs at least in the last.
struct Header(Option<[u8; 100]>);

impl Header {
    const GENERATION: std::ops::Range<usize> = 60..64;

    fn read(database: &File) -> io::Result<Self> {
        let mut bytes = [0; 100];
        match database.read_exact_at(&mut bytes, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Self(None)),
            Err(error) => Err(error),
            Ok(()) => Ok(Self(Some(bytes))),
        }
    }

    fn to_text(&self) -> String {
        self.0.map_or_else(|| "empty".to_owned(), hex::encode)
    }

    fn generation(&self) -> Option<u32> {
        let bytes = self.0.as_ref()?[Self::GENERATION].try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    }

    /// Whether the note is of another file. Without a note that can be read, the log is believed, as SQLite does.
    fn is_foreign(&self, noted: &str) -> bool {
        let Some((header, next)) = noted.trim().split_once(' ') else {
            return false;
        };
        let next = u32::from_str_radix(next, 16).ok();
        let is_next = next.is_some() && next == self.generation();
        header != self.to_text() && !is_next
    }
}

/// A generation that no file had before.
pub(super) fn new_generation() -> u32 {
    let mut bytes = [0; 4];
    rand::fill(&mut bytes).expect("the system has randomness");
    // SQLite reads the field as a signed number.
    u32::from_be_bytes(bytes) & 0x7fff_ffff
}

/// Removes the log and its index.
pub(super) fn drop_log(database: &Path) -> io::Result<()> {
    for suffix in ["-wal", "-shm"] {
        match fs::remove_file(beside(database, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The file that SQLite, or we, keep beside the database.
pub(super) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_os_string();
    name.push(suffix);
    PathBuf::from(name)
}
