//! Keys of 32 bytes: master keys, peppers and what is derived from them.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::rand;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::files;

/// A secret of 32 bytes. It never prints itself, and wipes its memory when it goes.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Key32([u8; Self::LENGTH]);

/// Why a key could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written, or others may read it.
    #[error("cannot use the key file {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file does not hold 64 hexadecimal digits.
    #[error("the key file {0} does not hold 64 hexadecimal digits")]
    Malformed(PathBuf),
}

impl Key32 {
    /// How many bytes a key has.
    pub const LENGTH: usize = 32;

    /// Takes over bytes that are a key already.
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// A new key from the system's randomness.
    ///
    /// # Panics
    /// When the system has no randomness to give; nothing may go on then.
    pub fn random() -> Self {
        let mut bytes = [0; Self::LENGTH];
        rand::fill(&mut bytes).expect("the system has randomness");
        Self(bytes)
    }

    /// Reads a key file: 64 hexadecimal digits, mode 0600.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SecretError> {
        let path = path.as_ref();
        let content = files::read_private(path).map_err(|source| SecretError::File {
            path: path.into(),
            source,
        })?;
        let content = Zeroizing::new(content);
        let mut bytes = [0; Self::LENGTH];
        hex::decode_to_slice(content.trim_ascii(), &mut bytes)
            .map_err(|_| SecretError::Malformed(path.into()))?;
        Ok(Self(bytes))
    }

    /// Reads a key file, or makes it with a new random key, mode 0600. Two processes that start at once get the same key.
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Self, SecretError> {
        let path = path.as_ref();
        if !path.exists() {
            let text = Zeroizing::new(format!(
                "{}\n",
                *Zeroizing::new(hex::encode(Self::random().0))
            ));
            files::create_private(path, text.as_bytes()).map_err(|source| SecretError::File {
                path: path.into(),
                source,
            })?;
        }
        Self::load(path)
    }

    /// A key for one purpose, by HKDF-SHA256 (RFC 5869). Keys for different `info` tell nothing about each other.
    ///
    /// # Panics
    /// Never: 32 bytes are within what HKDF-SHA256 gives.
    #[must_use]
    pub fn derive(&self, info: &str) -> Self {
        struct Length;
        impl KeyType for Length {
            fn len(&self) -> usize {
                Key32::LENGTH
            }
        }
        let mut bytes = [0; Self::LENGTH];
        Salt::new(HKDF_SHA256, &[])
            .extract(&self.0)
            .expand(&[info.as_bytes()], Length)
            .and_then(|okm| okm.fill(&mut bytes))
            .expect("HKDF-SHA256 gives 32 bytes");
        Self(bytes)
    }

    /// Encrypts with AES-256-GCM under a random nonce: nonce, ciphertext, tag. It opens only with the same associated data.
    ///
    /// # Panics
    /// Never: sealing fails only beyond 64 GiB.
    pub fn seal(&self, associated: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut body = plain.to_vec();
        let nonce = self
            .cipher()
            .seal_in_place_append_tag(Aad::from(associated), &mut body)
            .expect("what is sealed fits in memory");
        let mut sealed = Vec::with_capacity(NONCE_LEN + body.len());
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut body);
        sealed
    }

    /// Decrypts what [`Self::seal`] gave; nothing when the key, a byte or the associated data differs.
    pub fn open(&self, associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let plain = self
            .cipher()
            .open_in_place(nonce, Aad::from(associated), &mut body)
            .ok()?;
        let length = plain.len();
        body.truncate(length);
        Some(body)
    }

    fn cipher(&self) -> RandomizedNonceKey {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0).expect("a key of 32 bytes")
    }

    /// The bytes, for the cipher that needs them.
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Wipes the memory now.
    pub fn wipe(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key32(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_and_unchanged_only() {
        let key = Key32::random();
        let sealed = key.seal(b"place", b"text");
        assert_ne!(sealed, key.seal(b"place", b"text"), "another nonce");
        assert_eq!(key.open(b"place", &sealed).as_deref(), Some(&b"text"[..]));
        assert_eq!(key.open(b"elsewhere", &sealed), None);
        assert_eq!(Key32::random().open(b"place", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(b"place", &changed), None, "byte {at}");
            assert_eq!(key.open(b"place", &sealed[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets/master.key");
        let made = Key32::load_or_create(&path).unwrap();
        assert_eq!(
            made.as_bytes(),
            Key32::load_or_create(&path).unwrap().as_bytes()
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(
                matches!(Key32::load(&path), Err(SecretError::File { .. })),
                "{mode:o}"
            );
        }
        assert_eq!(
            fs::read_dir(folder.path().join("secrets")).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn many_that_start_at_once_get_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pepper.key");
        let start = || {
            std::thread::spawn({
                let path = path.clone();
                move || *Key32::load_or_create(path).unwrap().as_bytes()
            })
        };
        let starts: Vec<_> = (0..8).map(|_| start()).collect();
        let keys: Vec<_> = starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn another_purpose_is_another_key() {
        let key = Key32::from_bytes([7; 32]);
        assert_eq!(key.derive("a").as_bytes(), key.derive("a").as_bytes());
        assert_ne!(key.derive("a").as_bytes(), key.derive("b").as_bytes());
        assert_ne!(key.derive("a").as_bytes(), key.as_bytes());
    }

    #[test]
    fn hkdf_is_that_of_rfc_5869() {
        // Computed apart from this code: HMAC(HMAC(0…, key), "test" || 1).
        let derived = Key32::from_bytes([7; 32]).derive("test");
        assert_eq!(
            hex::encode(derived.as_bytes()),
            "9cd923b2a7b612b525b1f93415466f7ca72c780713d5344eb74f4cc229ca5919"
        );
    }

    #[test]
    fn a_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", Key32::random()), "Key32(..)");
        assert_ne!(Key32::random().as_bytes(), Key32::random().as_bytes());
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("short.key");
        files::create_private(&path, b"abcd").unwrap();
        assert!(matches!(Key32::load(&path), Err(SecretError::Malformed(_))));
    }
}
