//! Whether persons are suppressed, asked for many at once and without storing anything: a preview of an import.

use std::collections::HashSet;

use kernel::NetworkCode;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{Privacy, find::suppressed_by};
use crate::identifier::PHONE;
use crate::store::suppressed_token;
use crate::{Known, PrivacyError, Token};

/// Tokens per statement: SQLite takes 32,766 parameters.
const CHUNK: usize = 2_000;

impl Privacy {
    /// Whether an import would be held back from anybody in this network. Cheap: asked before the tokens are made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppresses_anybody<C: ConnectionTrait>(
        &self,
        connection: &C,
        network: &NetworkCode,
    ) -> Result<bool, PrivacyError> {
        let one = suppressed_token::Entity::find()
            .filter(suppressed_token::Column::Network.eq(network.as_str()))
            .filter(suppressed_token::Column::LiftedAt.is_null())
            .limit(1)
            .one(connection)
            .await?;
        Ok(one.is_some())
    }

    /// For each person, whether [`Privacy::subject`] would answer an import with `Suppressed`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppressed<C: ConnectionTrait>(
        &self,
        connection: &C,
        network: &NetworkCode,
        known: &[impl AsRef<[Known]>],
    ) -> Result<Vec<bool>, PrivacyError> {
        let tokens: Vec<Vec<Token>> = known
            .iter()
            .map(|known| self.telling_tokens(network, known.as_ref()))
            .collect();
        let all: Vec<Token> = tokens.iter().flatten().cloned().collect();
        let mut standing: HashSet<Vec<u8>> = HashSet::new();
        for chunk in all.chunks(CHUNK) {
            let rows = suppressed_token::Entity::find()
                .filter(suppressed_by(network.as_str(), chunk))
                .filter(suppressed_token::Column::LiftedAt.is_null())
                .all(connection)
                .await?;
            standing.extend(rows.into_iter().map(|row| row.token));
        }
        Ok(tokens
            .iter()
            .map(|tokens| tokens.iter().any(|token| standing.contains(&token.value)))
            .collect())
    }
    /// What stands against a person's row. A telephone alone does only when nothing better is known of the row: a
    /// household shares one.
    fn telling_tokens(&self, network: &NetworkCode, known: &[Known]) -> Vec<Token> {
        let only_phones = known.iter().all(|k| k.identifier.field() == PHONE);
        known
            .iter()
            .filter(|k| only_phones || k.identifier.field() != PHONE)
            .flat_map(|k| self.0.tokens.every(network, &k.identifier))
            .collect()
    }
}
