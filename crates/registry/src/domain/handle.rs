//! Place handles: how the public points at a place without learning its access id (decision 32).
//!
//! A handle is the access id and an expiry, padded to one length and encrypted with AES-256-GCM-SIV's idea: the nonce is
//! a keyed digest of the content, so equal content gives equal handles and no randomness is needed, and the cipher's tag
//! is the signature. The network is bound as additional data. A handle is stable for five minutes, then changes.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use kernel::{AccessId, NetworkCode};

use crate::domain::limits::HANDLE_MINUTES;

/// Handles given within one step of this length are equal.
const STEP_SECONDS: i64 = 300;
/// Expiry, length byte and an access id of at most 36 bytes.
const PLAIN_BYTES: usize = 8 + 1 + 36;

/// Why a handle points nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// It was not made by this installation for this network, or was changed.
    #[error("the place handle is not valid")]
    Invalid,
    /// It was valid.
    #[error("the place handle has expired; search again")]
    Expired,
}

/// Makes and reads the handles of an installation.
pub struct PlaceHandles {
    cipher: LessSafeKey,
    nonces: hmac::Key,
}

impl std::fmt::Debug for PlaceHandles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlaceHandles(redacted)")
    }
}

impl PlaceHandles {
    /// Handles under two keys that serve nothing else.
    pub fn new(cipher_key: &[u8; 32], nonce_key: &[u8; 32]) -> Self {
        let unbound =
            UnboundKey::new(&AES_256_GCM, cipher_key).expect("the key has the cipher's length");
        Self {
            cipher: LessSafeKey::new(unbound),
            nonces: hmac::Key::new(hmac::HMAC_SHA256, nonce_key),
        }
    }

    /// A handle for an access, valid for at least [`HANDLE_MINUTES`].
    pub fn give(&self, network: &NetworkCode, access: &AccessId, now: DateTime<Utc>) -> String {
        let expires = (now.timestamp() / STEP_SECONDS + 1) * STEP_SECONDS + HANDLE_MINUTES * 60;
        let mut sealed = plain(access, expires);
        let nonce = self.nonce(network, &sealed);
        self.cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(network.as_str()),
                &mut sealed,
            )
            .expect("45 bytes are within the cipher's limit");
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// The access behind a handle.
    ///
    /// # Errors
    /// The handle is not ours, is another network's, was changed, or has expired.
    pub fn read(
        &self,
        network: &NetworkCode,
        handle: &str,
        now: DateTime<Utc>,
    ) -> Result<AccessId, HandleError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(handle)
            .map_err(|_| HandleError::Invalid)?;
        let (nonce, sealed) = bytes
            .split_at_checked(NONCE_LEN)
            .ok_or(HandleError::Invalid)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| HandleError::Invalid)?;
        let mut sealed = sealed.to_vec();
        let plain = self
            .cipher
            .open_in_place(nonce, Aad::from(network.as_str()), &mut sealed)
            .map_err(|_| HandleError::Invalid)?;
        let (access, expires) = parse(plain).ok_or(HandleError::Invalid)?;
        if now.timestamp() >= expires {
            Err(HandleError::Expired)
        } else {
            Ok(access)
        }
    }

    fn nonce(&self, network: &NetworkCode, plain: &[u8]) -> [u8; NONCE_LEN] {
        let content = [network.as_str().as_bytes(), &[0], plain].concat();
        let tag = hmac::sign(&self.nonces, &content);
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&tag.as_ref()[..NONCE_LEN]);
        nonce
    }
}

/// One length for all, so that a handle does not tell how long the access id is.
fn plain(access: &AccessId, expires: i64) -> Vec<u8> {
    let id = access.as_str().as_bytes();
    let mut plain = Vec::with_capacity(PLAIN_BYTES + 16);
    plain.extend_from_slice(&expires.to_be_bytes());
    plain.push(u8::try_from(id.len()).unwrap_or(u8::MAX));
    plain.extend_from_slice(id);
    plain.resize(PLAIN_BYTES, 0);
    plain
}

fn parse(plain: &[u8]) -> Option<(AccessId, i64)> {
    let (expires, rest) = plain.split_first_chunk::<8>()?;
    let (length, id) = rest.split_first()?;
    let id = std::str::from_utf8(id.get(..usize::from(*length))?).ok()?;
    Some((AccessId::parse(id).ok()?, i64::from_be_bytes(*expires)))
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn handles() -> PlaceHandles {
        PlaceHandles::new(&[1; 32], &[2; 32])
    }

    fn network() -> NetworkCode {
        NetworkCode::parse("SNFDMO").unwrap()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn points_at_its_access_until_it_expires() {
        let access = AccessId::parse("ABC-123").unwrap();
        let handle = handles().give(&network(), &access, now());
        assert_eq!(
            handles().read(&network(), &handle, now() + Duration::minutes(60)),
            Ok(access.clone())
        );
        assert_eq!(
            handles().read(&network(), &handle, now() + Duration::minutes(66)),
            Err(HandleError::Expired)
        );
        let other = NetworkCode::parse("OTHER").unwrap();
        assert_eq!(
            handles().read(&other, &handle, now()),
            Err(HandleError::Invalid)
        );
        let stranger = PlaceHandles::new(&[3; 32], &[2; 32]);
        assert_eq!(
            stranger.read(&network(), &handle, now()),
            Err(HandleError::Invalid)
        );
        assert!(!handle.contains("ABC"));
    }

    #[test]
    fn tells_nothing_of_the_length_and_changes_with_time() {
        let short = handles().give(&network(), &AccessId::parse("1").unwrap(), now());
        let long = handles().give(
            &network(),
            &AccessId::parse(&"x".repeat(36)).unwrap(),
            now(),
        );
        assert_eq!(short.len(), long.len());
        let later = handles().give(
            &network(),
            &AccessId::parse("1").unwrap(),
            now() + Duration::minutes(6),
        );
        assert_ne!(short, later);
    }

    proptest! {
        #[test]
        fn every_changed_byte_is_noticed(position in 0_usize..97, other in "[A-Za-z0-9_-]") {
            let handle = handles().give(&network(), &AccessId::parse("ABC-123").unwrap(), now());
            let mut changed = handle.clone();
            let position = position.min(handle.len() - 1);
            changed.replace_range(position..=position, &other);
            prop_assume!(changed != handle);
            prop_assert_eq!(handles().read(&network(), &changed, now()), Err(HandleError::Invalid));
        }

        #[test]
        fn never_panics(text in ".*") {
            prop_assert!(handles().read(&network(), &text, now()).is_err());
        }
    }
}
