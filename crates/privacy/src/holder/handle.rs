//! The replay handle: what a holder needs to repeat an erasure after a restore, readable to nobody else.

use serde::{Deserialize, Serialize};

use crate::identifier::field_named;
use crate::{SubjectId, Token, Tokens, aead};

/// Opaque ids and keyed tokens. It goes into the ledger under a key that is derived from the holder's pepper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplayHandle {
    /// Subjects that the discovery found.
    pub subjects: Vec<SubjectId>,
    /// What they were looked for by.
    pub tokens: Vec<HandleToken>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HandleToken {
    field: String,
    version: i32,
    token: String,
}

/// Why a handle cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandleError {
    #[error("the replay handle was not sealed by this holder for this network")]
    Foreign,
    #[error("the replay handle cannot be read")]
    Unreadable,
}

impl ReplayHandle {
    pub(crate) fn new(subjects: Vec<SubjectId>, tokens: &[Token]) -> Self {
        let tokens = tokens.iter().map(|t| HandleToken {
            field: t.field.to_owned(),
            version: t.key_version,
            token: hex::encode(&t.value),
        });
        Self {
            subjects,
            tokens: tokens.collect(),
        }
    }

    /// The tokens, to search by.
    pub(crate) fn tokens(&self) -> Result<Vec<Token>, HandleError> {
        self.tokens.iter().map(HandleToken::token).collect()
    }

    pub(crate) fn seal(&self, tokens: &Tokens, network: &str) -> Vec<u8> {
        let text = serde_json::to_vec(self).expect("a handle is plain data");
        let key = tokens
            .handle_keys()
            .into_iter()
            .next()
            .expect("there is always a pepper");
        aead::seal(&key, &place(network), &text)
    }

    pub(crate) fn open(sealed: &[u8], tokens: &Tokens, network: &str) -> Result<Self, HandleError> {
        let keys = tokens.handle_keys();
        let text = keys
            .iter()
            .find_map(|key| aead::open(key, &place(network), sealed).ok());
        serde_json::from_slice(&text.ok_or(HandleError::Foreign)?)
            .map_err(|_| HandleError::Unreadable)
    }
}

impl HandleToken {
    fn token(&self) -> Result<Token, HandleError> {
        let field = field_named(&self.field).ok_or(HandleError::Unreadable)?;
        let value = hex::decode(&self.token).map_err(|_| HandleError::Unreadable)?;
        Ok(Token {
            field,
            key_version: self.version,
            value,
        })
    }
}

fn place(network: &str) -> Vec<u8> {
    format!("replay-handle|{network}").into_bytes()
}
