//! A holder has found verified identifiers of the person: the search is widened by one round.

use privacy::SubjectId;
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use super::open_request::known;
use super::search_keys::takes_part;
use crate::domain::search_keys::SearchKeys;
use crate::store::cases::{Hold, Loaded};

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
        let holder = caller.actor().1;
        let work = self.outbox.begin().await?;
        let mut loaded = Loaded::by_id(work.tx(), id, Hold::Yes)
            .await?
            .ok_or(RightsError::NotFound)?;
        takes_part(&loaded, holder)?;
        let mut keys = self
            .open_keys(&loaded.request)
            .await?
            .ok_or(RightsError::KeysErased)?;
        let new = known(&found);
        if !keys.expand(found) {
            return Ok(());
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
        Ok(())
    }
}
