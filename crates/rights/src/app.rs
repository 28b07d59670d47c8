//! Use cases: begin, claim, load, decide, save, record events, commit.

pub mod amend;
pub mod answers;
pub mod approve_request;
pub mod close;
pub mod decide_request;
pub mod effects;
pub mod error;
pub mod followups;
pub mod get_certificate;
pub mod get_package;
pub mod get_request;
pub mod handing;
pub mod list_requests;
pub mod notices;
pub mod open_request;
pub mod order;
pub mod retire_holder;
pub mod search_keys;
pub mod submit_export;
pub mod submit_identifiers;
pub mod sweep;
pub mod take_access_log;
pub mod take_acknowledgement;
pub mod take_announcement;
pub mod take_disclosure;
pub mod take_discovery;
pub mod take_execution;
pub mod take_opt_out;

use std::sync::Arc;

use aws_lc_rs::hmac;
use kernel::SharedClock;
use messaging::Outbox;
use privacy::Privacy;
use service_kit::identity::{Identity, TrustAnchor};
use service_kit::secret::Key32;
use uuid::Uuid;

use crate::config::Settings;
use crate::domain::commitment::Nonce;
use crate::ledger::Ledger;
use followups::Followups;

/// What the use cases work with. Cheap to clone.
#[derive(Clone)]
pub struct Rights(Arc<Parts>);

/// The parts of [`Rights`].
pub struct Parts {
    /// Facts and their events.
    pub outbox: Outbox,
    /// Sealing, tokens, access log.
    pub privacy: Privacy,
    /// What outlives a restore.
    pub ledger: Ledger,
    /// Signs orders and certificates.
    pub identity: Arc<Identity>,
    /// Whose answers are believed.
    pub anchor: TrustAnchor,
    /// The time.
    pub clock: SharedClock,
    /// The service's own settings.
    pub settings: Settings,
    /// Makes the nonces of the commitments; lies outside every database.
    pub nonces: Key32,
    /// What is done after a commit.
    pub followups: Followups,
}

impl Rights {
    /// Joins the parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The nonce of a request: the same every time, and in no table and no backup of one.
    pub(crate) fn nonce(&self, request: Uuid) -> Nonce {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.nonces.as_bytes());
        let tag = hmac::sign(&key, request.as_bytes());
        Nonce::new(
            tag.as_ref()[..16]
                .try_into()
                .expect("a SHA-256 tag has 32 bytes"),
        )
    }
}

impl std::ops::Deref for Rights {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for Rights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rights(..)")
    }
}
