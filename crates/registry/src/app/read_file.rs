//! A file is read and judged beside the database: on a thread of its own, some batches ahead.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use kernel::Violation;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::staging::rewound;
use crate::domain::address_file::{
    AddressFile, FileRow, Hints, Judge, Opened, Refusal, RowVerdict,
};
use crate::domain::limits::STAGE_ROWS;
use crate::store::duplicates::Duplicate;

/// Batches read ahead of the database.
const READ_AHEAD: usize = 4;

/// What the reading thread gives.
pub(super) enum Piece {
    /// First: what was recognised.
    Opened(Box<Opened>),
    /// Instead: the file cannot be read.
    Refused(Refusal),
    /// Then rows.
    Rows(Vec<FileRow>),
}

/// Reads and judges the file on a thread of its own, some batches ahead.
pub(super) fn read_ahead(
    file: File,
    hints: Hints,
    judge: Judge,
) -> mpsc::Receiver<io::Result<Piece>> {
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    spawn_blocking(move || {
        if let Err(error) = read(&file, hints, judge, &sender) {
            // Nobody listens any more when the import has failed for another reason.
            sender.blocking_send(Err(error)).ok();
        }
    });
    receiver
}

fn read(
    file: &File,
    hints: Hints,
    judge: Judge,
    sender: &mpsc::Sender<io::Result<Piece>>,
) -> io::Result<()> {
    let mut rows = match AddressFile::open(rewound(file)?, hints, judge)? {
        Ok(rows) => rows,
        Err(refusal) => {
            sender.blocking_send(Ok(Piece::Refused(refusal))).ok();
            return Ok(());
        }
    };
    let opened = Box::new(rows.opened().clone());
    let mut open = sender.blocking_send(Ok(Piece::Opened(opened))).is_ok();
    while open {
        let batch = rows
            .by_ref()
            .take(STAGE_ROWS)
            .collect::<io::Result<Vec<_>>>()?;
        if batch.is_empty() {
            return Ok(());
        }
        open = sender.blocking_send(Ok(Piece::Rows(batch))).is_ok();
    }
    Ok(())
}

/// The rows on these lines once more, refused for their duplicates.
pub(super) fn reread(
    file: &File,
    hints: Hints,
    judge: Judge,
    found: &BTreeMap<u64, Duplicate>,
) -> io::Result<Vec<FileRow>> {
    let rows = AddressFile::open(rewound(file)?, hints, judge)?
        .map_err(|refusal| io::Error::other(refusal.sentence))?;
    let mut refused = Vec::with_capacity(found.len());
    for row in rows {
        let mut row = row?;
        let Some(duplicate) = found.get(&row.line) else {
            continue;
        };
        let rule = format!("the access occurs on line {} too", duplicate.other_line);
        row.verdict = RowVerdict::Rejected {
            access_id: row.verdict.access_id().cloned(),
            violations: vec![
                Violation::new("accessId", &duplicate.access_id, rule)
                    .because("ACCESS_REPEATED")
                    .with(duplicate.other_line),
            ],
        };
        refused.push(row);
    }
    Ok(refused)
}
