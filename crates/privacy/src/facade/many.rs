//! Many persons at once: an import admits thousands, and forgets those whom its file no longer names.

use std::collections::HashSet;

use kernel::{NetworkCode, new_id};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use service_kit::database::{plan_as_usual, plan_by_index};

use super::{
    Privacy,
    find::{suppressed_by, tokens_like},
};
use crate::holder::forget;
use crate::store::{subject, subject_token, suppressed_token};
use crate::{Admission, Known, Origin, PrivacyError, SubjectId, Token};

/// Rows per statement: SQLite takes 32,766 parameters.
const CHUNK: usize = 2_000;

impl Privacy {
    /// As [`Privacy::subject`], for many persons, in the given order. Of an import, those of whom no identifier has been
    /// seen before are admitted together; everybody else goes the careful way, one by one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        known: &[Vec<Known>],
        origin: Origin,
    ) -> Result<Vec<Admission>, PrivacyError> {
        let tokens: Vec<Vec<Token>> = known
            .iter()
            .map(|k| {
                k.iter()
                    .flat_map(|one| self.0.tokens.every(network, &one.identifier))
                    .collect()
            })
            .collect();
        let mut seen = self.seen(tx, network, &tokens).await?;
        let strangers: Vec<Option<SubjectId>> = tokens
            .iter()
            .map(|tokens| {
                let mut stranger = true;
                for token in tokens {
                    stranger &= seen.insert(token.value.clone());
                }
                (stranger && origin == Origin::Import)
                    .then(|| SubjectId::generate(self.0.clock.as_ref()))
            })
            .collect();
        self.insert_strangers(tx, network, known, &strangers)
            .await?;
        let mut admissions = Vec::with_capacity(known.len());
        for (known, stranger) in known.iter().zip(strangers) {
            admissions.push(match stranger {
                Some(subject) => Admission::New(subject),
                None => self.subject(tx, network, known, origin).await?,
            });
        }
        Ok(admissions)
    }

    /// Takes what persons are found by, when the service keeps nothing of them any more: they moved out, a period ended.
    /// Their rows must go in the same transaction; their keys follow by themselves. No suppression: they may come again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget<C: ConnectionTrait>(
        &self,
        tx: &C,
        subjects: &[SubjectId],
    ) -> Result<(), PrivacyError> {
        for subjects in subjects.chunks(CHUNK) {
            let ids: Vec<_> = subjects.iter().map(SubjectId::as_uuid).collect();
            subject_token::Entity::delete_many()
                .filter(subject_token::Column::SubjectId.is_in(ids.iter().copied()))
                .exec(tx)
                .await?;
            subject::Entity::update_many()
                .col_expr(subject::Column::ErasedAt, Expr::value(self.0.clock.now()))
                .filter(subject::Column::Id.is_in(ids))
                .exec(tx)
                .await?;
            let clock = self.0.clock.as_ref();
            forget::record(tx, new_id(clock), clock.now(), subjects).await?;
        }
        Ok(())
    }

    /// Those of the tokens that stand beside a subject or against one.
    async fn seen<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        tokens: &[Vec<Token>],
    ) -> Result<HashSet<Vec<u8>>, PrivacyError> {
        let tokens: Vec<Token> = tokens.iter().flatten().cloned().collect();
        let mut seen = HashSet::new();
        plan_by_index(tx).await?;
        for tokens in tokens.chunks(CHUNK) {
            let known = tokens_like(tx, network.as_str(), tokens).await?;
            let suppressed = suppressed_token::Entity::find()
                .filter(suppressed_by(network.as_str(), tokens))
                .all(tx)
                .await?;
            seen.extend(known.into_iter().map(|row| row.token));
            seen.extend(suppressed.into_iter().map(|row| row.token));
        }
        plan_as_usual(tx).await?;
        Ok(seen)
    }

    async fn insert_strangers<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        known: &[Vec<Known>],
        strangers: &[Option<SubjectId>],
    ) -> Result<(), PrivacyError> {
        let now = self.0.clock.now();
        let new: Vec<_> = known
            .iter()
            .zip(strangers)
            .filter_map(|(known, new)| new.map(|new| (new, known)))
            .collect();
        for new in new.chunks(CHUNK) {
            let subjects = new.iter().map(|(subject, _)| subject::ActiveModel {
                id: Set(subject.as_uuid()),
                network: Set(network.as_str().to_owned()),
                created_at: Set(now),
                restricted_at: Set(None),
                erased_at: Set(None),
            });
            subject::Entity::insert_many(subjects)
                .exec_without_returning(tx)
                .await?;
            let tokens: Vec<_> = new
                .iter()
                .flat_map(|(subject, known)| known.iter().map(|one| (*subject, one)))
                .map(|(subject, one)| {
                    let token = self.0.tokens.current(network, &one.identifier);
                    subject_token::ActiveModel {
                        network: Set(network.as_str().to_owned()),
                        field: Set(token.field.to_owned()),
                        token: Set(token.value),
                        subject_id: Set(subject.as_uuid()),
                        key_version: Set(token.key_version),
                        verified: Set(one.verified),
                        created_at: Set(now),
                    }
                })
                .collect();
            for tokens in tokens.chunks(CHUNK) {
                subject_token::Entity::insert_many(tokens.to_vec())
                    .exec_without_returning(tx)
                    .await?;
            }
        }
        Ok(())
    }
}
