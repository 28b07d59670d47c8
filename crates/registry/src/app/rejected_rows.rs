//! The rejected rows of an import as a file with their reasons, to mend and import again.

use kernel::NetworkCode;
use privacy::{OpenItem, SubjectId};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::address_file::{Format, Opened};
use crate::domain::import::ImportReport;
use crate::domain::limits::REJECTED_FILE_BYTES_MAX;
use crate::store::{address_import, rejected};

/// Rows read at a time.
const PAGE: u64 = 500;

/// Where a reading of the rejected rows stands.
#[derive(Clone, Debug)]
pub struct RejectedRows {
    report: ImportReport,
    subject: SubjectId,
    next: Next,
    /// A row was written, so that the next one is separated from it.
    has_row: bool,
}

impl RejectedRows {
    /// Rows that the file leaves out, because somebody whom they name was erased.
    pub fn left_out(&self) -> u64 {
        self.report.rejected_left_out
    }
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Header,
    Rows { after: i64 },
    Nothing,
}

impl Registry {
    /// Begins to read the rejected rows; that they are read is logged first, for a slipped column may have put a name
    /// anywhere. Nothing when there are none, or none any more.
    ///
    /// # Errors
    /// There is no such import, or the database fails.
    pub async fn rejected_rows(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<Option<RejectedRows>, RegistryError> {
        let report = self.get_import(caller, network, id).await?;
        Ok(reading(report))
    }

    /// The next piece of the file; nothing when it is at its end.
    ///
    /// # Errors
    /// The database or the key store fails.
    pub async fn next_rejected(
        &self,
        reading: &mut RejectedRows,
    ) -> Result<Option<String>, RegistryError> {
        let format = Format::named(&reading.report.format).unwrap_or(Format::MdB2);
        match reading.next {
            Next::Header => {
                reading.next = Next::Rows { after: i64::MIN };
                self.rejected_header(reading).await.map(Some)
            }
            Next::Rows { after } => {
                let (last, mut text) = self.rejected_page(reading, format, after).await?;
                reading.next = if let Some(after) = last {
                    Next::Rows { after }
                } else {
                    text.push_str(Opened::rejected_footer(format));
                    Next::Nothing
                };
                Ok(Some(text))
            }
            Next::Nothing => Ok(None),
        }
    }

    /// As much of the file as fits into one answer, for whoever has just sent the import.
    pub(super) async fn rejected_file(
        &self,
        report: &ImportReport,
    ) -> Result<Vec<u8>, RegistryError> {
        let mut out = String::new();
        if let Some(mut rows) = reading(report.clone()) {
            while let Some(piece) = self.next_rejected(&mut rows).await? {
                if out.len() + piece.len() > REJECTED_FILE_BYTES_MAX {
                    break;
                }
                out.push_str(&piece);
            }
        }
        Ok(out.into_bytes())
    }

    async fn rejected_header(&self, reading: &RejectedRows) -> Result<String, RegistryError> {
        let Some(sealed) = &reading.report.rejected_header else {
            return Ok(String::new());
        };
        let header = self
            .privacy
            .open(
                reading.subject,
                address_import::TABLE,
                address_import::REJECTED_HEADER,
                reading.report.id,
                sealed,
            )
            .await?;
        Ok(header.unwrap_or_default())
    }

    async fn rejected_page(
        &self,
        reading: &mut RejectedRows,
        format: Format,
        after: i64,
    ) -> Result<(Option<i64>, String), RegistryError> {
        let reader = self.outbox.database().reader();
        let network = reading.report.network.as_str();
        let rows = rejected::page(&reader, network, reading.report.id, after, PAGE).await?;
        let items: Vec<_> = rows
            .iter()
            .map(|row| OpenItem {
                subject: reading.subject,
                table: rejected::TABLE,
                column: rejected::CONTENT,
                row_id: row.id,
                sealed: row.content.as_deref().unwrap_or_default(),
            })
            .collect();
        let mut text = String::new();
        for row in self.privacy.open_many(&items).await?.into_iter().flatten() {
            if reading.has_row {
                text.push_str(Opened::rejected_separator(format));
            }
            reading.has_row = true;
            text.push_str(&row);
        }
        Ok((rows.last().map(|row| row.line), text))
    }
}

fn reading(report: ImportReport) -> Option<RejectedRows> {
    let subject = report.subject.filter(|_| report.rejected > 0)?;
    Some(RejectedRows {
        report,
        subject,
        next: Next::Header,
        has_row: false,
    })
}
