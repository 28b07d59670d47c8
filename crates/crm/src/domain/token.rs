//! The secret in a confirmation link.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Makes a hash of a token useless for any other purpose.
const PURPOSE: &[u8] = b"uttag.crm.v1/confirm-contact\0";

/// 256 random bits, of which only a hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfirmationToken([u8; Self::BYTES]);

impl ConfirmationToken {
    /// Random bytes in a token.
    pub const BYTES: usize = 32;

    /// A token of random bytes.
    pub fn from_random(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads the end of a link; nothing when it cannot be a token.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The end of the link.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored: SHA-256 over purpose and token. The token is random, so it needs neither salt nor stretching.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &[PURPOSE, &self.0].concat())
            .as_ref()
            .to_vec()
    }
}

impl std::fmt::Debug for ConfirmationToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConfirmationToken(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_back_to_the_hash_and_not_the_other_way() {
        let token = ConfirmationToken::from_random([7; 32]);
        let read = ConfirmationToken::parse(&token.expose()).unwrap();
        assert_eq!(read.hash(), token.hash());
        assert_ne!(token.hash(), ConfirmationToken::from_random([8; 32]).hash());
        assert_eq!(token.expose().len(), 43);
        assert!(!format!("{token:?}").contains(&token.expose()));
    }

    #[test]
    fn what_is_no_token_is_none() {
        for wrong in ["", "abc", "å", &"A".repeat(42), &"A".repeat(44)] {
            assert_eq!(ConfirmationToken::parse(wrong), None, "{wrong}");
        }
    }
}
