//! A second person approves what the first decided.

use kernel::NetworkCode;
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::state::RequestState;
use crate::store::cases::{Hold, Loaded};

impl Rights {
    /// Approves a request; another person than the one who decided.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn approve_request(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<RequestState, RightsError> {
        let work = self.outbox.begin().await?;
        let loaded = Loaded::in_network(work.tx(), network.as_str(), id, Hold::Yes).await?;
        let mut loaded = loaded.ok_or(RightsError::NotFound)?;
        self.no_open_access(work.tx(), &loaded).await?;
        loaded.case.approve(caller.actor().1)?;
        loaded.request.approved_by = Some(caller.actor().1.to_owned());
        loaded.request.approved_at = Some(self.clock.now());
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        work.commit().await?;
        let state = loaded.case.state();
        self.follow_now(loaded).await;
        Ok(state)
    }
}
