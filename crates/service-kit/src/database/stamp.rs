//! By what we know the database file again, and the lock that keeps SQLite from writing into one that is not ours.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

/// The file as we left it after our last checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Stamp {
    /// The file as it is; nothing when it is gone.
    pub(super) fn of(path: &Path) -> io::Result<Option<Self>> {
        match fs::metadata(path) {
            Ok(file) => Ok(Some(Self {
                device: file.dev(),
                inode: file.ino(),
                size: file.len(),
                modified: (file.mtime(), file.mtime_nsec()),
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether both are the same file, whatever is in it.
    pub(super) fn same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// The bytes of the file that SQLite locks while it reads (`SHARED_FIRST`, `SHARED_SIZE` in its `os.h`).
const SHARED_FIRST: i64 = 0x4000_0000 + 2;
const SHARED_SIZE: i64 = 510;

/// Holds a reader's lock on the file for as long as it lives. The last connection that closes would bring the log into the
/// file: that of an old file into a new one, or, when the process ends meanwhile, half of it. It needs the exclusive lock
/// for that, and with this one held it does not get it.
/// The lock belongs to the open file (`F_OFD_SETLK`), therefore it counts against SQLite in the same process too.
#[derive(Debug)]
pub(super) struct NoCheckpointOnClose {
    file: File,
}

impl NoCheckpointOnClose {
    /// Locks the file; nothing when it is gone, then there is nothing to protect.
    pub(super) fn hold(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let held = Self { file };
        held.set(libc::F_RDLCK)?;
        Ok(Some(held))
    }

    /// Lets go of the lock, not of the file: closing that would drop SQLite's own locks, as POSIX wants it.
    pub(super) fn release(&self) -> io::Result<()> {
        self.set(libc::F_UNLCK)
    }

    fn set(&self, kind: libc::c_int) -> io::Result<()> {
        let lock = libc::flock {
            l_type: kind.try_into().map_err(io::Error::other)?,
            l_whence: libc::SEEK_SET.try_into().map_err(io::Error::other)?,
            l_start: SHARED_FIRST,
            l_len: SHARED_SIZE,
            l_pid: 0,
        };
        fcntl(&self.file, FcntlArg::F_OFD_SETLK(&lock))
            .map(drop)
            .map_err(|errno: Errno| io::Error::from(errno))
    }
}
