//! A row that names persons without being theirs must be found by its tokens, and can lose what it says of one of them.

use super::check::{Undeclared, undeclared};
use super::read::{Schema, Shape};
use crate::{Link, Table};

pub(super) fn check(table: &Table, schema: &Schema, found: &mut Vec<Undeclared>) {
    let Link::Tokens { names, place } = table.link else {
        return;
    };
    let mut refuse =
        |column: &str, rule: &'static str| found.push(undeclared(table.name, column, rule));
    let is_personal = |name: &str| {
        let column = table.column(name);
        column.is_some_and(|column| column.category().is_some())
    };
    for named in names {
        let shape = schema.column(table.name, named.token);
        if !is_personal(named.token) || shape.is_none_or(|s| s.shape != Shape::Bytes || !s.nullable)
        {
            refuse(
                named.token,
                "a token is a personal column of bytes that can be null",
            );
        }
        for column in named.columns.iter().filter(|column| !is_personal(column)) {
            refuse(
                column,
                "what says something of a named person is a personal column",
            );
        }
        if !named.mark.is_empty() && table.column(named.mark).is_none() {
            refuse(
                named.mark,
                "the mark of a named person is a declared column",
            );
        }
    }
    for column in place
        .iter()
        .filter(|column| is_personal(column) || table.column(column).is_none())
    {
        refuse(
            column,
            "what tells the place of a row is a declared column that is not personal",
        );
    }
}
