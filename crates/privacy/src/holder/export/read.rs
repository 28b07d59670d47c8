//! Reading rows of one category in the clear, whatever their columns are.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::{Inner, rows::Rows, rows::row_id};
use crate::facade::Restricted;
use crate::schema::Shape;
use crate::store::access_log;
use crate::{Column, OpenItem, SubjectId, Table};

mod named;

pub(super) use self::named::keepers;

/// Lines of the access log at most: more would be a machine's reading, which is told as such.
const LOG_LIMIT: u64 = 10_000;

/// Every row of the subjects that holds something of the category, as field → value.
pub(super) async fn records(
    inner: &Inner,
    rows: Rows<'_>,
    category: &str,
) -> anyhow::Result<Vec<Value>> {
    let mut records = Vec::new();
    if rows.is_nobody() {
        return Ok(records);
    }
    for table in rows.map.personal_tables() {
        let columns: Vec<_> = table.columns_of(category).collect();
        if columns.is_empty() {
            continue;
        }
        let mut query = Query::select()
            .from(table.name)
            .cond_where(rows.theirs(table))
            .to_owned();
        query
            .columns([table.id, "subject_id"])
            .columns(named::place(table).iter().copied())
            .columns(columns.iter().map(|c| c.name));
        query.order_by(table.id, sea_orm::Order::Asc);
        for row in inner.privacy.database().reader().query_all(&query).await? {
            let theirs = named::theirs(rows, table, &columns, &row)?;
            let mut fields = fields(inner, rows, table, &theirs, &row).await?;
            for column in named::place(table) {
                fields.extend(
                    open_value(&row, column, shape(rows, table, column))?
                        .map(|value| ((*column).to_owned(), value)),
                );
            }
            if !fields.is_empty() {
                let id = row_id(&row, table)?;
                records.push(json!({ "record": format!("{}:{id}", table.name), "fields": fields }));
            }
        }
    }
    Ok(records)
}

async fn fields(
    inner: &Inner,
    rows: Rows<'_>,
    table: &'static Table,
    columns: &[&'static Column],
    row: &QueryResult,
) -> anyhow::Result<Map<String, Value>> {
    let subject = SubjectId::from_uuid(row.try_get("", "subject_id")?);
    let row_id = row_id(row, table)?;
    let mut fields = Map::new();
    let mut sealed: Vec<(&'static Column, Vec<u8>)> = Vec::new();
    for column in columns {
        if column.is_sealed() {
            sealed.push((
                column,
                row.try_get::<Option<Vec<u8>>>("", column.name)?
                    .unwrap_or_default(),
            ));
            continue;
        }
        if let Some(value) = open_value(row, column.name, shape(rows, table, column.name))? {
            fields.insert(
                column
                    .field()
                    .expect("a personal column has a field")
                    .to_owned(),
                value,
            );
        }
    }
    let items: Vec<_> = sealed
        .iter()
        .map(|(c, sealed)| OpenItem {
            subject,
            table: table.name,
            column: c.name,
            row_id,
            sealed,
        })
        .collect();
    let texts = inner.privacy.open_values(&items, Restricted::Opens).await?;
    for ((column, _), text) in sealed.iter().zip(texts) {
        if let Some(text) = text {
            fields.insert(
                column
                    .field()
                    .expect("a personal column has a field")
                    .to_owned(),
                Value::String(text),
            );
        }
    }
    Ok(fields)
}

fn shape(rows: Rows<'_>, table: &Table, column: &str) -> Shape {
    let column = rows.schema.column(table.name, column);
    column.map_or(Shape::Other, |c| c.shape)
}

fn open_value(row: &QueryResult, column: &str, shape: Shape) -> Result<Option<Value>, DbErr> {
    Ok(match shape {
        Shape::Uuid => row.try_get::<Option<Uuid>>("", column)?.map(|v| json!(v)),
        Shape::Integer => row
            .try_get::<Option<i64>>("", column)
            .or_else(|_| small(row, column))?
            .map(|v| json!(v)),
        Shape::Boolean => row.try_get::<Option<bool>>("", column)?.map(|v| json!(v)),
        Shape::Time => row
            .try_get::<Option<DateTime<Utc>>>("", column)
            .map(|v| v.map(|v| json!(v)))
            .or_else(|_| {
                row.try_get::<Option<chrono::NaiveDate>>("", column)
                    .map(|v| v.map(|v| json!(v)))
            })?,
        Shape::Bytes => row
            .try_get::<Option<Vec<u8>>>("", column)?
            .map(|v| json!(BASE64_STANDARD.encode(v))),
        Shape::Text | Shape::Other => row
            .try_get::<Option<String>>("", column)?
            .filter(|v| !v.is_empty())
            .map(|v| json!(v)),
    })
}

/// PostgreSQL gives an `integer` as 32 bits.
fn small(row: &QueryResult, column: &str) -> Result<Option<i64>, DbErr> {
    Ok(row.try_get::<Option<i32>>("", column)?.map(i64::from))
}

/// Who has read the person's data. Staff are told as staff: their names are not the person's data.
pub(super) async fn access_log(
    inner: &Inner,
    subjects: &[SubjectId],
) -> anyhow::Result<Vec<Value>> {
    let rows = access_log::Entity::find()
        .filter(access_log::Column::SubjectId.is_in(subjects.iter().map(SubjectId::as_uuid)))
        .order_by_asc(access_log::Column::At)
        .limit(LOG_LIMIT)
        .all(&inner.privacy.database().reader())
        .await?;
    let line = |row: access_log::Model| {
        let named = matches!(row.actor_kind.as_str(), "provider" | "service");
        let mut line = json!({
            "at": row.at,
            "by": if named { format!("{}:{}", row.actor_kind, row.actor_id) } else { row.actor_kind },
            "purpose": row.purpose,
            "record": row.record,
            "fields": row.fields.split(',').filter(|f| !f.is_empty()).collect::<Vec<_>>(),
        });
        if let Some(bytes) = row.count {
            line["bytes"] = json!(bytes);
        }
        line
    };
    Ok(rows.into_iter().map(line).collect())
}
