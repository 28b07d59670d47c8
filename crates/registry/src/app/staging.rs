//! An uploaded file until it is read: on disk, without a name, so that nothing of it outlives the import or a crash.

use std::fs::File;
use std::io::{self, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::app::RegistryError;
use crate::domain::address_file::CharsetProbe;
use crate::domain::limits::{CHUNK_BYTES_MAX, FILE_BYTES_MAX};

/// A file that is being received, in constant memory.
#[derive(Debug)]
pub struct Staging {
    file: File,
    probe: CharsetProbe,
    length: u64,
}

/// A file that has been received whole.
#[derive(Debug)]
pub struct StagedFile {
    file: File,
    probe: CharsetProbe,
}

impl Staging {
    /// The file has mode 0600 and is unlinked as soon as it is open.
    pub(super) fn begin(directory: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(directory)?;
        Ok(Self {
            file,
            probe: CharsetProbe::default(),
            length: 0,
        })
    }

    /// Takes the next bytes. Writing goes to the page cache; a chunk is at most 1 MiB.
    ///
    /// # Errors
    /// A limit is passed, or the disk refuses.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), RegistryError> {
        if chunk.len() > CHUNK_BYTES_MAX {
            return Err(RegistryError::invalid(
                "chunk",
                "",
                "a chunk is at most 1 MiB",
            ));
        }
        self.length += chunk.len() as u64;
        if self.length > FILE_BYTES_MAX {
            return Err(RegistryError::FileTooLarge);
        }
        self.probe.feed(chunk);
        Ok(self.file.write_all(chunk)?)
    }

    /// All bytes have come.
    pub fn finish(self) -> StagedFile {
        StagedFile {
            file: self.file,
            probe: self.probe,
        }
    }
}

impl StagedFile {
    /// The file itself and what is known of its character set.
    pub(super) fn into_parts(self) -> (File, CharsetProbe) {
        (self.file, self.probe)
    }
}

/// Reads a staged file from its beginning. Readings share one position: one at a time.
pub(super) fn rewound(file: &File) -> io::Result<BufReader<File>> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(BufReader::with_capacity(128 * 1024, file))
}
