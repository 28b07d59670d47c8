//! Whose a row is: a subject's, or nobody's in particular, with the person named in it.

use sea_orm::sea_query::{Cond, Expr, ExprTrait, SimpleExpr};
use sea_orm::{Condition, Value};
use uuid::Uuid;

use super::Rows;
use crate::schema::Shape;
use crate::{Link, Named, Table};

impl Rows<'_> {
    /// Whether there is nothing to look for.
    pub(crate) fn is_nobody(&self) -> bool {
        let names = |table: &Table| !table.names().is_empty();
        let may_be_named = !self.tokens.is_empty() && self.map.tables.iter().any(names);
        self.subjects.is_empty() && !may_be_named
    }

    /// The condition that a row of the table belongs to the subjects, or names them.
    pub(crate) fn theirs(&self, table: &Table) -> Condition {
        let ids = self.subjects.iter().map(|s| Value::from(s.as_uuid()));
        let theirs = match table.link {
            Link::Tokens { names, .. } => {
                let named = names.iter().map(|named| self.is_named(named));
                Cond::all().add(named.fold(Cond::any(), Cond::add))
            }
            Link::Subject | Link::Imported | Link::None { .. } => {
                Cond::all().add(Expr::col("subject_id").is_in(ids))
            }
        };
        if table.network.is_empty() {
            theirs
        } else {
            theirs.add(Expr::col(table.network).eq(self.network))
        }
    }

    /// That the row's id, if it can tell, is from after the moment. A row that names a person, or came by a file, is a
    /// claim of others, which stands against no erasure however late it came.
    pub(crate) fn is_later(&self, table: &Table, moment: Uuid) -> Option<SimpleExpr> {
        if table.link != Link::Subject {
            return None;
        }
        let bound = match self.schema.column(table.name, table.id)?.shape {
            Shape::Uuid => Value::from(moment),
            Shape::Text => Value::from(moment.to_string()),
            _ => return None,
        };
        Some(Expr::col(table.id).gt(Expr::value(bound)))
    }

    /// That the row names one of the persons here.
    pub(super) fn is_named(&self, named: &Named) -> SimpleExpr {
        let tokens = self.tokens.iter().map(|t| t.value.clone());
        Expr::col(named.token).is_in(tokens)
    }
}
