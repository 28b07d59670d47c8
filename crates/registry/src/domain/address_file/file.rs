//! The whole file: its format, then rows with their verdicts.

use std::io::{self, BufRead};

use kernel::{AccessId, Violation};

use super::values::Values;
use super::{
    AccessRow, Charset, Columns, Delimiter, Entry, Field, Format, Judge, Object, Objects, Records,
    Refusal, field, fields, on_api, read_row,
};
use crate::domain::limits::ROW_BYTES_MAX;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What is known of a file before it is opened.
#[derive(Clone, Copy, Debug)]
pub struct Hints {
    /// The character set, as the probe found it.
    pub charset: Charset,
    /// The format, where it was stated.
    pub format: Option<Format>,
}

/// What was recognised of a file.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The character set, as the probe found it.
    pub charset: Charset,
    /// The separator; JSON has none.
    pub delimiter: Option<Delimiter>,
    /// The header; JSON has none.
    pub columns: Columns,
}

/// An address file being read, row by row.
#[derive(Debug)]
pub struct AddressFile<R> {
    opened: Opened,
    judge: Judge,
    rows: Rows<R>,
}

#[derive(Debug)]
enum Rows<R> {
    Text(Records<R>),
    Json(Objects<R>),
}

/// One row of the file.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// The line on which it begins; 1 is the header.
    pub line: u64,
    /// As decoded, for the file of rejected rows.
    pub raw: Raw,
    /// What it says, or why it was refused.
    pub verdict: RowVerdict,
}

/// A row as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// The fields of a row of text.
    Fields(Vec<String>),
    /// A line that cannot be cut into fields.
    Line(String),
    /// The text of a JSON object.
    Json(String),
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowVerdict {
    /// It can be applied.
    Accepted(Box<AccessRow>),
    /// It breaks rules; its access stays as it is.
    Rejected {
        /// The access that it means, where that can be read.
        access_id: Option<AccessId>,
        /// Every rule that it breaks.
        violations: Vec<Violation>,
    },
}

impl RowVerdict {
    pub(super) fn rejected(access_id: Option<AccessId>, violations: Vec<Violation>) -> Self {
        Self::Rejected {
            access_id,
            violations,
        }
    }

    fn faulty(violation: Violation) -> Self {
        Self::rejected(None, vec![violation])
    }

    /// The access that the row means, where that can be read.
    pub fn access_id(&self) -> Option<&AccessId> {
        match self {
            Self::Accepted(row) => Some(&row.facts.access_id),
            Self::Rejected { access_id, .. } => access_id.as_ref(),
        }
    }
}

impl Opened {
    /// The format.
    pub fn format(&self) -> Format {
        self.columns.format()
    }

    /// Whether the file's silence about a resident means that there is none: it has a column for them.
    pub fn says_of_residents(&self) -> bool {
        self.columns.position(Field::ResidentName).is_some()
    }

    /// The same for owners.
    pub fn says_of_owners(&self) -> bool {
        self.columns.position(Field::OwnerName).is_some()
    }
}

impl<R: BufRead> AddressFile<R> {
    /// Recognises a file whose character set is known.
    ///
    /// # Errors
    /// The outer error is the disk's; the inner one says what is wrong with the file's beginning.
    pub fn open(mut input: R, hints: Hints, judge: Judge) -> io::Result<Result<Self, Refusal>> {
        skip_mark(&mut input)?;
        if hints.format.is_none_or(|format| format == Format::OnApi) {
            let is_json = begins_json(&mut input)?;
            if is_json || hints.format.is_some() {
                return Ok(json(input, hints, judge, is_json));
            }
        }
        let mut lines = 0;
        let header = loop {
            let Some(line) = header_line(&mut input)? else {
                return Ok(Err(Refusal::new("FILE_EMPTY", "the file is empty")));
            };
            lines += 1;
            let is_spreadsheet_hint = line.len() <= 6 && line.starts_with(b"sep=");
            if !line.iter().all(u8::is_ascii_whitespace) && !is_spreadsheet_hint {
                break line;
            }
        };
        if header.contains(&b'\r') {
            let sentence =
                "the lines end with a carriage return alone; export the file with line feeds";
            return Ok(Err(Refusal::new("FILE_LINE_ENDS", sentence)));
        }
        Ok(recognise(&header, hints).map(|(opened, has_header)| {
            let delimiter = opened.delimiter.map_or(b';', Delimiter::byte);
            let width = opened.columns.count();
            let rows = if has_header {
                Records::after_header(input, delimiter, width, lines)
            } else {
                Records::from_first(input, delimiter, width, (lines, header))
            };
            Self {
                opened,
                judge,
                rows: Rows::Text(rows),
            }
        }))
    }

