//! Counting and clearing rows, with statements made from the data map and the database's own columns.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{
    CaseStatement, Cond, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{Condition, ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use crate::schema::{Schema, Shape};
use crate::{Column, DataMap, RowErasure, SubjectId, Table, Token};

mod take_out;
mod whose;

pub(crate) use self::take_out::taking_out;

/// Rows per category.
pub(crate) type Counts = BTreeMap<&'static str, u64>;

/// The rows of some subjects in one network, and those that name them.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub map: &'static DataMap,
    pub schema: &'a Schema,
    pub network: &'a str,
    pub subjects: &'a [SubjectId],
    /// What finds the persons in rows that are not theirs.
    pub tokens: &'a [Token],
}

/// What one reading of every table found.
#[derive(Debug, Default)]
pub(crate) struct Survey(Vec<Found>);

/// What is in one table.
#[derive(Debug)]
struct Found {
    table: &'static Table,
    rows: u64,
    later: u64,
    /// As many as the table has categories, in their order.
    filled: Vec<u64>,
}

impl Rows<'_> {
    /// Reads every table of persons with one statement. Rows whose id is from after `moment` are counted as later.
    pub(crate) async fn survey<C: ConnectionTrait>(
        &self,
        connection: &C,
        moment: Option<Uuid>,
    ) -> Result<Survey, DbErr> {
        if self.is_nobody() {
            return Ok(Survey::default());
        }
        let tables: Vec<_> = self.map.personal_tables().collect();
        let width = tables
            .iter()
            .map(|t| t.categories().len())
            .max()
            .unwrap_or_default();
        let mut selects = tables
            .iter()
            .zip(0_i32..)
            .map(|(table, index)| self.select(table, index, width, moment));
        let Some(mut all) = selects.next() else {
            return Ok(Survey::default());
        };
        for select in selects {
            all.union(UnionType::All, select);
        }
        let found = |row: QueryResult| {
            let index: i32 = row.try_get_by_index(0)?;
            let table = tables[usize::try_from(index).expect("an index of ours")];
            let counts = (1..3 + table.categories().len())
                .map(|i| count(&row, i))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(Found {
                table,
                rows: counts[0],
                later: counts[1],
                filled: counts[2..].to_vec(),
            })
        };
        connection
            .query_all(&all)
            .await?
            .into_iter()
            .map(found)
            .collect::<Result<_, DbErr>>()
            .map(Survey)
    }

    /// Deletes or empties the rows of the categories, in the tables where the survey found any.
    pub(crate) async fn erase<C: ConnectionTrait>(
        &self,
        tx: &C,
        survey: &Survey,
        categories: &BTreeSet<&'static str>,
    ) -> Result<(), DbErr> {
        for table in survey.0.iter().filter(|f| f.rows > 0).map(|f| f.table) {
            if !table.names().is_empty() {
                self.take_out(tx, table, categories).await?;
            } else if is_deleted(table, categories) {
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

    /// `index, rows, later rows, filled rows per category`, padded to the width of the widest table.
    fn select(
        &self,
        table: &Table,
        index: i32,
        width: usize,
        moment: Option<Uuid>,
    ) -> SelectStatement {
        let mut select = Query::select()
            .from(table.name)
            .cond_where(self.theirs(table))
            .to_owned();
        select
            .expr(Expr::cust(index.to_string()))
            .expr(counted(Cond::all().add(yes())));
        let later = moment
            .and_then(|m| self.is_later(table, m))
            .unwrap_or_else(|| Expr::val(1).eq(0));
        select.expr(counted(Cond::all().add(later)));
        let categories = table.categories();
        for at in 0..width {
            let holds = categories.get(at).map(|c| self.holds(table, c));
            select.expr(counted(
                holds.unwrap_or_else(|| Cond::all().add(Expr::val(1).eq(0))),
            ));
        }
        select
    }

    /// That a row holds something of the category. In a table whose rows go as a whole every row does.
    fn holds(&self, table: &Table, category: &str) -> Condition {
        if table.on_erase == RowErasure::Delete && table.categories().len() == 1 {
            return Cond::all().add(yes());
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
            update.value(column.name, nothing(self.schema, table, column));
        }
        tx.execute(&update).await?;
        Ok(())
    }
}

impl Survey {
    /// Rows that hold anything of each of the categories; 0 is told too.
    pub(crate) fn counts(&self, categories: &BTreeSet<&'static str>) -> Counts {
        self.counts_in(categories, |_| true)
    }

    /// The same of rows that belong to the subjects: those that only name them keep nobody.
    pub(crate) fn counts_of_subjects(&self, categories: &BTreeSet<&'static str>) -> Counts {
        self.counts_in(categories, Table::is_of_subjects)
    }

    fn counts_in(
        &self,
        categories: &BTreeSet<&'static str>,
        counts_table: impl Fn(&Table) -> bool,
    ) -> Counts {
        let mut counts: Counts = categories.iter().map(|c| (*c, 0)).collect();
        for found in self.0.iter().filter(|found| counts_table(found.table)) {
            for (category, rows) in found.table.categories().into_iter().zip(&found.filled) {
                if let Some(count) = counts.get_mut(category) {
                    *count += rows;
                }
            }
        }
        counts
    }

    /// Rows that an erasure of the categories should have left none of. Rows that go count even when they are empty.
    pub(crate) fn residual(&self, categories: &BTreeSet<&'static str>) -> u64 {
        let gone = self
            .0
            .iter()
            .filter(|f| is_deleted(f.table, categories))
            .map(|f| f.rows)
            .sum::<u64>();
        Ord::max(gone, self.counts(categories).values().sum())
    }

    /// Whether there are rows from after the moment.
    pub(crate) fn has_later(&self) -> bool {
        self.0.iter().any(|f| f.later > 0)
    }
}

/// Null, or what is as good as null where the column has to have a value.
fn nothing(schema: &Schema, table: &Table, column: &Column) -> SimpleExpr {
    match schema.column(table.name, column.name) {
        Some(c) if !c.nullable && c.shape == Shape::Bytes => Expr::value(Vec::<u8>::new()),
        Some(c) if !c.nullable && c.shape == Shape::Text => Expr::value(""),
        _ => Expr::cust("NULL"),
    }
}

fn yes() -> SimpleExpr {
    Expr::val(1).eq(1)
}

fn counted(condition: Condition) -> SimpleExpr {
    let case = CaseStatement::new().case(condition, Expr::value(1));
    SimpleExpr::from(Func::count(SimpleExpr::Case(Box::new(case))))
}

fn count(row: &QueryResult, index: usize) -> Result<u64, DbErr> {
    let rows: i64 = row.try_get_by_index(index)?;
    Ok(u64::try_from(rows).expect("a count is not negative"))
}

/// Whether the rows of the table go: it says so, and nothing in them is kept.
pub(crate) fn is_deleted(table: &Table, categories: &BTreeSet<&'static str>) -> bool {
    table.is_of_subjects()
        && table.on_erase == RowErasure::Delete
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
