//! Lines of files that people open in a spreadsheet (RFC 4180). Nothing in a cell is taken for a formula: what a spreadsheet would
//! calculate gets an apostrophe in front, numbers excepted.

use csv::{Terminator, WriterBuilder};

/// What no file can have.
#[derive(Debug, thiserror::Error)]
#[error("the rows could not be written")]
pub struct NotWritten(#[source] Box<dyn std::error::Error + Send + Sync>);

/// These rows, each as a line.
///
/// # Errors
/// The writer fails, which it does not in memory.
pub fn lines(
    separator: u8,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, NotWritten> {
    let mut writer = WriterBuilder::new()
        .delimiter(separator)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(&row)
            .map_err(|error| NotWritten(error.into()))?;
    }
    writer
        .into_inner()
        .map_err(|error| NotWritten(error.into_error().into()))
}

/// The text as a spreadsheet shows it and does not calculate it (OWASP, CSV injection).
pub fn harmless(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    if risky && !is_number {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
