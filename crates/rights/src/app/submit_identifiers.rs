//! A holder has found verified identifiers of the person: the search is widened by one round.

use privacy::SubjectId;
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use super::open_request::known;
use super::search_keys::takes_part;
use crate::domain::case::Refusal;
use crate::domain::search_keys::SearchKeys;
use crate::store::cases::{Hold, Loaded};

/// Holders are few, and each submits once a round.
const ATTEMPTS: u32 = 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Widened {
    Done,
    /// Somebody else was faster.
    Outdated,
}

impl Rights {
    /// Adds identifiers to the search keys of a request. What is known already opens no round.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn submit_identifiers(
        &self,
        caller: &Caller,
        id: Uuid,
        round: u32,
        found: SearchKeys,
    ) -> Result<(), RightsError> {
        // Holders of one round submit at once: whoever finds the keys changed meanwhile widens the changed ones.
        for _ in 0..ATTEMPTS {
            if self.try_widen(caller, id, round, &found).await? == Widened::Done {
                return Ok(());
            }
        }
        Err(Refusal::Mismatch.into())
    }

    async fn try_widen(
        &self,
        caller: &Caller,
        id: Uuid,
        round: u32,
        found: &SearchKeys,
    ) -> Result<Widened, RightsError> {
        let holder = caller.actor().1;
        let seen = Loaded::by_id(&self.outbox.database().reader(), id, Hold::No).await?;
        let seen = seen.ok_or(RightsError::NotFound)?;
        takes_part(&seen, holder)?;
        let mut keys = self
            .open_keys(&seen.request)
            .await?
            .ok_or(RightsError::KeysErased)?;
        let new = known(found);
        if !keys.expand(found.clone()) {
            return Ok(Widened::Done);
        }
        let work = self.outbox.begin().await?;
        let mut loaded = Loaded::by_id(work.tx(), id, Hold::Yes)
            .await?
            .ok_or(RightsError::NotFound)?;
        if loaded.request.search_keys != seen.request.search_keys {
            return Ok(Widened::Outdated);
        }
        loaded.case.found_identifiers(holder, round)?;
        let subject = SubjectId::from_uuid(loaded.request.subject_id);
        let network = kernel::NetworkCode::parse(&loaded.request.network);
        let network = network.map_err(|_| RightsError::Damaged("network"))?;
        self.privacy
            .attach(work.tx(), &network, subject, &new)
            .await?;
        let sealed = self
            .privacy
            .seal(subject, "request", "search_keys", id, &keys.to_json())
            .await?;
        loaded.request.search_keys = Some(sealed);
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        work.commit().await?;
        Ok(Widened::Done)
    }
}
