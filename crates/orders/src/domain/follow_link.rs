//! The link by which a customer follows an order without an account: it stands in the confirmation mail and nowhere else.
//!
//! Nothing is kept of it. It is the order's id and a keyed digest of it, so that only this service can make one, for one
//! order of one network.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::NetworkCode;
use service_kit::secret::Key32;
use uuid::Uuid;

use super::OrderId;

/// Days after an order's last change for which its link is good: longer than the right of withdrawal, and than the time in
/// which a delivery is talked about.
pub const FOLLOW_DAYS: i64 = 90;

const ID_BYTES: usize = 16;
/// 128 bits: nobody finds one by trying.
const DIGEST_BYTES: usize = 16;

/// Makes and reads links.
pub struct FollowLinks(hmac::Key);

impl FollowLinks {
    /// With a key derived from the pepper.
    pub fn new(pepper: &Key32) -> Self {
        let key = pepper.derive("orders follow link 1");
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()))
    }

    /// The token of an order's link.
    pub fn token(&self, network: &NetworkCode, order: OrderId) -> String {
        let id = order.as_uuid();
        let mut bytes = [0; ID_BYTES + DIGEST_BYTES];
        bytes[..ID_BYTES].copy_from_slice(id.as_bytes());
        bytes[ID_BYTES..].copy_from_slice(&self.digest(network, id));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The order that a token is for; nothing unless it was made here for this network.
    pub fn order(&self, network: &NetworkCode, token: &str) -> Option<OrderId> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, digest) = bytes.split_at_checked(ID_BYTES)?;
        let id = Uuid::from_slice(id).ok()?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.digest(network, id), digest)
            .ok()?;
        OrderId::parse(&id.to_string()).ok()
    }

    fn digest(&self, network: &NetworkCode, id: Uuid) -> [u8; DIGEST_BYTES] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(network.as_str().as_bytes());
        context.update(b"|");
        context.update(id.as_bytes());
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(&context.sign().as_ref()[..DIGEST_BYTES]);
        digest
    }
}

impl fmt::Debug for FollowLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FollowLinks")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use kernel::SystemClock;
    use proptest::prelude::*;

    fn links() -> FollowLinks {
        FollowLinks::new(&Key32::from_bytes([7; 32]))
    }

    fn network(code: &str) -> NetworkCode {
        NetworkCode::parse(code).unwrap()
    }

    #[test]
    fn a_token_leads_to_its_order_in_its_network_and_nowhere_else() {
        let (links, ham) = (links(), network("HAM"));
        let order = OrderId::generate(&SystemClock);
        let token = links.token(&ham, order);
        assert_eq!(links.order(&ham, &token), Some(order));
        assert_eq!(links.order(&network("OTHER"), &token), None);
        let others = FollowLinks::new(&Key32::from_bytes([8; 32]));
        assert_eq!(others.order(&ham, &token), None);
    }

    #[test]
    fn a_changed_or_cut_token_leads_nowhere() {
        let (links, ham) = (links(), network("HAM"));
        let token = links.token(&ham, OrderId::generate(&SystemClock));
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(links.order(&ham, &changed), None, "{at}");
            assert_eq!(links.order(&ham, &token[..at]), None, "{at}");
        }
    }

    proptest! {
        #[test]
        fn what_anybody_types_never_panics(text in ".{0,80}") {
            prop_assert_eq!(links().order(&network("HAM"), &text), None);
        }
    }
}
