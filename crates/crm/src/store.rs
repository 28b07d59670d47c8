//! Entities and queries. Every query is scoped by network, but for those by which the person comes (a token) and the
//! sweeper (all networks).

pub mod confirmation;
pub mod contact;

use sea_orm::DbErr;

/// A row that the types refuse: the database was changed by another hand.
pub(crate) fn unreadable(what: &'static str) -> DbErr {
    DbErr::Type(format!("stored {what} is unreadable"))
}
