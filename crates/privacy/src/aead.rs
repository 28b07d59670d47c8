//! AES-256-GCM with a random nonce: `version || nonce || ciphertext || tag`.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use service_kit::secret::Key32;

/// The only layout there is so far.
const VERSION: u8 = 1;

/// Shows no detail on purpose: wrong key, wrong place and changed bytes look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes could not be opened")]
pub(crate) struct Unopened;

/// Seals `text` so that it opens only under the same key and the same associated data.
pub(crate) fn seal(key: &Key32, associated: &[u8], text: &[u8]) -> Vec<u8> {
    let key = cipher(key);
    let mut sealed = text.to_vec();
    let nonce = key
        .seal_in_place_append_tag(Aad::from(associated), &mut sealed)
        .expect("sealing fails only beyond 64 GiB, and messages are bounded");
    let mut out = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
    out.push(VERSION);
    out.extend_from_slice(nonce.as_ref());
    out.extend_from_slice(&sealed);
    out
}

/// Opens what [`seal`] made.
pub(crate) fn open(key: &Key32, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
    let (version, rest) = sealed.split_first().ok_or(Unopened)?;
    if *version != VERSION || rest.len() < NONCE_LEN {
        return Err(Unopened);
    }
    let (nonce, body) = rest.split_at(NONCE_LEN);
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopened)?;
    let mut body = body.to_vec();
    let length = cipher(key)
        .open_in_place(nonce, Aad::from(associated), &mut body)
        .map_err(|_| Unopened)?
        .len();
    body.truncate(length);
    Ok(body)
}

fn cipher(key: &Key32) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, key.as_bytes()).expect("a key of 32 bytes")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn opens_only_in_its_place() {
        let key = Key32::random();
        let sealed = seal(&key, b"orders|order|name|1", b"Astrid");
        assert_eq!(
            open(&key, b"orders|order|name|1", &sealed).unwrap(),
            b"Astrid"
        );
        assert_eq!(open(&key, b"orders|order|name|2", &sealed), Err(Unopened));
        assert_eq!(
            open(&Key32::random(), b"orders|order|name|1", &sealed),
            Err(Unopened)
        );
    }

    #[test]
    fn refuses_every_changed_byte_and_every_cut() {
        let key = Key32::random();
        let sealed = seal(&key, b"a", b"Astrid");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key, b"a", &changed), Err(Unopened), "byte {at}");
            assert_eq!(
                open(&key, b"a", &sealed[..at]),
                Err(Unopened),
                "cut at {at}"
            );
        }
    }
}
