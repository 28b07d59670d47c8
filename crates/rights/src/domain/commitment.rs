//! A commitment to the person: the certificate names nobody, and whoever has the nonce can show that it is about them.

use aws_lc_rs::digest::{SHA256, digest};

/// 128 random bits, handed to the person alone. Without it the commitment says nothing (decisions.md 22).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// From the random source of the caller.
    #[must_use]
    pub const fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// From its hexadecimal spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// 32 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl std::fmt::Debug for Nonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonce(..)")
    }
}

/// SHA-256 over nonce and the canonical identifier, hexadecimal.
#[must_use]
pub fn commit(nonce: Nonce, canonical: &str) -> String {
    hex::encode(digest(&SHA256, &[&nonce.0, canonical.as_bytes()].concat()))
}
