//! The master keys that wrap the persons' keys.

use std::collections::BTreeMap;

use service_kit::secret::Key32;

use super::tables::person_key;
use crate::{PrivacyError, SubjectId, aead};

pub(super) struct Masters {
    pub(super) service: &'static str,
    keys: BTreeMap<i32, Key32>,
}

/// Of the only master key that a service is given.
const FIRST_VERSION: i32 = 1;

impl Masters {
    pub(super) fn new(service: &'static str, master: Key32) -> Self {
        let keys = BTreeMap::from([(FIRST_VERSION, master)]);
        Self { service, keys }
    }

    /// The version of the newest master key, and the key wrapped by it.
    pub(super) fn wrap(&self, subject: SubjectId, category: &str, key: &Key32) -> (i32, Vec<u8>) {
        let (version, master) = self
            .keys
            .last_key_value()
            .expect("there is always a master key");
        (
            *version,
            aead::seal(master, &self.place(subject, category), key.as_bytes()),
        )
    }

    /// The key of a row.
    pub(super) fn unwrap(
        &self,
        row: &person_key::Model,
        wrapped: &[u8],
    ) -> Result<Key32, PrivacyError> {
        let version = row.master_version;
        let master = self
            .keys
            .get(&version)
            .ok_or(PrivacyError::Unwrap { version })?;
        let place = self.place(SubjectId::from_uuid(row.subject_id), &row.category);
        let bytes =
            aead::open(master, &place, wrapped).map_err(|_| PrivacyError::Unwrap { version })?;
        let bytes =
            <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| PrivacyError::Unwrap { version })?;
        Ok(Key32::from_bytes(bytes))
    }

    fn place(&self, subject: SubjectId, category: &str) -> Vec<u8> {
        format!("key|{}|{subject}|{category}", self.service).into_bytes()
    }
}
