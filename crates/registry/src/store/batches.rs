//! Multi-row work within the limits of both databases.

use crate::domain::limits::BATCH_ROWS;

/// Cuts values into statements that stay below SQLite's 32,766 bound parameters, for rows of up to 60 columns.
pub fn parameters<T>(values: &[T]) -> std::slice::Chunks<'_, T> {
    values.chunks(BATCH_ROWS)
}

/// `($1, $2), ($3, $4)`: the places of so many rows of so many values.
pub fn places(rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let places: Vec<_> = (1..=width)
            .map(|n| format!("${}", row * width + n))
            .collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_are_numbered_through() {
        assert_eq!(super::places(2, 2), "($1, $2), ($3, $4)");
    }
}
