//! Address files that are fetched every night from the network's own system; an alarm when that fails or stays away.
//!
//! An attempt is claimed in the database first, so that of several instances one makes it, and renewed while it lasts; a
//! claim whose instance has crashed ends by itself, and the attempt is made anew. The version of a file is remembered when it
//! has been taken in and not before: after a crash in between it is fetched again, and nothing of it changes.

mod end;
mod fetch;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use kernel::{NetworkCode, new_id};

use self::end::{End, failed};
use self::fetch::{FetchError, Fetched, FileVersion, fetch};
use super::{ImportAddressFile, Registry, RegistryError, StagedFile, Then};
use crate::config::Pull;
use crate::domain::import::Outcome;
use crate::domain::pull::Failure;
use crate::store::address_pull::{self, Claim, When};

/// How often a claim is renewed: some times within [`address_pull::LEASE`].
const RENEW: Duration = Duration::from_mins(1);

/// Whether a file that is known is fetched again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is left out.
    Skip,
    /// It is imported again: its import was taken back, or accesses were changed since.
    Again,
}

/// How fetching goes at a network.
#[derive(Clone, Debug)]
pub struct PullState {
    /// What is remembered of it; nothing before the first look at it.
    pub row: Option<address_pull::Model>,
    /// An instance is at it.
    pub is_running: bool,
    /// Nothing has come for longer than expected.
    pub is_late: bool,
    /// The last attempts failed, and no further one follows this night.
    pub has_failed: bool,
    /// The next planned time.
    pub next: DateTime<Utc>,
}

impl Registry {
    /// The networks whose files are fetched.
    pub fn pulled_networks(&self) -> Vec<NetworkCode> {
        self.settings.pulls.keys().cloned().collect()
    }

    /// Fetches the file of a network if that is due and nobody else does; then the alarms are set.
    ///
    /// # Errors
    /// The database fails; the next turn goes on.
    pub async fn pull_when_due(&self, network: &NetworkCode) -> Result<(), RegistryError> {
        let pull = self.pull_of(network)?;
        if let Some((claim, known)) = self.claim(network, pull, When::Due).await? {
            self.attempt(pull, &claim, &known, When::Due).await?;
        }
        let state = self.pull_state(network).await?;
        set_alarm(network, pull, &state);
        Ok(())
    }

    /// Begins to fetch the file of a network now. It goes on after the answer, and when the caller hangs up.
    ///
    /// # Errors
    /// No file is fetched there, somebody is at it, or the database fails.
    pub async fn pull_now(
        self: &Arc<Self>,
        network: &NetworkCode,
        known: Known,
    ) -> Result<PullState, RegistryError> {
        let pull = self.pull_of(network)?.clone();
        let claimed = self.claim(network, &pull, When::Now).await?;
        let (claim, mut version) = claimed.ok_or(RegistryError::PullRuns)?;
        if known == Known::Again {
            version = FileVersion::default();
        }
        // As it begins, before it can have ended.
        let begun = self.pull_state(network).await;
        let registry = Arc::clone(self);
        self.lifecycle.tasks.spawn(async move {
            if let Err(error) = registry.attempt(&pull, &claim, &version, When::Now).await {
                let error = service_kit::error::chain(&error);
                tracing::warn!(network = %claim.network, error.chain = error, "how a fetch ended could not be written down");
            }
        });
        begun
    }

    /// How fetching goes at a network.
    ///
    /// # Errors
    /// No file is fetched there, or the database fails.
    pub async fn pull_state(&self, network: &NetworkCode) -> Result<PullState, RegistryError> {
        let pull = self.pull_of(network)?;
        let now = self.clock.now();
        let reader = self.outbox.database().reader();
        let row = address_pull::find(&reader, network).await?;
        let is = |what: &dyn Fn(&address_pull::Model) -> bool| row.as_ref().is_some_and(what);
        Ok(PullState {
            is_running: is(&|row| row.is_running(now)),
            is_late: is(&|row| row.is_late(now, pull.expected_hours)),
            has_failed: is(&|row| row.has_failed(now)),
            next: pull.schedule.next(now),
            row,
        })
    }

    fn pull_of(&self, network: &NetworkCode) -> Result<&Pull, RegistryError> {
        let pull = self.settings.pulls.get(network);
        pull.ok_or(RegistryError::NoPull)
    }