    /// What was recognised.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    fn judge_entry(&self, entry: Entry) -> FileRow {
        let decode = |fields: Vec<Vec<u8>>| -> Vec<String> {
            fields
                .into_iter()
                .map(|f| self.opened.charset.decode_owned(f))
                .collect()
        };
        match entry {
            Entry::Row { line, fields } => {
                let fields = decode(fields);
                let columns = &self.opened.columns;
                let verdict = if fields.len() == columns.count() {
                    read_row(&Values::of_row(columns, &fields), &self.judge)
                } else {
                    let rule = format!(
                        "the row has {} fields, the header has {}",
                        fields.len(),
                        columns.count()
                    );
                    let violation = Violation::new("", "", rule).because("FIELD_COUNT");
                    RowVerdict::faulty(violation.with(fields.len()).with(columns.count()))
                };
                FileRow {
                    line,
                    raw: Raw::Fields(fields),
                    verdict,
                }
            }
            Entry::Fault { line, rule, text } => FileRow {
                line,
                raw: Raw::Line(self.opened.charset.decode_owned(text)),
                verdict: RowVerdict::faulty(rule.of("", "")),
            },
        }
    }

    fn judge_object(&self, object: Object) -> FileRow {
        let text = self.opened.charset.decode_owned(object.bytes);
        let verdict = match object.fault {
            Some(fault) => RowVerdict::faulty(fault.of("", "")),
            None => match on_api::values(&text, self.judge.today) {
                Ok(values) => read_row(&values, &self.judge),
                Err(rule) => RowVerdict::faulty(rule.of("", "")),
            },
        };
        FileRow {
            line: object.line,
            raw: Raw::Json(text),
            verdict,
        }
    }
}

impl<R: BufRead> Iterator for AddressFile<R> {
    type Item = io::Result<FileRow>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.rows {
            Rows::Text(records) => {
                let entry = records.next()?;
                Some(entry.map(|entry| self.judge_entry(entry)))
            }
            Rows::Json(objects) => {
                let object = objects.next()?;
                Some(object.map(|object| self.judge_object(object)))
            }
        }
    }
}

fn skip_mark<R: BufRead>(input: &mut R) -> io::Result<()> {
    if input.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        input.consume(BYTE_ORDER_MARK.len());
    }
    Ok(())
}

/// White space before it is left where it is: lines are counted from the first byte.
fn begins_json<R: BufRead>(input: &mut R) -> io::Result<bool> {
    let buffer = input.fill_buf()?;
    let first = buffer.iter().find(|b| !b.is_ascii_whitespace());
    Ok(matches!(first, Some(b'[' | b'{')))
}

fn json<R: BufRead>(
    input: R,
    hints: Hints,
    judge: Judge,
    is_json: bool,
) -> Result<AddressFile<R>, Refusal> {
    if !is_json {
        return Err(Refusal::new(
            "FILE_NOT_JSON",
            "the file is not JSON: an array of accesses begins with [",
        ));
    }
    Ok(AddressFile {
        opened: Opened {
            charset: hints.charset,
            delimiter: None,
            columns: Columns::none(Format::OnApi),
        },
        judge,
        rows: Rows::Json(Objects::new(input)),
    })
}

fn header_line<R: BufRead>(input: &mut R) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = io::Read::take(input, ROW_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
    while matches!(line.last(), Some(b'\n' | b'\r')) {
        line.pop();
    }
    Ok((read > 0).then_some(line))
}

/// The columns, and whether the line names them; MdB1's order is fixed, and its files often have no header.
fn recognise(line: &[u8], hints: Hints) -> Result<(Opened, bool), Refusal> {
    let opened = |delimiter, columns| Opened {
        charset: hints.charset,
        delimiter: Some(delimiter),
        columns,
    };
    let may_be_master = hints.format.is_none_or(|format| format == Format::MdB1);
    if may_be_master && let Some(delimiter) = master_delimiter(line) {
        let headings = field::MASTER.map(str::to_owned).to_vec();
        return Ok((
            opened(delimiter, Columns::recognise(headings, Format::MdB1)?),
            false,
        ));
    }
    let delimiter = Delimiter::recognise(line).ok_or_else(|| {
        Refusal::new(
            "HEADER_MISSING",
            "no header was found: the first line must name columns, separated by tab, comma, semicolon or colon",
        )
    })?;
    let (headings, _) = fields::split(line, delimiter.byte());
    let headings: Vec<_> = headings
        .into_iter()
        .map(|h| hints.charset.decode_owned(h))
        .collect();
    let format = hints.format.or_else(|| Format::of_headings(&headings));
    let columns = Columns::recognise(headings, format.unwrap_or(Format::MdB2))?;
    Ok((opened(delimiter, columns), true))
}

/// The separator with which the line is a row of MdB1: 25 fields, a network's code first, a postal code ninth.
fn master_delimiter(line: &[u8]) -> Option<Delimiter> {
    Delimiter::ALL.into_iter().find(|delimiter| {
        let (fields, _) = fields::split(line, delimiter.byte());
        let digits = |field: &[u8]| field.iter().filter(|b| b.is_ascii_digit()).count();
        fields.len() == field::MASTER.len()
            && (3..=10).contains(&fields[0].len())
            && fields[0].iter().all(u8::is_ascii_uppercase)
            && digits(&fields[8]) == 5
    })
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
