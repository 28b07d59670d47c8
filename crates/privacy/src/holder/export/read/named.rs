//! Rows that name the person without being theirs: what of them is the person's, and whose key they are under.

use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::super::super::{Inner, rows::Rows};
use crate::{Column, Link, Named, SubjectId, Table};

/// What tells the person where such a row is.
pub(super) fn place(table: &Table) -> &'static [&'static str] {
    match table.link {
        Link::Tokens { place, .. } => place,
        Link::Subject | Link::Imported | Link::None { .. } => &[],
    }
}

/// Those of the columns that speak of the person and of nobody else. In a row that is theirs it is all of them.
pub(super) fn theirs(
    rows: Rows<'_>,
    table: &Table,
    columns: &[&'static Column],
    row: &QueryResult,
) -> Result<Vec<&'static Column>, DbErr> {
    if table.names().is_empty() {
        return Ok(columns.to_vec());
    }
    let (mut theirs, mut others): (Vec<&Named>, Vec<&Named>) = (Vec::new(), Vec::new());
    for named in table.names() {
        match row.try_get::<Option<Vec<u8>>>("", named.token)? {
            Some(token) if rows.tokens.iter().any(|t| t.value == token) => theirs.push(named),
            Some(_) => others.push(named),
            None => {}
        }
    }
    let says = |all: &[&Named], column: &Column| {
        let mut all = all.iter();
        all.any(|named| named.columns.contains(&column.name))
    };
    let is_theirs = |column: &&&'static Column| says(&theirs, column) && !says(&others, column);
    Ok(columns.iter().filter(is_theirs).copied().collect())
}

/// The subjects under whose keys such rows are: that they are read is logged under these.
pub(in super::super) async fn keepers(
    inner: &Inner,
    rows: Rows<'_>,
) -> anyhow::Result<Vec<SubjectId>> {
    let mut keepers = Vec::new();
    for table in rows
        .map
        .personal_tables()
        .filter(|table| !table.names().is_empty())
    {
        let query = Query::select()
            .distinct()
            .column("subject_id")
            .from(table.name)
            .cond_where(rows.theirs(table))
            .to_owned();
        for row in inner.privacy.database().reader().query_all(&query).await? {
            keepers.push(SubjectId::from_uuid(row.try_get("", "subject_id")?));
        }
    }
    keepers.sort_unstable();
    keepers.dedup();
    Ok(keepers)
}
