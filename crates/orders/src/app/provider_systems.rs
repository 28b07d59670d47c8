//! Providers' systems that the network calls, over the provider's side of ON-API: where they are, what is handed over to
//! them, and what is fetched of them.
//!
//! A handover is a row that is written in the transaction of the order. Of each provider one is sent at a time, outside of any
//! transaction, so that a slow provider delays nobody else; and each is sent at most once: it is marked before the call, and one
//! that is still marked when its lease ends was broken off, and is for staff to decide.

mod activate;
mod calling;
mod conclude;
mod contacts;
mod disclosing;
mod hand_over;
mod handovers;
mod portal_link;
mod pull;
mod systems;
mod take;

use std::sync::Arc;

use service_kit::outgoing::Outgoing;
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;

use crate::domain::provider_system::secret::SystemSecrets;

pub use contacts::Contacts;
pub use handovers::HandoverPage;
pub use systems::Tried;
pub use take::{Finding, PullReport};

/// What calling needs, beside the application.
#[derive(Debug)]
pub struct ProviderSystems {
    outgoing: Outgoing,
    secrets: SystemSecrets,
    /// This instance, among those that call.
    owner: Uuid,
    /// Rung when a handover is over: the provider's next may go.
    wake: Arc<Notify>,
    /// Rung when somebody asks for products.
    pull: Arc<Notify>,
    /// How many more may be fetched now.
    pulls: Arc<Semaphore>,
}

/// Fetches of products at once, by one instance: each may hold a long answer.
const PULLS_AT_ONCE: usize = 4;

impl ProviderSystems {
    /// Calls with this client; secrets are sealed in this box.
    #[expect(clippy::disallowed_methods, reason = "a caller is nobody but itself")]
    pub fn new(outgoing: Outgoing, secrets: SystemSecrets) -> Self {
        Self {
            outgoing,
            secrets,
            owner: Uuid::new_v4(),
            wake: Arc::default(),
            pull: Arc::default(),
            pulls: Arc::new(Semaphore::new(PULLS_AT_ONCE)),
        }
    }
}
