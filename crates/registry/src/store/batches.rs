//! Multi-row work within the limits of both databases.

use crate::domain::limits::BATCH_ROWS;

/// Cuts values into statements that stay below SQLite's 32,766 bound parameters, for rows of up to 60 columns.
pub fn parameters<T>(values: &[T]) -> std::slice::Chunks<'_, T> {
    values.chunks(BATCH_ROWS)
}

/// `(?, ?), (?, ?)`: the places of so many rows of so many values in a statement for SQLite. Numbered ones have names,
/// which SQLite looks up one after the other: a statement with thousands of them takes a second.
pub fn places(rows: usize, width: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    vec![row; rows].join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_value_of_every_row_has_a_place() {
        assert_eq!(super::places(2, 2), "(?, ?), (?, ?)");
    }
}
