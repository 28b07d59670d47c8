//! Keyed look-up tokens: equal identifiers give equal tokens, only to who holds the pepper.
//!
//! A plain hash of an identity number is tried through in seconds; an HMAC under a key outside the database is not. The
//! key is derived per network, service, field and version, so tokens of two services cannot be joined.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::hmac;
use kernel::{NetworkCode, PersonName};
use service_kit::secret::Key32;

use crate::Identifier;

/// A name by itself: staff look it up, but it leads no request to a person and admits nobody (decisions 16 and 17).
const NAME: &str = "name";
/// Derived keys that are kept: networks times fields times versions.
const KEYS_MAX: usize = 10_000;

/// One token, under one version of the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token {
    /// The kind of key it stands for.
    pub field: &'static str,
    /// Which version of the pepper made it.
    pub key_version: i32,
    /// HMAC-SHA256, 32 bytes.
    pub value: Vec<u8>,
}

/// Makes tokens for one service.
pub struct Tokens {
    service: &'static str,
    peppers: BTreeMap<i32, Key32>,
    /// Those that were derived: deriving one costs as much as several tokens.
    keys: RwLock<HashMap<KeyName, hmac::Key>>,
}

/// Which key: of a network and a field, of a version.
type KeyName = (NetworkCode, &'static str, i32);

impl Tokens {
    /// Tokens under a first pepper, version 1.
    pub fn new(pepper: Key32, service: &'static str) -> Self {
        Self {
            service,
            peppers: BTreeMap::from([(1, pepper)]),
            keys: RwLock::default(),
        }
    }

    /// Adds a newer pepper; older ones are still searched by, as long as they are given.
    #[must_use]
    pub fn with_pepper(mut self, version: i32, pepper: Key32) -> Self {
        self.peppers.insert(version, pepper);
        self
    }

    /// The token to store: under the newest pepper.
    pub fn current(&self, network: &NetworkCode, identifier: &Identifier) -> Token {
        let (version, pepper) = self
            .peppers
            .last_key_value()
            .expect("there is always a pepper");
        self.token(network, identifier, *version, pepper)
    }

    /// The tokens to search by: under every pepper.
    pub fn every(&self, network: &NetworkCode, identifier: &Identifier) -> Vec<Token> {
        self.peppers
            .iter()
            .map(|(version, pepper)| self.token(network, identifier, *version, pepper))
            .collect()
    }

    /// The token of a name by itself, to store in a column of the service: under the newest pepper.
    pub fn name(&self, network: &NetworkCode, name: &PersonName) -> Vec<u8> {
        let (version, pepper) = self
            .peppers
            .last_key_value()
            .expect("there is always a pepper");
        self.value(network, NAME, &name.normalised(), *version, pepper)
    }

    /// The tokens of a name by itself, to search by: under every pepper.
    pub fn names(&self, network: &NetworkCode, name: &PersonName) -> Vec<Vec<u8>> {
        let text = name.normalised();
        let of =
            |(version, pepper): (&i32, &Key32)| self.value(network, NAME, &text, *version, pepper);
        self.peppers.iter().map(of).collect()
    }

    /// Keys for the holder's replay handles, the newest first.
    pub(crate) fn handle_keys(&self) -> Vec<Key32> {
        self.own_keys("replay-handle")
    }

    /// Keys for the lines of the access log that lie with the rights service, the newest first.
    pub(crate) fn log_keys(&self) -> Vec<Key32> {
        self.own_keys("access-log")
    }

    fn own_keys(&self, what: &str) -> Vec<Key32> {
        self.peppers
            .values()
            .rev()
            .map(|p| p.derive(&format!("uttag/{what}/{}", self.service)))
            .collect()
    }

    fn token(
        &self,
        network: &NetworkCode,
        identifier: &Identifier,
        version: i32,
        pepper: &Key32,
    ) -> Token {
        let field = identifier.field();
        Token {
            field,
            key_version: version,
            value: self.value(network, field, &identifier.canonical(), version, pepper),
        }
    }

    fn value(
        &self,
        network: &NetworkCode,
        field: &'static str,
        canonical: &str,
        version: i32,
        pepper: &Key32,
    ) -> Vec<u8> {
        let name = (network.clone(), field, version);
        let sign = |key: &hmac::Key| hmac::sign(key, canonical.as_bytes()).as_ref().to_vec();
        if let Some(key) = self
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
        {
            return sign(key);
        }
        let key = self.derive(&name, pepper);
        let value = sign(&key);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() < KEYS_MAX {
            keys.insert(name, key);
        }
        value
    }

    fn derive(&self, (network, field, version): &KeyName, pepper: &Key32) -> hmac::Key {
        let info = format!("uttag/token/{network}/{}/{field}/{version}", self.service);
        hmac::Key::new(hmac::HMAC_SHA256, pepper.derive(&info).as_bytes())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}
