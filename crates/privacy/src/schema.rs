//! What the database really has, and the check that the data map mentions all of it.

mod check;
mod names;
mod read;
pub(crate) mod whole;

pub use self::check::{Undeclared, check_schema};
pub(crate) use self::read::{Schema, Shape};
