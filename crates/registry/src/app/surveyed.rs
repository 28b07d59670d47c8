//! A staged file of which every row has been judged; it can be read again, in batches of what was accepted.

use std::fs::File;
use std::io;
use std::sync::Arc;

use kernel::NetworkCode;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::staging::rewound;
use super::{RegistryError, StagedFile};
use crate::domain::address_file::{
    AccessRow, AddressFile, Charset, Field, FileRow, Opened, Refusal, RowVerdict,
};
use crate::domain::import::Survey;
use crate::domain::limits::{BATCH_ROWS, REJECTED_FILE_BYTES_MAX};

/// Batches read ahead of the database.
const READ_AHEAD: usize = 4;

/// The file and what is known of it as a whole.
#[derive(Debug)]
pub(super) struct Surveyed {
    file: File,
    network: NetworkCode,
    pub(super) opened: Opened,
    pub(super) survey: Survey,
}

impl Surveyed {
    /// Reads the whole file once, off the runtime's threads.
    pub(super) async fn read(
        staged: StagedFile,
        stated: Option<Charset>,
        network: NetworkCode,
    ) -> Result<Result<Arc<Self>, Refusal>, RegistryError> {
        let reading = spawn_blocking(move || {
            let (file, probe) = staged.into_parts();
            let charset = match probe.finish(stated) {
                Ok(charset) => charset,
                Err(refusal) => return Ok(Err(refusal)),
            };
            survey(file, charset, network)
        });
        Ok(reading.await.map_err(io::Error::other)??.map(Arc::new))
    }

    /// Whether the file says anything about people; if not, nothing about people is touched.
    pub(super) fn says_of_people(&self) -> bool {
        self.opened.columns.position(Field::ResidentName).is_some()
            || self.opened.columns.unknown().next().is_some()
    }

    /// The accepted rows, in the order of the file.
    pub(super) fn batches(self: &Arc<Self>) -> mpsc::Receiver<io::Result<Vec<AccessRow>>> {
        let (sender, receiver) = mpsc::channel(READ_AHEAD);
        let surveyed = Arc::clone(self);
        spawn_blocking(move || {
            if let Err(error) = surveyed.send_batches(&sender) {
                // Nobody listens any more when the import has failed for another reason.
                sender.blocking_send(Err(error)).ok();
            }
        });
        receiver
    }

    fn send_batches(&self, sender: &mpsc::Sender<io::Result<Vec<AccessRow>>>) -> io::Result<()> {
        let mut batch = Vec::with_capacity(BATCH_ROWS);
        for row in self.rows()? {
            let row = row?;
            if let (RowVerdict::Accepted(accepted), None) =
                (row.verdict, self.survey.violations(row.line))
            {
                batch.push(*accepted);
            }
            if batch.len() == BATCH_ROWS
                && sender
                    .blocking_send(Ok(std::mem::take(&mut batch)))
                    .is_err()
            {
                return Ok(());
            }
        }
        if !batch.is_empty() {
            sender.blocking_send(Ok(batch)).ok();
        }
        Ok(())
    }

    /// The rejected rows with their reasons, to be mended and imported again; as many as fit into one answer.
    pub(super) async fn rejected_file(self: &Arc<Self>) -> Result<Vec<u8>, RegistryError> {
        if self.survey.rejected() == 0 {
            return Ok(Vec::new());
        }
        let surveyed = Arc::clone(self);
        let writing = spawn_blocking(move || -> io::Result<Vec<u8>> {
            let mut out = surveyed.opened.rejected_header();
            for row in surveyed.rows()? {
                let row = row?;
                let Some(violations) = surveyed.survey.violations(row.line) else {
                    continue;
                };
                let line = surveyed.opened.rejected_row(&row.fields, violations);
                if out.len() + line.len() > REJECTED_FILE_BYTES_MAX {
                    break;
                }
                out.push_str(&line);
            }
            Ok(out.into_bytes())
        });
        Ok(writing.await.map_err(io::Error::other)??)
    }

    fn rows(&self) -> io::Result<impl Iterator<Item = io::Result<FileRow>>> {
        let opened = AddressFile::open(
            rewound(&self.file)?,
            self.opened.charset,
            self.network.clone(),
        )?;
        opened.map_err(|refusal| io::Error::other(refusal.0))
    }
}

fn survey(
    file: File,
    charset: Charset,
    network: NetworkCode,
) -> io::Result<Result<Surveyed, Refusal>> {
    let mut rows = match AddressFile::open(rewound(&file)?, charset, network.clone())? {
        Ok(rows) => rows,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut survey = Survey::default();
    for row in rows.by_ref() {
        if let Err(too_many) = survey.take(&row?) {
            return Ok(Err(Refusal(too_many.to_string())));
        }
    }
    Ok(Ok(Surveyed {
        file,
        network,
        opened: rows.opened().clone(),
        survey,
    }))
}