    async fn claim(
        &self,
        network: &NetworkCode,
        pull: &Pull,
        when: When,
    ) -> Result<Option<(Claim, FileVersion)>, RegistryError> {
        let now = self.clock.now();
        let claim = Claim {
            network: network.clone(),
            by: new_id(self.clock.as_ref()),
            planned: pull.schedule.last(now),
            at: now,
        };
        let tx = self.outbox.database().begin().await?;
        address_pull::know(&tx, network, &source(pull), now, claim.planned).await?;
        let claimed = address_pull::claim(&tx, &claim, when).await?;
        tx.commit().await?;
        Ok(claimed.map(|row| {
            let known = FileVersion {
                etag: row.etag,
                last_modified: row.last_modified,
            };
            (claim, known)
        }))
    }

    async fn attempt(
        &self,
        pull: &Pull,
        claim: &Claim,
        known: &FileVersion,
        when: When,
    ) -> Result<(), RegistryError> {
        tracing::info!(network = %claim.network, "fetching the address file");
        let fetching = async { fetch(pull, known, self.stage()?).await };
        let fetched = tokio::select! {
            fetched = fetching => fetched,
            () = self.lost(claim) => return Ok(()),
            () = self.lifecycle.shutdown.cancelled() => {
                let tx = self.outbox.database().begin().await?;
                address_pull::release(&tx, claim, when).await?;
                return Ok(tx.commit().await?);
            }
        };
        let end = match fetched {
            Ok(Fetched::Unchanged) => End::Unchanged,
            Ok(Fetched::File(file, version)) => {
                if !self.renew(claim).await? {
                    return Ok(());
                }
                tokio::select! {
                    end = self.import_pulled(pull, claim, *file, version) => end,
                    () = self.lost(claim) => return Ok(()),
                }
            }
            Err(error) => failed(claim, &error),
        };
        self.conclude_pull(claim, end, when).await
    }

    async fn import_pulled(
        &self,
        pull: &Pull,
        claim: &Claim,
        file: StagedFile,
        version: FileVersion,
    ) -> End {
        let network = claim.network.clone();
        let command = ImportAddressFile::new(network, pull.mode.into(), Then::Apply);
        match self.import_address_file(command, file).await {
            Ok(imported) => match imported.report.outcome {
                Outcome::Applied | Outcome::NothingChanged => {
                    End::Imported(imported.report.id, version)
                }
                _ => End::Failed(Failure::Refused, Some(imported.report.id)),
            },
            Err(error) => failed(claim, &FetchError::Ours(error)),
        }
    }

    /// Renews the claim for as long as it is ours, and comes back when it is not.
    async fn lost(&self, claim: &Claim) {
        let mut held_until = claim.at + address_pull::LEASE;
        loop {
            tokio::time::sleep(RENEW).await;
            match self.renew(claim).await {
                Ok(true) => held_until = self.clock.now() + address_pull::LEASE,
                // The database may be back before the claim is over.
                Err(_) if self.clock.now() < held_until => {}
                Ok(false) | Err(_) => return,
            }
        }
    }

    async fn renew(&self, claim: &Claim) -> Result<bool, RegistryError> {
        let tx = self.outbox.database().begin().await?;
        let ours = address_pull::renew(&tx, claim, self.clock.now()).await?;
        tx.commit().await?;
        if !ours {
            tracing::warn!(network = %claim.network, "another instance has taken over fetching the address file");
        }
        Ok(ours)
    }
}

/// An operator's alarm rule looks at the gauge; the line in the log says what it is about.
fn set_alarm(network: &NetworkCode, pull: &Pull, state: &PullState) {
    if state.has_failed {
        let failure = state.row.as_ref().map_or("", |row| &row.failure);
        tracing::error!(network = %network, failure, "the address file could not be fetched and taken in tonight");
    }
    if state.is_late {
        let hours = pull.expected_hours;
        tracing::error!(network = %network, expected.hours = hours, "no address file has been fetched for longer than expected");
    }
    for (what, on) in [("failed", state.has_failed), ("late", state.is_late)] {
        metrics::gauge!("registry_pull_alarm", "network" => network.to_string(), "what" => what)
            .set(if on { 1.0 } else { 0.0 });
    }
}

/// Another address or another mode is another source; what is known of the one says nothing of the other.
fn source(pull: &Pull) -> String {
    let text = format!("{:?} {}", pull.mode, pull.url);
    hex::encode(digest(&SHA256, text.as_bytes()))
}
