//! Counting and clearing rows, with statements made from the data map and the database's own columns.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{CaseStatement, Cond, Expr, ExprTrait, Func, Query, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use crate::schema::{Schema, Shape};
use crate::{Column, DataMap, RowErasure, SubjectId, Table};

/// Rows per category.
pub(crate) type Counts = BTreeMap<&'static str, u64>;

/// The rows of some subjects in one network.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub map: &'static DataMap,
    pub schema: &'a Schema,
    pub network: &'a str,
    pub subjects: &'a [SubjectId],
}

impl Rows<'_> {
    /// Rows that hold anything of each of the categories; 0 is counted too.
    pub(crate) async fn count<C: ConnectionTrait>(
        &self,
        connection: &C,
        categories: &BTreeSet<&'static str>,
    ) -> Result<Counts, DbErr> {
        let mut counts: Counts = categories.iter().map(|c| (*c, 0)).collect();
        if self.subjects.is_empty() {
            return Ok(counts);
        }
        for table in self.map.personal_tables() {
            for (category, rows) in self.count_table(connection, table, categories).await? {
                *counts.entry(category).or_default() += rows;
            }
        }
        Ok(counts)
    }

    /// Deletes or empties the rows of the categories.
    pub(crate) async fn erase<C: ConnectionTrait>(
        &self,
        tx: &C,
        categories: &BTreeSet<&'static str>,
    ) -> Result<(), DbErr> {
        if self.subjects.is_empty() {
            return Ok(());
        }
        for table in self.map.personal_tables() {
            if is_deleted(table, categories) {
                let delete = Query::delete()
                    .from_table(table.name)
                    .cond_where(self.theirs(table))
                    .to_owned();
                tx.execute(&delete).await?;
            } else {
                self.empty(tx, table, categories).await?;
            }
        }
        Ok(())
    }

    /// The condition that a row of the table belongs to the subjects.
    pub(crate) fn theirs(&self, table: &Table) -> Condition {
        let ids = self
            .subjects
            .iter()
            .map(|s| sea_orm::Value::from(s.as_uuid()));
        let theirs = Cond::all().add(Expr::col("subject_id").is_in(ids));
        if table.network.is_empty() {
            theirs
        } else {
            theirs.add(Expr::col(table.network).eq(self.network))
        }
    }

    async fn count_table<C: ConnectionTrait>(
        &self,
        connection: &C,
        table: &'static Table,
        categories: &BTreeSet<&'static str>,
    ) -> Result<Vec<(&'static str, u64)>, DbErr> {
        let asked: Vec<_> = table
            .categories()
            .into_iter()
            .filter(|c| categories.contains(c))
            .collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = Query::select()
            .from(table.name)
            .cond_where(self.theirs(table))
            .to_owned();
        for category in &asked {
            let holds = CaseStatement::new().case(self.holds(table, category), Expr::value(1));
            query.expr(Func::count(SimpleExpr::Case(Box::new(holds))));
        }
        let row = connection.query_one(&query).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("a count has one row".into()))?;
        let count = |(index, category): (usize, &'static str)| {
            let rows: i64 = row.try_get_by_index(index)?;
            Ok((
                category,
                u64::try_from(rows).expect("a count is not negative"),
            ))
        };
        asked.into_iter().enumerate().map(count).collect()
    }

    /// That a row holds something of the category. In a table whose rows go as a whole every row does.
    fn holds(&self, table: &Table, category: &str) -> Condition {
        if table.on_erase == RowErasure::Delete && table.categories().len() == 1 {
            return Cond::all().add(Expr::val(1).eq(1));
        }
        table.columns_of(category).fold(Cond::any(), |any, column| {
            any.add(self.is_filled(table, column))
        })
    }

    fn is_filled(&self, table: &Table, column: &Column) -> SimpleExpr {
        let filled = Expr::col(column.name).is_not_null();
        match self.schema.column(table.name, column.name).map(|c| c.shape) {
            Some(Shape::Bytes | Shape::Text) => {
                filled.and(Expr::expr(Func::cust("length").arg(Expr::col(column.name))).gt(0))
            }
            _ => filled,
        }
    }

    async fn empty<C: ConnectionTrait>(
        &self,
        tx: &C,
        table: &Table,
        categories: &BTreeSet<&'static str>,
    ) -> Result<(), DbErr> {
        let columns: Vec<_> = table
            .columns
            .iter()
            .filter(|c| c.category().is_some_and(|c| categories.contains(c)))
            .collect();
        if columns.is_empty() {
            return Ok(());
        }
        let mut update = Query::update()
            .table(table.name)
            .cond_where(self.theirs(table))
            .to_owned();
        for column in columns {
            update.value(column.name, self.nothing(table, column));
        }
        tx.execute(&update).await?;
        Ok(())
    }

    /// Null, or what is as good as null where the column has to have a value.
    fn nothing(&self, table: &Table, column: &Column) -> SimpleExpr {
        match self.schema.column(table.name, column.name) {
            Some(c) if !c.nullable && c.shape == Shape::Bytes => Expr::value(Vec::<u8>::new()),
            Some(c) if !c.nullable && c.shape == Shape::Text => Expr::value(""),
            _ => Expr::cust("NULL"),
        }
    }
}

/// Whether the rows of the table go: it says so, and nothing in them is kept.
pub(crate) fn is_deleted(table: &Table, categories: &BTreeSet<&'static str>) -> bool {
    table.on_erase == RowErasure::Delete
        && table.categories().iter().all(|c| categories.contains(c))
}

/// The id that a row's sealed values are bound to.
pub(crate) fn row_id(row: &QueryResult, table: &Table) -> Result<Uuid, DbErr> {
    if let Ok(id) = row.try_get::<Uuid>("", table.id) {
        return Ok(id);
    }
    let text: String = row.try_get("", table.id)?;
    Uuid::parse_str(&text)
        .map_err(|_| DbErr::Type(format!("the id of {} is not a uuid", table.name)))
}
