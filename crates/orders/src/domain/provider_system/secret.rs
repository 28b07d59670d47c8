//! What opens a provider's system: entered by staff, sealed at rest, never shown again.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use service_kit::secret::Key32;

use super::ProviderSystemId;

/// `user:password` of HTTP Basic, or a pre-shared key. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

/// What lies in the database is no secret of this system under this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret of a provider's system cannot be opened")]
pub struct SecretUnreadable;

impl Credential {
    /// A user name, which has no colon, and a password.
    pub fn basic(user: &str, password: &str) -> Self {
        Self(format!("{user}:{password}"))
    }

    /// A key.
    pub fn key(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The value of `Authorization` (RFC 7617, in UTF-8), which is not logged.
    pub fn authorization(&self) -> Option<HeaderValue> {
        let value = format!("Basic {}", STANDARD.encode(&self.0));
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The bytes of a key.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(..)")
    }
}

/// What a secret is for. One is not opened as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// HTTP Basic.
    Basic,
    /// Signed links.
    Portal,
}

/// Seals secrets under a key derived from the pepper, each for its system and its use.
pub struct SystemSecrets(Key32);

impl SystemSecrets {
    /// With a key derived from the pepper.
    pub fn new(pepper: &Key32) -> Self {
        Self(pepper.derive("orders provider systems 1"))
    }

    /// Nonce, ciphertext, tag.
    pub fn seal(&self, system: ProviderSystemId, of: Use, secret: &Credential) -> Vec<u8> {
        self.0.seal(&place(system, of), secret.as_bytes())
    }

    /// Opens what [`Self::seal`] made for the same system and use.
    ///
    /// # Errors
    /// Another's, another pepper, or changed bytes.
    pub fn open(
        &self,
        system: ProviderSystemId,
        of: Use,
        sealed: &[u8],
    ) -> Result<Credential, SecretUnreadable> {
        let text = self.0.open(&place(system, of), sealed);
        let text = String::from_utf8(text.ok_or(SecretUnreadable)?);
        text.map(Credential).map_err(|_| SecretUnreadable)
    }
}

fn place(system: ProviderSystemId, of: Use) -> Vec<u8> {
    let mut place = system.as_uuid().as_bytes().to_vec();
    place.push(match of {
        Use::Basic => b'b',
        Use::Portal => b'p',
    });
    place
}

impl fmt::Debug for SystemSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemSecrets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_for_its_system_and_use_only() {
        let id = |n| ProviderSystemId::from_uuid(uuid::Uuid::from_u128(n));
        let keeper = SystemSecrets::new(&Key32::from_bytes([7; 32]));
        let secret = Credential::basic("Aladdin", "open sesame");
        let sealed = keeper.seal(id(1), Use::Basic, &secret);
        assert_eq!(keeper.open(id(1), Use::Basic, &sealed), Ok(secret.clone()));
        for (system, of) in [(id(2), Use::Basic), (id(1), Use::Portal)] {
            assert_eq!(keeper.open(system, of, &sealed), Err(SecretUnreadable));
        }
        let elsewhere = SystemSecrets::new(&Key32::from_bytes([8; 32]));
        assert!(elsewhere.open(id(1), Use::Basic, &sealed).is_err());
        // RFC 7617, section 2.
        let value = secret.authorization().unwrap();
        assert_eq!(value, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(!format!("{secret:?} {value:?}").contains("QWxh"));
    }
}
