//! AES-256-GCM with a random nonce: `version || nonce || ciphertext || tag`.

use service_kit::secret::Key32;

/// The only layout there is so far.
const VERSION: u8 = 1;

/// Shows no detail on purpose: wrong key, wrong place and changed bytes look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes could not be opened")]
pub(crate) struct Unopened;

/// Seals `text` so that it opens only under the same key and the same associated data.
pub(crate) fn seal(key: &Key32, associated: &[u8], text: &[u8]) -> Vec<u8> {
    let mut sealed = vec![VERSION];
    sealed.append(&mut key.seal(associated, text));
    sealed
}

/// Opens what [`seal`] made.
pub(crate) fn open(key: &Key32, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
    match sealed.split_first() {
        Some((&VERSION, rest)) => key.open(associated, rest).ok_or(Unopened),
        _ => Err(Unopened),
    }
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
