//! Cuts the bytes of a file into rows, with their line numbers, in memory bounded by the longest allowed row.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use kernel::ParseError;

use super::fields::{Quotes, split};
use crate::domain::limits::{ROW_BYTES_MAX, ROW_LINES_MAX};

const ROW_TOO_LONG: ParseError = ParseError::new(
    "ROW_TOO_LONG",
    "a row has at most 65,536 bytes; is a quote not closed?",
);
const QUOTE_OPEN: ParseError = ParseError::new("QUOTE_OPEN", "a quote is opened and not closed");

/// One row, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A row and the line on which it begins, counted from 1.
    Row {
        /// The line on which the row begins.
        line: u64,
        /// Its fields, not decoded yet.
        fields: Vec<Vec<u8>>,
    },
    /// A row that cannot be cut into fields.
    Fault {
        /// The line on which it begins.
        line: u64,
        /// What is wrong.
        rule: ParseError,
        /// Its line, for the file of rejected rows; of one that is too long the beginning.
        text: Vec<u8>,
    },
}

/// The rows of a file. Empty rows, and those of delimiters alone (spreadsheets leave them), are passed over.
///
/// A quote that is not closed costs its own line only: the lines after it are read as rows of their own. Nor is it closed
/// by the next stray quote: what seems to be a field over several lines is none if text follows its closing quote, or a
/// line within it has as many fields as a row.
#[derive(Debug)]
pub struct Records<R> {
    input: R,
    delimiter: u8,
    /// Fields of a row.
    width: usize,
    line: u64,
    returned: VecDeque<Line>,
}

#[derive(Debug)]
struct Line {
    number: u64,
    bytes: Vec<u8>,
    too_long: bool,
}

impl<R: BufRead> Records<R> {
    /// Reads rows of `width` fields from `input`; a byte order mark must be gone.
    pub fn new(input: R, delimiter: u8, width: usize) -> Self {
        Self {
            input,
            delimiter,
            width,
            line: 0,
            returned: VecDeque::new(),
        }
    }

    /// Reads the rows after a header that took `lines` lines.
    pub fn after_header(input: R, delimiter: u8, width: usize, lines: u64) -> Self {
        Self {
            line: lines,
            ..Self::new(input, delimiter, width)
        }
    }

    /// Reads rows of a file without header, of which the first line was read already; it is the `line`-th.
    pub fn from_first(
        input: R,
        delimiter: u8,
        width: usize,
        (line, bytes): (u64, Vec<u8>),
    ) -> Self {
        let first = Line {
            number: line,
            bytes,
            too_long: false,
        };
        Self {
            line,
            returned: VecDeque::from([first]),
            ..Self::new(input, delimiter, width)
        }
    }

    fn entry(&mut self) -> io::Result<Option<Entry>> {
        while let Some(line) = self.next_line()? {
            if line.too_long {
                return Ok(Some(fault(line, ROW_TOO_LONG)));
            }
            let entry = self.row_from(line)?;
            if !is_empty(&entry) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    fn row_from(&mut self, first: Line) -> io::Result<Entry> {
        let (fields, mut quotes) = split(&first.bytes, self.delimiter);
        if quotes != Quotes::Open {
            return Ok(Entry::Row {
                line: first.number,
                fields,
            });
        }
        let mut row = first.bytes.clone();
        let mut taken = VecDeque::new();
        while quotes == Quotes::Open && taken.len() + 1 < ROW_LINES_MAX {
            let Some(next) = self.next_line()? else { break };
            row.push(b'\n');
            row.extend_from_slice(&next.bytes);
            let usable = !next.too_long && row.len() <= ROW_BYTES_MAX;
            taken.push_back(next);
            if !usable {
                break;
            }
            let (fields, now) = split(&row, self.delimiter);
            if now == Quotes::Closed && !self.hold_rows(&fields) {
                return Ok(Entry::Row {
                    line: first.number,
                    fields,
                });
            }
            quotes = now;
        }
        taken.append(&mut self.returned);
        self.returned = taken;
        Ok(fault(first, QUOTE_OPEN))
    }

    /// Whether a line within one of these fields has as many fields as a row.
    fn hold_rows(&self, fields: &[Vec<u8>]) -> bool {
        let count = |line: &[u8]| line.split(|b| *b == self.delimiter).count();
        let mut within = fields
            .iter()
            .flat_map(|field| field.split(|b| *b == b'\n').skip(1));
        within.any(|line| count(line) >= self.width.max(2))
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.returned.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let limit = ROW_BYTES_MAX as u64 + 2;
        let read = io::Read::take(&mut self.input, limit).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        let ended = bytes.last() == Some(&b'\n');
        if ended {
            bytes.pop();
        } else if read as u64 == limit {
            self.skip_rest_of_line()?;
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let too_long = bytes.len() > ROW_BYTES_MAX;
        Ok(Some(Line {
            number: self.line,
            bytes,
            too_long,
        }))
    }

    fn skip_rest_of_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let (length, found) = match buffer.iter().position(|b| *b == b'\n') {
                Some(position) => (position + 1, true),
                None => (buffer.len(), false),
            };
            self.input.consume(length);
            if found {
                return Ok(());
            }
        }
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.entry().transpose()
    }
}

fn fault(line: Line, rule: ParseError) -> Entry {
    Entry::Fault {
        line: line.number,
        rule,
        text: line.bytes,
    }
}

fn is_empty(entry: &Entry) -> bool {
    match entry {
        Entry::Row { fields, .. } => fields.iter().all(|f| f.iter().all(u8::is_ascii_whitespace)),
        Entry::Fault { .. } => false,
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
