//! Address files that another system puts into a folder, every night or so; an alarm when one fails or stays away.
//!
//! A file is taken when nobody has written to it for a while. Taking it is renaming it, so that of several instances one
//! does it, and holding a lock on it, so that one whose taker was killed is taken again. Afterwards it lies, by the id of its import, under `done` or `failed`, with the report and the rejected rows
//! beside it; the network's retention of its own folder is the network's.

use std::fs::{File, TryLockError};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, new_id};
use tokio::task::spawn_blocking;

use super::{ImportAddressFile, Imported, Registry, RegistryError, StagedFile, Then};
use crate::config::DropFolder;
use crate::domain::import::{ImportMode, Outcome};
use crate::domain::limits::CHUNK_BYTES_MAX;
use crate::store::address_import;

/// Nobody has written to a file for so long: it is whole.
const SETTLED: Duration = Duration::from_secs(30);
/// What the names of taken files begin with.
const TAKEN: &str = ".taken-";
/// Files taken in one turn; a folder with more is not what it is for.
const FILES_MAX: usize = 100;

impl Registry {
    /// One turn over all folders; then the alarms are set. A folder that cannot be read is an alarm, not an error.
    ///
    /// # Errors
    /// The database fails; the next turn goes on.
    pub async fn take_dropped_files(&self, settled: Duration) -> Result<(), RegistryError> {
        for (network, folder) in &self.settings.drop_folders {
            let taken = self.take_folder(network, folder, settled).await;
            let failed = match &taken {
                Ok(failed) => *failed,
                Err(error) => {
                    let error = service_kit::error::chain(error);
                    tracing::error!(network = %network, error.chain = error, "the drop folder cannot be worked on");
                    true
                }
            };
            self.set_alarm(network, folder, failed).await?;
        }
        Ok(())
    }

    /// How often to look, at the most.
    pub fn settled() -> Duration {
        SETTLED
    }

    async fn take_folder(
        &self,
        network: &NetworkCode,
        folder: &DropFolder,
        settled: Duration,
    ) -> Result<bool, RegistryError> {
        let mut failed = false;
        for _ in 0..FILES_MAX {
            let id = new_id(self.clock.as_ref());
            let (path, taken) = (folder.path.clone(), format!("{TAKEN}{id}"));
            let now = SystemTime::from(self.clock.now());
            let found = spawn_blocking(move || take_one(&path, &taken, settled, now))
                .await
                .map_err(std::io::Error::other)??;
            let Some(Taken { path: file, held }) = found else {
                break;
            };
            let imported = self
                .import_dropped(network, folder.mode.into(), &file)
                .await;
            let good = imported.as_ref().is_ok_and(|i| is_good(i.report.outcome));
            failed |= !good;
            let root = folder.path.clone();
            let kept = imported.map(|i| (account(&i), i.rejected_file));
            spawn_blocking(move || put_away(&root, &file, good, kept.ok()))
                .await
                .map_err(std::io::Error::other)??;
            drop(held);
        }
        Ok(failed)
    }

    async fn import_dropped(
        &self,
        network: &NetworkCode,
        mode: ImportMode,
        file: &Path,
    ) -> Result<Imported, RegistryError> {
        let mut staging = self.stage()?;
        let path = file.to_path_buf();
        let staged = spawn_blocking(move || -> Result<StagedFile, RegistryError> {
            let mut input = File::open(path)?;
            let mut chunk = vec![0; CHUNK_BYTES_MAX / 4];
            loop {
                let read = input.read(&mut chunk)?;
                if read == 0 {
                    return Ok(staging.finish());
                }
                staging.write(&chunk[..read])?;
            }
        });
        let staged = staged.await.map_err(std::io::Error::other)??;
        let command = ImportAddressFile::new(network.clone(), mode, Then::Apply);
        self.import_address_file(command, staged).await
    }

    /// An operator's alarm rule looks at the gauge; the line in the log says what it is about.
    async fn set_alarm(
        &self,
        network: &NetworkCode,
        folder: &DropFolder,
        failed: bool,
    ) -> Result<(), RegistryError> {
        let now = self.clock.now();
        let reader = self.outbox.database().reader();
        let last = address_import::last_taken_in(&reader, network).await?;
        let late = is_late(last, now, folder.expected_hours);
        if failed {
            tracing::error!(network = %network, "an address file in the drop folder could not be imported");
        }
        if late {
            let hours = folder.expected_hours;
            tracing::error!(network = %network, expected.hours = hours, "no address file has come for longer than expected");
        }
        let alarm = |what: &'static str, on: bool| {
            metrics::gauge!("registry_drop_folder_alarm", "network" => network.to_string(), "what" => what)
                .set(if on { 1.0 } else { 0.0 });
        };
        // A failure stays an alarm until a later file succeeds.
        let last_failed = failed || address_import::last_has_failed(&reader, network).await?;
        alarm("failed", last_failed);
        alarm("late", late);
        Ok(())
    }
}

