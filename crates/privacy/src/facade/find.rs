//! Who is meant: by one identifier for daily work, by all search keys together for a request of the person.

use std::collections::{BTreeMap, HashSet};

use kernel::NetworkCode;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::Privacy;
use crate::identifier::{IDENTITY_NUMBER, PHONE};
use crate::store::{subject_token, suppressed_token};
use crate::{Identifier, PrivacyError, SubjectId, Token};

/// A subject that search keys lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub subject: SubjectId,
    /// Found by something that the person has proven here: what else is proven here may widen the search.
    pub proven: bool,
}

impl Privacy {
    /// The subjects of a network that carry an identifier. Erased and restricted ones have none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find<C: ConnectionTrait>(
        &self,
        connection: &C,
        network: &NetworkCode,
        identifier: &Identifier,
    ) -> Result<Vec<SubjectId>, PrivacyError> {
        let rows = tokens_like(
            connection,
            network.as_str(),
            &self.0.tokens.every(network, identifier),
        )
        .await?;
        let mut found: Vec<_> = rows
            .into_iter()
            .map(|r| SubjectId::from_uuid(r.subject_id))
            .collect();
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// The subjects that search keys lead to. A number or address that a row merely claims leads to it too, unless the row's
/// person has proven another identity number. A telephone that is merely claimed leads to nobody: households share them.
/// What is retained after an earlier erasure is found by its suppressed tokens.
pub(crate) async fn matches<C: ConnectionTrait>(
    connection: &C,
    network: &str,
    tokens: &[Token],
) -> Result<Vec<Match>, DbErr> {
    let mut found: BTreeMap<Uuid, bool> = BTreeMap::new();
    for row in tokens_like(connection, network, tokens).await? {
        if row.verified || row.field != PHONE {
            let proven = found.entry(row.subject_id).or_default();
            *proven |= row.verified;
        }
    }
    let claimed: Vec<Uuid> = found
        .iter()
        .filter(|(_, proven)| !**proven)
        .map(|(s, _)| *s)
        .collect();
    for stranger in strangers(connection, &claimed, tokens).await? {
        found.remove(&stranger);
    }
    for retained in retained(connection, network, tokens).await? {
        found.entry(retained).or_default();
    }
    Ok(found
        .into_iter()
        .map(|(s, proven)| Match {
            subject: SubjectId::from_uuid(s),
            proven,
        })
        .collect())
}

/// Rows that carry one of the tokens. Tokens of different kinds are made under different keys and never meet.
pub(crate) async fn tokens_like<C: ConnectionTrait>(
    connection: &C,
    network: &str,
    tokens: &[Token],
) -> Result<Vec<subject_token::Model>, DbErr> {
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    subject_token::Entity::find()
        .filter(known_by(network, tokens))
        .all(connection)
        .await
}

/// Rows of subjects that carry one of the tokens, in the terms of the index: network, kind, token.
pub(crate) fn known_by(network: &str, tokens: &[Token]) -> Condition {
    carrying(
        [
            subject_token::Column::Network,
            subject_token::Column::Field,
            subject_token::Column::Token,
        ],
        network,
        tokens,
    )
}

/// Rows that stand against one of the tokens, in the terms of the index.
pub(crate) fn suppressed_by(network: &str, tokens: &[Token]) -> Condition {
    carrying(
        [
            suppressed_token::Column::Network,
            suppressed_token::Column::Field,
            suppressed_token::Column::Token,
        ],
        network,
        tokens,
    )
}

fn carrying<C: ColumnTrait>(index: [C; 3], network: &str, tokens: &[Token]) -> Condition {
    let [of_network, of_field, token] = index;
    let fields: HashSet<_> = tokens.iter().map(|t| t.field).collect();
    Condition::all()
        .add(of_network.eq(network))
        .add(of_field.is_in(fields))
        .add(token.is_in(tokens.iter().map(|t| t.value.clone())))
}

/// Of those subjects: who has proven an identity number that is not among the searched ones.
async fn strangers<C: ConnectionTrait>(
    connection: &C,
    claimed: &[Uuid],
    tokens: &[Token],
) -> Result<HashSet<Uuid>, DbErr> {
    let numbers: Vec<_> = tokens
        .iter()
        .filter(|t| t.field == IDENTITY_NUMBER)
        .map(|t| t.value.clone())
        .collect();
    if claimed.is_empty() || numbers.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = subject_token::Entity::find()
        .filter(subject_token::Column::SubjectId.is_in(claimed.iter().copied()))
        .filter(subject_token::Column::Field.eq(IDENTITY_NUMBER))
        .filter(subject_token::Column::Verified.eq(true))
        .filter(subject_token::Column::Token.is_not_in(numbers))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|r| r.subject_id).collect())
}

async fn retained<C: ConnectionTrait>(
    connection: &C,
    network: &str,
    tokens: &[Token],
) -> Result<Vec<Uuid>, DbErr> {
    let strong: Vec<_> = tokens
        .iter()
        .filter(|t| t.field != PHONE)
        .cloned()
        .collect();
    if strong.is_empty() {
        return Ok(Vec::new());
    }
    let rows = suppressed_token::Entity::find()
        .filter(suppressed_by(network, &strong))
        .filter(suppressed_token::Column::SubjectId.ne(Uuid::nil()))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|r| r.subject_id).collect())
}
