//! What else the found person has proven here: only that may widen the search to other services.

use std::collections::HashSet;

use api::privacy::SearchKeys;
use kernel::{Email, IdentityNumber, NetworkCode, Phone};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::super::{Inner, rows::Rows};
use crate::facade::Restricted;
use crate::identifier::{EMAIL, IDENTITY_NUMBER, PHONE};
use crate::store::subject_token;
use crate::{Column, Identifier, OpenItem, SubjectId, Table, Token};

/// Identifiers handed in for one request at most: a person has few; more would be a mistake that floods every holder.
const LIMIT: usize = 20;

/// Proven identifiers of the subjects that were not searched by, or nothing. They are read from sealed columns whose
/// field is named as the identifier is, and count only if the subject's token of them is a proven one.
pub(super) async fn newly_proven(
    inner: &Inner,
    network: &NetworkCode,
    rows: Rows<'_>,
    searched: &[Token],
) -> anyhow::Result<Option<SearchKeys>> {
    if rows.subjects.is_empty() {
        return Ok(None);
    }
    let unsearched = proven_tokens(inner, rows.subjects, searched).await?;
    if unsearched.is_empty() {
        return Ok(None);
    }
    let mut keys = SearchKeys::default();
    let mut taken = HashSet::new();
    for table in rows.map.tables_of_subjects() {
        for column in table
            .columns
            .iter()
            .filter(|c| c.is_sealed() && c.field().is_some_and(names_identifier))
        {
            for text in texts(inner, rows, table, column).await? {
                let Some(identifier) = parse(inner, column, &text) else {
                    continue;
                };
                let token = inner.privacy.tokens().every(network, &identifier);
                let is_proven = token.iter().any(|t| unsearched.contains(&t.value));
                if is_proven && taken.len() < LIMIT && taken.insert(token) {
                    add(&mut keys, &identifier);
                }
            }
        }
    }
    Ok((!taken.is_empty()).then_some(keys))
}

async fn proven_tokens(
    inner: &Inner,
    subjects: &[SubjectId],
    searched: &[Token],
) -> anyhow::Result<HashSet<Vec<u8>>> {
    let rows = subject_token::Entity::find()
        .filter(subject_token::Column::SubjectId.is_in(subjects.iter().map(SubjectId::as_uuid)))
        .filter(subject_token::Column::Verified.eq(true))
        .all(&inner.privacy.database().reader())
        .await?;
    let is_new = |token: &Vec<u8>| !searched.iter().any(|t| t.value == *token);
    Ok(rows.into_iter().map(|r| r.token).filter(is_new).collect())
}

async fn texts(
    inner: &Inner,
    rows: Rows<'_>,
    table: &'static Table,
    column: &'static Column,
) -> anyhow::Result<Vec<String>> {
    let query = Query::select()
        .columns([table.id, "subject_id", column.name])
        .from(table.name)
        .cond_where(rows.theirs(table))
        .to_owned();
    let mut read: Vec<(Uuid, SubjectId, Vec<u8>)> = Vec::new();
    for row in inner.privacy.database().reader().query_all(&query).await? {
        let Some(sealed) = row.try_get::<Option<Vec<u8>>>("", column.name)? else {
            continue;
        };
        let subject = SubjectId::from_uuid(row.try_get("", "subject_id")?);
        read.push((super::super::rows::row_id(&row, table)?, subject, sealed));
    }
    let item = |(row_id, subject, sealed): &(Uuid, SubjectId, Vec<u8>)| {
        (*subject, *row_id, sealed.clone())
    };
    let read: Vec<_> = read.iter().map(item).collect();
    let items: Vec<_> = read
        .iter()
        .map(|(subject, row_id, sealed)| OpenItem {
            subject: *subject,
            table: table.name,
            column: column.name,
            row_id: *row_id,
            sealed,
        })
        .collect();
    Ok(inner
        .privacy
        .open_values(&items, Restricted::StaysShut)
        .await?
        .into_iter()
        .flatten()
        .collect())
}

fn names_identifier(field: &str) -> bool {
    matches!(field, IDENTITY_NUMBER | EMAIL | PHONE)
}

fn parse(inner: &Inner, column: &Column, text: &str) -> Option<Identifier> {
    match column.field()? {
        IDENTITY_NUMBER => {
            let today = inner.privacy.clock().now().date_naive();
            IdentityNumber::parse(text, today)
                .ok()
                .map(Identifier::IdentityNumber)
        }
        EMAIL => Email::parse(text).ok().map(Identifier::Email),
        _ => Phone::parse(text).ok().map(Identifier::Phone),
    }
}

fn add(keys: &mut SearchKeys, identifier: &Identifier) {
    let text = identifier.canonical();
    match identifier {
        Identifier::IdentityNumber(_) => keys.identity_numbers.push(text),
        Identifier::Email(_) => keys.emails.push(text),
        Identifier::Phone(_) => keys.phones.push(text),
        Identifier::NameAtAccess { .. } => {}
    }
}