fn is_late(last: Option<DateTime<Utc>>, now: DateTime<Utc>, expected_hours: u32) -> bool {
    expected_hours > 0
        && last.is_none_or(|last| now - last > chrono::Duration::hours(expected_hours.into()))
}

fn is_good(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Applied | Outcome::NothingChanged)
}

/// A file that is ours.
#[derive(Debug)]
struct Taken {
    path: PathBuf,
    /// Locked; the end of the process lets go of it, too.
    held: File,
}

/// Takes the oldest settled file: by renaming it, or again one that was taken by somebody who holds it no longer.
fn take_one(
    folder: &Path,
    taken: &str,
    settled: Duration,
    now: SystemTime,
) -> std::io::Result<Option<Taken>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        let name = entry.file_name();
        let was_taken = name.to_string_lossy().starts_with(TAKEN);
        let hidden = !was_taken && name.to_string_lossy().starts_with('.');
        let age = now.duration_since(about.modified()?).unwrap_or_default();
        if about.is_file() && !hidden && age >= settled {
            files.push((about.modified()?, entry.path(), was_taken));
        }
    }
    files.sort();
    for (_, mut path, was_taken) in files {
        if !was_taken {
            let target = folder.join(taken);
            match std::fs::rename(&path, &target) {
                Ok(()) => path = target,
                // Another instance was faster.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            }
        }
        if let Some(held) = hold(&path)? {
            return Ok(Some(Taken { path, held }));
        }
    }
    Ok(None)
}

/// Locks the file, unless somebody else holds it or has put it away.
fn hold(path: &Path) -> std::io::Result<Option<File>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // Between opening and locking it may have been put away.
    let same = std::fs::metadata(path).is_ok_and(|there| {
        file.metadata()
            .is_ok_and(|held| (held.dev(), held.ino()) == (there.dev(), there.ino()))
    });
    Ok(same.then_some(file))
}

/// The name of the results, and the report as JSON.
fn account(imported: &Imported) -> (String, String) {
    let report = &imported.report;
    let json = serde_json::json!({
        "importId": report.id.to_string(),
        "outcome": report.outcome.as_str(),
        "refusal": report.refusal,
        "format": report.format,
        "rows": report.rows,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "ended": report.ended,
        "rejected": report.rejected,
        "rejectedLeftOut": report.rejected_left_out,
        "remarked": report.remarked,
    });
    (report.id.to_string(), json.to_string())
}

type Kept = ((String, String), Vec<u8>);

fn put_away(root: &Path, file: &Path, good: bool, kept: Option<Kept>) -> std::io::Result<()> {
    let folder = root.join(if good { "done" } else { "failed" });
    std::fs::create_dir_all(&folder)?;
    let fallback = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let ((name, report), rejected) = kept.unwrap_or_else(|| {
        let name = fallback.unwrap_or_default().replace(TAKEN, "");
        ((name, String::new()), Vec::new())
    });
    std::fs::rename(file, folder.join(format!("{name}.file")))?;
    if !report.is_empty() {
        std::fs::write(folder.join(format!("{name}.report.json")), report)?;
    }
    if !rejected.is_empty() {
        std::fs::write(folder.join(format!("{name}.rejected")), rejected)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_late_when_the_last_one_is_older_than_expected() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let hours = |n| Some(now - chrono::Duration::hours(n));
        assert!(is_late(None, now, 24));
        assert!(is_late(hours(25), now, 24) && !is_late(hours(24), now, 24));
        assert!(!is_late(None, now, 0), "0: none is expected");
    }

    #[test]
    fn only_whole_files_are_taken_the_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        let written = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        let now = written + Duration::from_mins(1);
        for name in ["a.csv", ".hidden"] {
            std::fs::write(folder.path().join(name), name).unwrap();
            let file = File::options().write(true).open(folder.path().join(name));
            file.unwrap().set_modified(written).unwrap();
        }
        let take = |settled| take_one(folder.path(), ".taken-1", settled, now).unwrap();
        let early = take(Duration::from_hours(1));
        assert!(early.is_none(), "somebody may be writing still");
        let taken = take(Duration::from_secs(1)).unwrap();
        assert_eq!(std::fs::read_to_string(&taken.path).unwrap(), "a.csv");
        assert!(take(Duration::from_secs(1)).is_none(), "it is held");
        let path = taken.path.clone();
        // As the end of the process does, however it ends.
        drop(taken);
        let again = take(Duration::from_secs(1)).unwrap();
        assert_eq!(again.path, path, "it is not forgotten");
    }
}
