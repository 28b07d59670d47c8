//! Many persons at once: an import admits thousands, and forgets those whom its file no longer names.

use std::collections::{BTreeMap, HashSet};

use kernel::{NetworkCode, new_id};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use service_kit::database::{insert_rows, present};

use super::Privacy;
use crate::holder::forget;
use crate::store::{subject, subject_token};
use crate::{Admission, Known, Origin, PrivacyError, SubjectId, Token};

/// Rows per statement: SQLite takes 32,766 parameters.
const CHUNK: usize = 5_000;

impl Privacy {
    /// As [`Privacy::subject`], for many persons, in the given order. Of an import, those of whom no identifier has been
    /// seen before are admitted together; everybody else goes the careful way, one by one. A transaction that admits many
    /// thousands should plan by index ([`service_kit::database::plan_by_index`]).
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
        let mut of_field: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
        for token in tokens.iter().flatten() {
            of_field
                .entry(token.field)
                .or_default()
                .push(token.value.clone());
        }
        let mut seen = HashSet::new();
        for (field, values) in of_field {
            let beside = [
                ("network", network.as_str().into()),
                ("field", field.into()),
            ];
            for table in ["subject_token", "suppressed_token"] {
                seen.extend(present(tx, table, &beside, "token", values.clone()).await?);
            }
        }
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
        let network_name = network.as_str();
        let new = || {
            strangers
                .iter()
                .zip(known)
                .filter_map(|(new, known)| Some(((*new)?, known)))
        };
        let subjects = new().map(|(subject, _)| subject::ActiveModel {
            id: Set(subject.as_uuid()),
            network: Set(network_name.to_owned()),
            created_at: Set(now),
            restricted_at: Set(None),
            erased_at: Set(None),
        });
        insert_rows(tx, subjects.collect()).await?;
        let tokens = new().flat_map(|(subject, known)| known.iter().map(move |one| (subject, one)));
        let tokens = tokens.map(|(subject, one)| {
            let token = self.0.tokens.current(network, &one.identifier);
            subject_token::ActiveModel {
                network: Set(network_name.to_owned()),
                field: Set(token.field.to_owned()),
                token: Set(token.value),
                subject_id: Set(subject.as_uuid()),
                key_version: Set(token.key_version),
                verified: Set(one.verified),
                created_at: Set(now),
            }
        });
        Ok(insert_rows(tx, tokens.collect()).await?)
    }
}
