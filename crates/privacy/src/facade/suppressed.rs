//! Whether persons are suppressed, asked for many at once and without storing anything: a preview of an import.

use std::collections::HashSet;

use kernel::NetworkCode;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::Privacy;
use crate::identifier::PHONE;
use crate::store::suppressed_token;
use crate::{Known, PrivacyError};

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
        known: &[Vec<Known>],
    ) -> Result<Vec<bool>, PrivacyError> {
        let tokens: Vec<Vec<Vec<u8>>> = known
            .iter()
            .map(|known| {
                // A telephone alone stands against a row only when nothing better is known of it.
                let only_phones = known.iter().all(|k| k.identifier.field() == PHONE);
                known
                    .iter()
                    .filter(|k| only_phones || k.identifier.field() != PHONE)
                    .flat_map(|k| self.0.tokens.every(network, &k.identifier))
                    .map(|token| token.value)
                    .collect()
            })
            .collect();
        let all: Vec<&Vec<u8>> = tokens.iter().flatten().collect();
        let mut standing: HashSet<Vec<u8>> = HashSet::new();
        for chunk in all.chunks(CHUNK) {
            let rows = suppressed_token::Entity::find()
                .filter(suppressed_token::Column::Network.eq(network.as_str()))
                .filter(suppressed_token::Column::Token.is_in(chunk.iter().map(|t| (*t).clone())))
                .filter(suppressed_token::Column::LiftedAt.is_null())
                .all(connection)
                .await?;
            standing.extend(rows.into_iter().map(|row| row.token));
        }
        Ok(tokens
            .iter()
            .map(|tokens| tokens.iter().any(|token| standing.contains(token)))
            .collect())
    }
}
