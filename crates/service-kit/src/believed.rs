//! What a signature has proven once, by the digest of what was signed: proving it again costs a hundred times the look here.
//!
//! A proof does not age; what it says does. So times, audiences and the like are checked anew at every use, and nothing is
//! kept that was refused.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};

/// Of everything that is signed, signature included.
pub(crate) type Digest = [u8; 32];

/// Digests parts so that no two different ways to cut the same bytes agree.
pub(crate) fn digest_of(parts: &[&[u8]]) -> Digest {
    let mut whole = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        whole.extend_from_slice(&(part.len() as u64).to_be_bytes());
        whole.extend_from_slice(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, &whole).as_ref());
    out
}

/// Proven things, so many at most.
pub(crate) struct Believed<T> {
    proven: Arc<RwLock<HashMap<Digest, Arc<T>>>>,
    at_most: usize,
}

impl<T> Believed<T> {
    pub(crate) fn at_most(at_most: usize) -> Self {
        Self {
            proven: Arc::default(),
            at_most,
        }
    }

    pub(crate) fn get(&self, digest: &Digest) -> Option<Arc<T>> {
        let proven = self.proven.read().unwrap_or_else(PoisonError::into_inner);
        proven.get(digest).cloned()
    }

    /// Keeps what has just been proven. When there are too many all of them are proven anew as they come.
    pub(crate) fn keep(&self, digest: Digest, thing: Arc<T>) {
        let mut proven = self.proven.write().unwrap_or_else(PoisonError::into_inner);
        if proven.len() >= self.at_most {
            proven.clear();
        }
        proven.insert(digest, thing);
    }
}

impl<T> Clone for Believed<T> {
    fn clone(&self) -> Self {
        Self {
            proven: Arc::clone(&self.proven),
            at_most: self.at_most,
        }
    }
}

impl<T> fmt::Debug for Believed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Believed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_cut_otherwise_are_something_else() {
        assert_ne!(digest_of(&[b"ab", b"c"]), digest_of(&[b"a", b"bc"]));
        assert_eq!(digest_of(&[b"ab"]), digest_of(&[b"ab"]));
    }

    #[test]
    fn there_are_never_more_than_so_many() {
        let believed = Believed::at_most(2);
        for n in 0..3_u8 {
            believed.keep([n; 32], Arc::new(n));
        }
        let kept = (0..3_u8).filter_map(|n| believed.get(&[n; 32]));
        assert_eq!(kept.map(|n| *n).collect::<Vec<_>>(), [2]);
    }
}
