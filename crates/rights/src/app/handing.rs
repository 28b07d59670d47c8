//! A package on its way out: what was meant before the first byte, and how much left after the last (decisions.md 30).

use kernel::NetworkCode;
use privacy::{AccessEntry, Reading, SubjectId};
use sea_orm::ConnectionTrait;
use service_kit::caller::Caller;

use super::Rights;
use super::error::RightsError;

/// What is handed to whom.
#[derive(Clone, Debug)]
pub struct Handed {
    /// Whose request.
    pub network: NetworkCode,
    /// Who reads.
    pub caller: Caller,
    /// Why.
    pub purpose: String,
    /// Whose data.
    pub subject: SubjectId,
    /// "package:<request>".
    pub record: String,
}

/// Counts what leaves. Dropped, at the end or because the reader went away, it logs the count.
#[derive(Debug)]
pub struct Handing(Option<Under>);

#[derive(Debug)]
struct Under {
    rights: Rights,
    handed: Handed,
    reading: Reading,
    bytes: u64,
}

impl Handed {
    fn entry(&self) -> AccessEntry<'_> {
        AccessEntry {
            network: self.network.clone(),
            caller: &self.caller,
            purpose: self.purpose.clone(),
            subject: self.subject,
            record: self.record.clone(),
            fields: &["package"],
        }
    }
}

impl Handing {
    /// Logs what is meant, in the transaction that reads.
    ///
    /// # Errors
    /// [`RightsError::Privacy`]; then nothing may be handed out.
    pub(super) async fn begin<C: ConnectionTrait>(
        rights: &Rights,
        tx: &C,
        handed: Handed,
    ) -> Result<Self, RightsError> {
        let reading = rights.privacy.log_intent(tx, &handed.entry()).await?;
        Ok(Self(Some(Under {
            rights: rights.clone(),
            handed,
            reading,
            bytes: 0,
        })))
    }

    /// So many bytes more are handed out.
    pub fn count(&mut self, bytes: usize) {
        if let Some(under) = &mut self.0 {
            under.bytes += bytes as u64;
        }
    }
}

impl Drop for Handing {
    fn drop(&mut self) {
        if let Some(under) = self.0.take() {
            tokio::spawn(under.end());
        }
    }
}

impl Under {
    /// A line that is lost here leaves the intent without an end, which shows.
    async fn end(self) {
        let logged = async {
            let work = self.rights.outbox.begin().await?;
            let (entry, privacy) = (self.handed.entry(), &self.rights.privacy);
            privacy
                .log_end(work.tx(), &entry, self.reading, self.bytes)
                .await?;
            Ok::<_, RightsError>(work.commit().await?)
        };
        if let Err(error) = logged.await {
            let error = service_kit::error::chain(&error);
            tracing::error!(error, "the end of a package could not be logged");
        }
    }
}
