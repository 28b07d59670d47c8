//! The secret of an endpoint: made here, shown once, sealed at rest.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use service_kit::secret::Key32;

use super::WebhookEndpointId;

/// By which it is known for what it is.
const PREFIX: &str = "whsec_";

/// An endpoint's secret.
#[derive(Clone)]
pub struct WebhookSecret(Key32);

/// What lies in the database is no secret of this endpoint under this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret of a webhook endpoint cannot be opened")]
pub struct SecretUnreadable;

impl WebhookSecret {
    /// A new one.
    pub fn random() -> Self {
        Self(Key32::random())
    }

    /// As it is shown.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0.as_bytes()))
    }

    /// `v1,` and the signature of `id.timestamp.body`, HMAC-SHA256 in base64.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        sign(self.0.as_bytes(), id, timestamp, body)
    }
}

fn sign(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(format!("{id}.{timestamp}.").as_bytes());
    context.update(body);
    format!("v1,{}", STANDARD.encode(context.sign()))
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// Seals secrets under a key derived from the pepper, each for its endpoint.
pub struct SecretBox(Key32);

impl SecretBox {
    /// With a key derived from the pepper.
    pub fn new(pepper: &Key32) -> Self {
        Self(pepper.derive("orders webhook secrets 1"))
    }

    /// Nonce, ciphertext, tag.
    pub fn seal(&self, endpoint: WebhookEndpointId, secret: &WebhookSecret) -> Vec<u8> {
        let place = endpoint.as_uuid();
        self.0.seal(place.as_bytes(), secret.0.as_bytes())
    }

    /// Opens what [`Self::seal`] made for the same endpoint.
    ///
    /// # Errors
    /// Another endpoint's, another pepper, or changed bytes.
    pub fn open(
        &self,
        endpoint: WebhookEndpointId,
        sealed: &[u8],
    ) -> Result<WebhookSecret, SecretUnreadable> {
        let text = self.0.open(endpoint.as_uuid().as_bytes(), sealed);
        let text = text.ok_or(SecretUnreadable)?;
        let bytes = <[u8; Key32::LENGTH]>::try_from(&*text).map_err(|_| SecretUnreadable)?;
        Ok(WebhookSecret(Key32::from_bytes(bytes)))
    }
}

impl fmt::Debug for SecretBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBox")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published vector of the specification's own libraries (libraries/javascript, "sign function works").
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = sign(
            &key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_opens_for_its_endpoint_only_and_prints_nothing() {
        let (one, other) = (uuid(1), uuid(2));
        let pepper = Key32::from_bytes([7; 32]);
        let keeper = SecretBox::new(&pepper);
        let secret = WebhookSecret::random();
        let sealed = keeper.seal(one, &secret);
        assert_eq!(keeper.open(one, &sealed).unwrap().reveal(), secret.reveal());
        assert_eq!(keeper.open(other, &sealed).unwrap_err(), SecretUnreadable);
        let elsewhere = SecretBox::new(&Key32::from_bytes([8; 32]));
        assert_eq!(elsewhere.open(one, &sealed).unwrap_err(), SecretUnreadable);
        assert_eq!(keeper.open(one, b"short").unwrap_err(), SecretUnreadable);
        assert!(secret.reveal().starts_with("whsec_") && secret.reveal().len() == 50);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(..)");
    }

    fn uuid(n: u128) -> WebhookEndpointId {
        WebhookEndpointId::from_uuid(uuid::Uuid::from_u128(n))
    }
}
