//! Multi-row work within the limits of both databases.

use crate::domain::limits::BATCH_ROWS;

/// Cuts values into statements that stay below SQLite's 32,766 bound parameters, for rows of up to 60 columns.
pub fn parameters<T>(values: &[T]) -> std::slice::Chunks<'_, T> {
    values.chunks(BATCH_ROWS)
}
