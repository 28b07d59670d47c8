//! The gateway's own keys, derived from the pepper: one per purpose, so that no value of one purpose passes for another.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use service_kit::secret::Key32;

/// What a keyed hash is of.
#[derive(Clone, Copy, Debug)]
pub enum Hashed {
    /// A session token.
    Session,
    /// An invitation token.
    Invitation,
    /// A provider's secret.
    Credential,
    /// The key of a network's provisioning system.
    ImportKey,
    /// What such a system has signed in for.
    ImportLogin,
    /// What a provider's order system has signed in for.
    OrderLogin,
    /// An e-mail address at sign-in.
    Login,
    /// The token in the forms of one session.
    Csrf,
}

/// What a sealed text is.
#[derive(Clone, Copy, Debug)]
pub enum Sealed {
    /// A half-done connection of an authenticator app.
    Enrolment,
    /// What a receipt page shows.
    Receipt,
    /// The secret of an authenticator app, in the database.
    Totp,
}

/// The gateway's keys.
#[derive(Clone, Debug)]
pub struct Keys {
    root: Key32,
}

impl Hashed {
    fn info(self) -> &'static str {
        match self {
            Self::Session => "gateway/hash/session",
            Self::Invitation => "gateway/hash/invitation",
            Self::Credential => "gateway/hash/credential",
            Self::ImportKey => "gateway/hash/import-key",
            Self::ImportLogin => "gateway/hash/import-login",
            Self::OrderLogin => "gateway/hash/order-login",
            Self::Login => "gateway/hash/login",
            Self::Csrf => "gateway/hash/csrf",
        }
    }
}

impl Sealed {
    fn info(self) -> &'static str {
        match self {
            Self::Enrolment => "gateway/seal/enrolment",
            Self::Receipt => "gateway/seal/receipt",
            Self::Totp => "gateway/seal/totp",
        }
    }
}

impl Keys {
    /// Keys under the installation's pepper, which lies outside every database.
    pub fn of(pepper: &Key32) -> Self {
        Self {
            root: pepper.derive("gateway"),
        }
    }

    /// A keyed hash, in hexadecimal.
    pub fn hash(&self, what: Hashed, value: &str) -> String {
        hex::encode(hmac::sign(&self.hmac(what), value.as_bytes()).as_ref())
    }

    /// Whether a value has this keyed hash, in constant time.
    pub fn matches(&self, what: Hashed, value: &str, hash: &str) -> bool {
        let right = self.hash(what, value);
        constant_time::verify_slices_are_equal(right.as_bytes(), hash.as_bytes()).is_ok()
    }

    /// Encrypts bytes; `context` must be given again to open them.
    pub fn seal(&self, what: Sealed, context: &str, plain: &[u8]) -> Vec<u8> {
        self.root
            .derive(what.info())
            .seal(context.as_bytes(), plain)
    }

    /// Decrypts what [`Self::seal`] gave; nothing when a byte or the context differs.
    pub fn open(&self, what: Sealed, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.root
            .derive(what.info())
            .open(context.as_bytes(), sealed)
    }

    /// Seals a value as text that may stand in a form or in a path.
    pub fn seal_text(&self, what: Sealed, value: &impl Serialize) -> String {
        let plain = serde_json::to_vec(value).expect("sealed values are plain data");
        URL_SAFE_NO_PAD.encode(self.seal(what, "", &plain))
    }

    /// Opens what [`Self::seal_text`] gave.
    pub fn open_text<T: DeserializeOwned>(&self, what: Sealed, text: &str) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice(&self.open(what, "", &sealed)?).ok()
    }

    fn hmac(&self, what: Hashed) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.root.derive(what.info()).as_bytes())
    }
}

/// A new unguessable text: 256 random bits, safe in a path.
pub fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(Key32::random().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Hashed, Keys, Sealed, random_text};
    use service_kit::secret::Key32;

    #[test]
    fn hashes_of_two_purposes_differ_and_match_their_own_only() {
        let keys = Keys::of(&Key32::from_bytes([7; 32]));
        let hash = keys.hash(Hashed::Session, "value");
        assert!(keys.matches(Hashed::Session, "value", &hash));
        assert!(!keys.matches(Hashed::Csrf, "value", &hash));
        assert!(!keys.matches(Hashed::Session, "other", &hash));
    }

    #[test]
    fn sealed_text_opens_for_its_purpose_and_unchanged_only() {
        let keys = Keys::of(&Key32::from_bytes([7; 32]));
        let text = keys.seal_text(Sealed::Receipt, &("HAM-000123", 17));
        assert_eq!(
            keys.open_text::<(String, u32)>(Sealed::Receipt, &text),
            Some(("HAM-000123".into(), 17))
        );
        assert_eq!(
            keys.open_text::<(String, u32)>(Sealed::Enrolment, &text),
            None
        );
        assert_eq!(
            keys.open_text::<(String, u32)>(Sealed::Receipt, &text[2..]),
            None
        );
        assert!(
            keys.open(
                Sealed::Totp,
                "user b",
                &keys.seal(Sealed::Totp, "user a", b"x")
            )
            .is_none()
        );
    }

    #[test]
    fn random_texts_are_long_and_differ() {
        assert_eq!(random_text().len(), 43);
        assert_ne!(random_text(), random_text());
    }
}
