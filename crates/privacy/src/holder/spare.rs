//! Rows that came after the order are not its business: they move to a fresh subject before the old one is erased.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryResult,
};
use uuid::Uuid;

use super::rows::{Rows, row_id};
use crate::facade::Restricted;
use crate::schema::Shape;
use crate::store::{subject, subject_token};
use crate::{Column, OpenItem, Privacy, PrivacyError, SealItem, SubjectId, Table};

/// One row that stays.
struct Spared {
    table: &'static Table,
    row: Uuid,
    subject: SubjectId,
    sealed: Vec<(&'static Column, Vec<u8>)>,
}

/// Moves what was made after `ordered_at` to fresh subjects that are found by the same tokens.
pub(crate) async fn spare_later<C: ConnectionTrait>(
    privacy: &Privacy,
    tx: &C,
    rows: Rows<'_>,
    ordered_at: DateTime<Utc>,
) -> Result<(), PrivacyError> {
    let spared = find(tx, rows, ordered_at).await?;
    let mut subjects: Vec<_> = spared.iter().map(|s| s.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    for old in subjects {
        let fresh = fresh_subject(privacy, tx, old).await?;
        for one in spared.iter().filter(|s| s.subject == old) {
            move_row(privacy, tx, one, fresh, rows).await?;
        }
    }
    Ok(())
}

async fn find<C: ConnectionTrait>(
    tx: &C,
    rows: Rows<'_>,
    ordered_at: DateTime<Utc>,
) -> Result<Vec<Spared>, DbErr> {
    let mut spared = Vec::new();
    if rows.subjects.is_empty() {
        return Ok(spared);
    }
    for table in rows.map.tables_of_subjects() {
        let Some(later) = rows.is_later(table, last_id_of(ordered_at)) else {
            continue;
        };
        let sealed: Vec<_> = table.columns.iter().filter(|c| c.is_sealed()).collect();
        let mut query = Query::select()
            .column(table.id)
            .column("subject_id")
            .from(table.name)
            .to_owned();
        query.columns(sealed.iter().map(|c| c.name));
        query.cond_where(rows.theirs(table).add(later));
        for row in tx.query_all(&query).await? {
            let id = row_id(&row, table)?;
            if is_after(id, ordered_at) {
                spared.push(read(&row, table, id, &sealed)?);
            }
        }
    }
    Ok(spared)
}

fn read(
    row: &QueryResult,
    table: &'static Table,
    id: Uuid,
    sealed: &[&'static Column],
) -> Result<Spared, DbErr> {
    let values = sealed.iter().map(|c| {
        Ok((
            *c,
            row.try_get::<Option<Vec<u8>>>("", c.name)?
                .unwrap_or_default(),
        ))
    });
    Ok(Spared {
        table,
        row: id,
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        sealed: values.collect::<Result<_, DbErr>>()?,
    })
}

/// A `UUIDv7` tells when it was made; any other id tells nothing, and its row is erased.
fn is_after(id: Uuid, ordered_at: DateTime<Utc>) -> bool {
    id.get_version_num() == 7 && id > last_id_of(ordered_at)
}

/// The highest `UUIDv7` of that millisecond.
pub(crate) fn last_id_of(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    let mut bytes = [0xff; 16];
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    Uuid::from_bytes(bytes)
}

async fn fresh_subject<C: ConnectionTrait>(
    privacy: &Privacy,
    tx: &C,
    old: SubjectId,
) -> Result<SubjectId, DbErr> {
    let fresh = SubjectId::generate(privacy.clock().as_ref());
    let Some(old) = subject::Entity::find_by_id(old.as_uuid()).one(tx).await? else {
        return Err(DbErr::RecordNotFound(
            "a row belongs to a subject that is not there".into(),
        ));
    };
    let row = subject::ActiveModel {
        id: Set(fresh.as_uuid()),
        network: Set(old.network),
        created_at: Set(privacy.clock().now()),
        restricted_at: Set(None),
        erased_at: Set(None),
    };
    subject::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    let tokens = subject_token::Entity::find()
        .filter(subject_token::Column::SubjectId.eq(old.id))
        .all(tx)
        .await?;
    for token in tokens {
        let mut token = token.into_active_model().reset_all();
        token.subject_id = Set(fresh.as_uuid());
        subject_token::Entity::insert(token)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(fresh)
}

async fn move_row<C: ConnectionTrait>(
    privacy: &Privacy,
    tx: &C,
    one: &Spared,
    fresh: SubjectId,
    rows: Rows<'_>,
) -> Result<(), PrivacyError> {
    let (table, row_id) = (one.table.name, one.row);
    let sealed: Vec<_> = one
        .sealed
        .iter()
        .map(|(c, sealed)| OpenItem {
            subject: one.subject,
            table,
            column: c.name,
            row_id,
            sealed,
        })
        .collect();
    let texts = privacy.open_values(&sealed, Restricted::Opens).await?;
    let opened: Vec<_> = one
        .sealed
        .iter()
        .zip(&texts)
        .filter_map(|((c, _), t)| Some((c.name, t.as_deref()?)))
        .collect();
    let items: Vec<_> = opened
        .iter()
        .map(|(column, text)| SealItem {
            subject: fresh,
            table,
            column,
            row_id,
            text,
        })
        .collect();
    let resealed = privacy.seal_many(&items).await?;
    let mut update = Query::update()
        .table(table)
        .value("subject_id", fresh.as_uuid())
        .to_owned();
    for ((column, _), sealed) in opened.iter().zip(resealed) {
        update.value(*column, sealed);
    }
    let id = match rows.schema.column(table, one.table.id).map(|c| c.shape) {
        Some(Shape::Text) => sea_orm::Value::from(row_id.to_string()),
        _ => sea_orm::Value::from(row_id),
    };
    update.and_where(Expr::col(one.table.id).eq(Expr::value(id)));
    tx.execute(&update).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_which_side_of_the_order_it_is_on() {
        let at = DateTime::from_timestamp_millis(1_795_000_000_000).unwrap();
        let clock = kernel::FixedClock::new(at);
        assert!(!is_after(kernel::new_id(&clock), at));
        let later = kernel::FixedClock::new(at + chrono::TimeDelta::milliseconds(1));
        assert!(is_after(kernel::new_id(&later), at));
        assert!(!is_after(Uuid::from_u128(u128::MAX), at), "not a UUIDv7");
    }
}
