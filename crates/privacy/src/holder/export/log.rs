//! The export itself is a reading: said before the first byte, and how much left after the last.

use anyhow::Context as _;
use api::privacy::ExecutionOrdered;
use kernel::NetworkCode;
use service_kit::caller::Caller;

use super::super::Inner;
use super::super::events::RIGHTS;
use crate::{AccessEntry, Reading, SubjectId};

/// Why the data is read.
const PURPOSE: &str = "subject_access";

/// The lines of one export, one per subject.
pub(super) struct ExportLog {
    network: NetworkCode,
    record: String,
    begun: Vec<(SubjectId, Reading)>,
}

impl ExportLog {
    /// Writes the lines that stand before the first byte.
    pub(super) async fn begin(
        inner: &Inner,
        order: &ExecutionOrdered,
        subjects: &[SubjectId],
    ) -> anyhow::Result<Self> {
        let mut log = Self {
            network: NetworkCode::parse(&order.network).context("the order names no network")?,
            record: format!("request:{}", order.request_id),
            begun: Vec::with_capacity(subjects.len()),
        };
        let work = inner.outbox.begin().await?;
        let caller = Caller::service(RIGHTS);
        for subject in subjects {
            let entry = log.entry(&caller, *subject);
            let reading = inner.privacy.log_intent(work.tx(), &entry).await?;
            log.begun.push((*subject, reading));
        }
        work.commit().await?;
        Ok(log)
    }

    /// Writes how many bytes left.
    pub(super) async fn end(self, inner: &Inner, bytes: u64) -> anyhow::Result<()> {
        let work = inner.outbox.begin().await?;
        let caller = Caller::service(RIGHTS);
        for (subject, reading) in &self.begun {
            let entry = self.entry(&caller, *subject);
            inner
                .privacy
                .log_end(work.tx(), &entry, *reading, bytes)
                .await?;
        }
        Ok(work.commit().await?)
    }

    fn entry<'a>(&self, caller: &'a Caller, subject: SubjectId) -> AccessEntry<'a> {
        AccessEntry {
            network: self.network.clone(),
            caller,
            purpose: PURPOSE.to_owned(),
            subject,
            record: self.record.clone(),
            fields: &["everything"],
        }
    }
}
