//! The whole file: header, then rows with their verdicts.

use std::io::{self, BufRead};

use kernel::{AccessId, NetworkCode, Violation};

use super::{AccessRow, Charset, Columns, Delimiter, Entry, Records, Refusal, fields, read_row};
use crate::domain::limits::ROW_BYTES_MAX;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What was recognised of a file.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The character set, as the probe found it.
    pub charset: Charset,
    /// The separator.
    pub delimiter: Delimiter,
    /// The header.
    pub columns: Columns,
}

/// An address file being read, row by row.
#[derive(Debug)]
pub struct AddressFile<R> {
    opened: Opened,
    network: NetworkCode,
    records: Records<R>,
}

/// One row of the file.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// The line on which it begins; 1 is the header.
    pub line: u64,
    /// Its fields as decoded, for the file of rejected rows.
    pub fields: Vec<String>,
    /// What it says, or why it was refused.
    pub verdict: RowVerdict,
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

    /// The access that the row means, where that can be read.
    pub fn access_id(&self) -> Option<&AccessId> {
        match self {
            Self::Accepted(row) => Some(&row.facts.access_id),
            Self::Rejected { access_id, .. } => access_id.as_ref(),
        }
    }
}

impl<R: BufRead> AddressFile<R> {
    /// Reads the header of a file whose character set is known.
    ///
    /// # Errors
    /// The outer error is the disk's; the inner one says what is wrong with the header.
    pub fn open(
        mut input: R,
        charset: Charset,
        network: NetworkCode,
    ) -> io::Result<Result<Self, Refusal>> {
        let mut lines = 0;
        let header = loop {
            let Some(line) = header_line(&mut input)? else {
                return Ok(Err(Refusal::new("the file is empty")));
            };
            lines += 1;
            let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line).to_vec();
            let is_spreadsheet_hint = line.len() <= 6 && line.starts_with(b"sep=");
            if !line.iter().all(u8::is_ascii_whitespace) && !is_spreadsheet_hint {
                break line;
            }
        };
        Ok(recognise(&header, charset).map(|opened| {
            let records = Records::after_header(input, opened.delimiter.byte(), lines);
            Self {
                opened,
                network,
                records,
            }
        }))
    }

    /// What was recognised.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    fn judge(&self, entry: Entry) -> FileRow {
        let decode = |fields: Vec<Vec<u8>>| -> Vec<String> {
            fields
                .iter()
                .map(|f| self.opened.charset.decode(f).into_owned())
                .collect()
        };
        match entry {
            Entry::Row { line, fields } => {
                let fields = decode(fields);
                let verdict = read_row(&self.opened.columns, &self.network, &fields);
                FileRow {
                    line,
                    fields,
                    verdict,
                }
            }
            Entry::Fault { line, rule, fields } => {
                let verdict = RowVerdict::rejected(None, vec![rule.of("", "")]);
                FileRow {
                    line,
                    fields: decode(fields),
                    verdict,
                }
            }
        }
    }
}

impl<R: BufRead> Iterator for AddressFile<R> {
    type Item = io::Result<FileRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.records.next()?;
        Some(entry.map(|entry| self.judge(entry)))
    }
}

impl Opened {
    /// The header of the file of rejected rows, UTF-8.
    pub fn rejected_header(&self) -> String {
        let mut headings = self.kept(self.columns.headings());
        headings.push(super::REJECTED_BECAUSE);
        self.joined(&headings)
    }

    /// A rejected row with its reasons in the last column.
    pub fn rejected_row(&self, fields: &[String], violations: &[Violation]) -> String {
        let reasons: Vec<String> = violations
            .iter()
            .map(|v| {
                if v.field.is_empty() {
                    v.rule.clone()
                } else {
                    format!("{}: {}", v.field, v.rule)
                }
            })
            .collect();
        let reasons = reasons.join("; ");
        let mut fields = self.kept(fields);
        while fields.len() < self.kept(self.columns.headings()).len() {
            fields.push("");
        }
        fields.push(&reasons);
        self.joined(&fields)
    }

    /// Without the reasons of an earlier round.
    fn kept<'a>(&self, fields: &'a [String]) -> Vec<&'a str> {
        let old = self
            .columns
            .headings()
            .iter()
            .position(|h| h.trim().eq_ignore_ascii_case(super::REJECTED_BECAUSE));
        fields
            .iter()
            .enumerate()
            .filter(|(position, _)| Some(*position) != old)
            .map(|(_, f)| f.as_str())
            .collect()
    }

    fn joined(&self, fields: &[&str]) -> String {
        let delimiter = self.delimiter.byte();
        let row: Vec<String> = fields.iter().map(|f| fields::quote(f, delimiter)).collect();
        row.join(&char::from(delimiter).to_string()) + "\r\n"
    }
}

fn header_line<R: BufRead>(input: &mut R) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = io::Read::take(input, ROW_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
    while matches!(line.last(), Some(b'\n' | b'\r')) {
        line.pop();
    }
    Ok((read > 0).then_some(line))
}

fn recognise(header: &[u8], charset: Charset) -> Result<Opened, Refusal> {
    let delimiter = Delimiter::recognise(header)
        .ok_or_else(|| Refusal::new("no header was found: the first line must name columns, separated by tab, comma or semicolon"))?;
    let (headings, _) = fields::split(header, delimiter.byte());
    let columns = Columns::recognise(
        headings
            .iter()
            .map(|h| charset.decode(h).into_owned())
            .collect(),
    )?;
    Ok(Opened {
        charset,
        delimiter,
        columns,
    })
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
