//! What an import is, apart from how it is stored: its report, the survey of its rows, and when it may end accesses.

mod report;
mod survey;

pub use report::{ImportMode, ImportReport, Outcome, Rejection};
pub use survey::{Survey, TooManyRejections, may_end};
