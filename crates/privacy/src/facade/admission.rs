//! Under which subject a person's rows go, and whether an earlier erasure stands against storing them at all.

use std::collections::BTreeMap;

use kernel::NetworkCode;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::{
    Privacy,
    find::{suppressed_by, tokens_like},
};
use crate::identifier::{EMAIL, IDENTITY_NUMBER, PHONE};
use crate::store::{subject, subject_token, suppressed_token};
use crate::{Admission, Known, Origin, PrivacyError, SubjectId, Token};

impl Privacy {
    /// The subject for a person, in the transaction that stores the person's rows. Call it before the rows are written:
    /// it holds the subject until the commit, so that an erasure comes either before it or after it.
    ///
    /// The same person is whoever carries the same identity number or the same name at the same access, proven as much
    /// as here, or the same proven e-mail or telephone. A claim never joins what another has proven.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        known: &[Known],
        origin: Origin,
    ) -> Result<Admission, PrivacyError> {
        if origin == Origin::Import {
            if self.suppressed(tx, network, &[known]).await? == [true] {
                return Ok(Admission::Suppressed);
            }
        } else {
            self.lift(tx, network, known).await?;
        }
        if let Some(found) = self.same_person(tx, network, known).await? {
            self.attach(tx, network, found, known).await?;
            return Ok(Admission::Existing(found));
        }
        let new = SubjectId::generate(self.0.clock.as_ref());
        let row = subject::ActiveModel {
            id: Set(new.as_uuid()),
            network: Set(network.as_str().to_owned()),
            created_at: Set(self.0.clock.now()),
            restricted_at: Set(None),
            erased_at: Set(None),
        };
        subject::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
        self.attach(tx, network, new, known).await?;
        Ok(Admission::New(new))
    }

    /// Adds what a person is found by; what is proven stays proven.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attach<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        subject: SubjectId,
        known: &[Known],
    ) -> Result<(), PrivacyError> {
        // Once each: a statement may not touch a row twice.
        let mut tokens: BTreeMap<Token, bool> = BTreeMap::new();
        for one in known {
            let token = self.0.tokens.current(network, &one.identifier);
            *tokens.entry(token).or_default() |= one.verified;
        }
        if tokens.is_empty() {
            return Ok(());
        }
        let now = self.0.clock.now();
        let rows = tokens
            .into_iter()
            .map(|(token, verified)| subject_token::ActiveModel {
                network: Set(network.as_str().to_owned()),
                field: Set(token.field.to_owned()),
                token: Set(token.value),
                subject_id: Set(subject.as_uuid()),
                key_version: Set(token.key_version),
                verified: Set(verified),
                created_at: Set(now),
            });
        subject_token::Entity::insert_many(rows)
            .on_conflict(keep_proven())
            .exec_without_returning(tx)
            .await?;
        Ok(())
    }

    async fn lift<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        known: &[Known],
    ) -> Result<(), PrivacyError> {
        let tokens: Vec<_> = self.search_tokens(network, known);
        if tokens.is_empty() {
            return Ok(());
        }
        suppressed_token::Entity::update_many()
            .col_expr(
                suppressed_token::Column::LiftedAt,
                Expr::value(self.0.clock.now()),
            )
            .filter(suppressed_by(network.as_str(), &tokens))
            .filter(suppressed_token::Column::LiftedAt.is_null())
            .exec(tx)
            .await?;
        Ok(())
    }

    async fn same_person<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        known: &[Known],
    ) -> Result<Option<SubjectId>, PrivacyError> {
        let rows = tokens_like(tx, network.as_str(), &self.search_tokens(network, known)).await?;
        let as_proven = |row: &subject_token::Model| {
            known
                .iter()
                .filter(|k| k.identifier.field() == row.field)
                .any(|k| {
                    let same = self
                        .0
                        .tokens
                        .every(network, &k.identifier)
                        .iter()
                        .any(|t| t.value == row.token);
                    let shared = matches!(row.field.as_str(), EMAIL | PHONE);
                    same && row.verified == k.verified && (k.verified || !shared)
                })
        };
        let mut candidates: Vec<_> = rows.iter().filter(|r| as_proven(r)).collect();
        candidates.sort_by_key(|r| (r.field != IDENTITY_NUMBER, r.subject_id));
        for candidate in candidates {
            if self.hold(tx, candidate).await? {
                return Ok(Some(SubjectId::from_uuid(candidate.subject_id)));
            }
        }
        Ok(None)
    }

    /// Holds the subject until the transaction ends. False when it is being erased or restricted.
    async fn hold<C: ConnectionTrait>(
        &self,
        tx: &C,
        row: &subject_token::Model,
    ) -> Result<bool, PrivacyError> {
        let held = subject::Entity::find_by_id(row.subject_id)
            .lock(LockType::Share)
            .one(tx)
            .await?;
        Ok(held.is_some_and(|s| s.restricted_at.is_none() && s.erased_at.is_none()))
    }

    fn search_tokens(&self, network: &NetworkCode, known: &[Known]) -> Vec<Token> {
        known
            .iter()
            .flat_map(|k| self.0.tokens.every(network, &k.identifier))
            .collect()
    }
}

/// A claim changes nothing; a proof turns a claim into one.
fn keep_proven() -> OnConflict {
    let proof = Expr::col((Alias::new("excluded"), subject_token::Column::Verified)).eq(true);
    OnConflict::columns([
        subject_token::Column::Network,
        subject_token::Column::Field,
        subject_token::Column::Token,
        subject_token::Column::SubjectId,
    ])
    .update_column(subject_token::Column::Verified)
    .action_and_where(proof)
    .to_owned()
}
