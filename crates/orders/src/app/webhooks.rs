//! Providers that want push: their endpoints, what each is told, and how it gets there.
//!
//! A delivery is a row that is written in the transaction of the event. Any number of instances send what is due: a row is
//! leased, sent outside of any transaction, and settled; a lease whose holder was killed ends by itself, and the same delivery
//! goes out again with the same id. Of several about one order the next waits for the one before.

mod deliver;
mod deliveries;
mod endpoints;
mod tell;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use service_kit::outgoing::Outgoing;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::domain::webhook::secret::SecretBox;

pub use deliveries::{Deliveries, DeliveriesAsked};
pub use endpoints::{PutEndpoint, RotatedSecret};
pub(crate) use tell::kind_of_move;

/// What sending needs, beside the application.
#[derive(Debug)]
pub struct Webhooks {
    outgoing: Outgoing,
    secrets: SecretBox,
    /// This instance, among those that send.
    owner: Uuid,
    /// Deliveries of each endpoint that this instance is at.
    under_way: Arc<Mutex<HashMap<Uuid, usize>>>,
    /// Rung when one has ended: the next about the same order may go.
    wake: Arc<Notify>,
}

impl Webhooks {
    /// Sends with this client; secrets are sealed in this box.
    #[expect(clippy::disallowed_methods, reason = "a sender is nobody but itself")]
    pub fn new(outgoing: Outgoing, secrets: SecretBox) -> Self {
        Self {
            outgoing,
            secrets,
            owner: Uuid::new_v4(),
            under_way: Arc::default(),
            wake: Arc::default(),
        }
    }
}
