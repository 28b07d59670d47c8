//! Rows that name a person without being theirs: found by an indexed token, and emptied of that person alone.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};
use sea_orm::{ConnectionTrait, DbErr};

use super::{Rows, nothing};
use crate::schema::Schema;
use crate::{Named, Table};

impl Rows<'_> {
    /// Takes the persons out of the rows of a table that name them.
    pub(super) async fn take_out<C: ConnectionTrait>(
        &self,
        tx: &C,
        table: &Table,
        categories: &BTreeSet<&'static str>,
    ) -> Result<(), DbErr> {
        for named in table.names() {
            let Some(mut update) = taking_out(self.schema, table, named, Some(categories)) else {
                continue;
            };
            update.cond_where(self.is_named(named));
            if !table.network.is_empty() {
                update.and_where(Expr::col(table.network).eq(self.network));
            }
            tx.execute(&update).await?;
        }
        Ok(())
    }
}

/// Empties what says something of the named person, in these categories, and the token; nothing to do when none of it is.
pub(crate) fn taking_out(
    schema: &Schema,
    table: &Table,
    named: &Named,
    categories: Option<&BTreeSet<&'static str>>,
) -> Option<UpdateStatement> {
    let emptied: Vec<_> = table
        .columns
        .iter()
        .filter(|c| c.name == named.token || named.columns.contains(&c.name))
        .filter(|c| {
            let of = c.category();
            of.is_some_and(|of| categories.is_none_or(|all| all.contains(of)))
        })
        .collect();
    if emptied.is_empty() {
        return None;
    }
    let mut update = Query::update().table(table.name).to_owned();
    for column in emptied {
        update.value(column.name, nothing(schema, table, column));
    }
    if !named.mark.is_empty() {
        update.value(named.mark, true);
    }
    Some(update)
}
