//! How an attempt to fetch an address file ended, and what is written down of it.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::fetch::{FetchError, FileVersion};
use crate::app::{Registry, RegistryError};
use crate::domain::pull::{Failure, wait_after};
use crate::store::address_pull::{self, Claim, FAILED, IMPORTED, UNCHANGED, When};

/// How an attempt ended.
pub(super) enum End {
    /// The version is here already.
    Unchanged,
    /// It was taken in by this import.
    Imported(Uuid, FileVersion),
    /// It was not, and by which import, if it came so far.
    Failed(Failure, Option<Uuid>),
}

impl Registry {
    /// Writes down how the attempt ended, and gives it back.
    pub(super) async fn conclude_pull(
        &self,
        claim: &Claim,
        end: End,
        when: When,
    ) -> Result<(), RegistryError> {
        let now = self.clock.now();
        let tx = self.outbox.database().begin().await?;
        let row = match end {
            End::Unchanged => succeeded(claim, UNCHANGED, now),
            End::Imported(import, version) => address_pull::ActiveModel {
                import_id: Set(Some(import)),
                etag: Set(version.etag),
                last_modified: Set(version.last_modified),
                ..succeeded(claim, IMPORTED, now)
            },
            End::Failed(failure, import) => {
                let attempts = match when {
                    When::Due => address_pull::find(&tx, &claim.network).await?,
                    // What somebody asked for beside the plan changes nothing of the plan.
                    When::Now => None,
                };
                let attempts = attempts.map(|row| u32::try_from(row.attempts).unwrap_or(u32::MAX));
                unsuccessful(claim, failure, import, attempts, now)
            }
        };
        let outcome = row.outcome.clone().take().unwrap_or_default();
        address_pull::conclude(&tx, claim, row).await?;
        tx.commit().await?;
        metrics::counter!("registry_pulls_total", "outcome" => outcome).increment(1);
        Ok(())
    }
}

/// What the log says of a failure: never the address, never a credential.
pub(super) fn failed(claim: &Claim, error: &FetchError) -> End {
    let failure = match error {
        FetchError::Failed(failure, _) => *failure,
        FetchError::Ours(RegistryError::FileTooLarge) => Failure::TooLarge,
        FetchError::Ours(_) => Failure::Internal,
    };
    let error = service_kit::error::chain(error);
    tracing::warn!(network = %claim.network, error.chain = error, "the address file could not be fetched and taken in");
    End::Failed(failure, None)
}

/// The row after the other system's newest file is here.
fn succeeded(claim: &Claim, outcome: &str, now: DateTime<Utc>) -> address_pull::ActiveModel {
    address_pull::ActiveModel {
        outcome: Set(outcome.to_owned()),
        failure: Set(String::new()),
        http_status: Set(None),
        ended_at: Set(Some(now)),
        succeeded_at: Set(Some(now)),
        settled: Set(claim.planned),
        next_attempt_at: Set(None),
        ..Default::default()
    }
}

/// The row after it is not; with the number of this planned attempt, also when the next one is, if one follows this night.
fn unsuccessful(
    claim: &Claim,
    failure: Failure,
    import: Option<Uuid>,
    attempts: Option<u32>,
    now: DateTime<Utc>,
) -> address_pull::ActiveModel {
    let mut row = address_pull::ActiveModel {
        outcome: Set(FAILED.to_owned()),
        failure: Set(failure.as_str().to_owned()),
        http_status: Set(failure.status().map(i64::from)),
        ended_at: Set(Some(now)),
        ..Default::default()
    };
    if import.is_some() {
        row.import_id = Set(import);
    }
    if let Some(attempts) = attempts {
        let wait = wait_after(attempts).filter(|_| failure.may_pass());
        row.next_attempt_at = Set(wait.map(|wait| now + wait));
        if wait.is_none() {
            row.settled = Set(claim.planned);
        }
    }
    row
}
