//! Cuts JSON into its objects, one access each, in memory bounded by the longest allowed one.
//!
//! Accepted is an array of objects, objects one after the other, or the one object of `GET /accesses/{accessId}`. Objects
//! are found by their braces; whether one is right is found out when it is read.

use std::io::{self, BufRead};

use kernel::ParseError;

use crate::domain::limits::ROW_BYTES_MAX;

/// One object, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// Its bytes; of a faulty one the beginning.
    pub bytes: Vec<u8>,
    /// What is wrong with it, if something is.
    pub fault: Option<ParseError>,
}

/// The objects of a file.
#[derive(Debug)]
pub struct Objects<R> {
    input: R,
    line: u64,
    in_array: bool,
    array_ended: bool,
    ended: bool,
}

const NOT_AN_OBJECT: ParseError = ParseError::new(
    "OBJECT_INVALID",
    "between the accesses stands something else than an object",
);
const TOO_LONG: ParseError = ParseError::new(
    "ROW_TOO_LONG",
    "an access has at most 65,536 bytes; is a brace or quote not closed?",
);
const CUT: ParseError = ParseError::new(
    "FILE_CUT",
    "the file ends in the middle; the rest of it is missing",
);
const TORN: ParseError = ParseError::new(
    "QUOTE_OPEN",
    "a text holds a line break; is a quote not closed?",
);

#[derive(Default)]
struct Found {
    line: u64,
    bytes: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    fault: Option<ParseError>,
}

impl<R: BufRead> Objects<R> {
    /// Reads objects from `input`; a byte order mark must be gone.
    pub fn new(input: R) -> Self {
        Self {
            input,
            line: 1,
            in_array: false,
            array_ended: false,
            ended: false,
        }
    }

    fn object(&mut self) -> io::Result<Option<Object>> {
        let mut found = Found::default();
        while !self.ended {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                self.ended = true;
                return Ok(self.at_the_end(found));
            }
            let mut read = 0;
            let mut done = false;
            for &byte in buffer {
                read += 1;
                self.line += u64::from(byte == b'\n');
                done = if found.depth > 0 {
                    found.take(byte)
                } else {
                    between(
                        byte,
                        self.line,
                        &mut found,
                        &mut self.in_array,
                        &mut self.array_ended,
                    )
                };
                if done {
                    break;
                }
            }
            self.input.consume(read);
            if done {
                return Ok(Some(found.into_object()));
            }
        }
        Ok(None)
    }

    fn at_the_end(&self, mut found: Found) -> Option<Object> {
        let cut = found.depth > 0 || (self.in_array && !self.array_ended);
        if cut {
            found.line = if found.line == 0 {
                self.line
            } else {
                found.line
            };
            found.fault = Some(CUT);
        }
        found.fault.is_some().then(|| found.into_object())
    }
}

/// A byte outside of an object. Something that does not belong there is one fault until the next separator.
fn between(
    byte: u8,
    line: u64,
    found: &mut Found,
    in_array: &mut bool,
    array_ended: &mut bool,
) -> bool {
    let finish = found.fault.is_some();
    match byte {
        b'{' if !finish => {
            found.line = line;
            found.depth = 1;
            found.bytes.push(byte);
            false
        }
        b'[' if !*in_array && !finish => {
            *in_array = true;
            false
        }
        b']' if *in_array && !finish => {
            *array_ended = true;
            false
        }
        b',' | b'\n' if finish => true,
        b',' => false,
        _ if byte.is_ascii_whitespace() => false,
        _ => {
            if !finish {
                found.line = line;
                found.fault = Some(NOT_AN_OBJECT);
            }
            found.keep(byte);
            false
        }
    }
}

impl Found {
    /// A byte inside of an object; true when it is the last one.
    fn take(&mut self, byte: u8) -> bool {
        self.keep(byte);
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                b'\n' => {
                    self.in_text = false;
                    self.fault = self.fault.or(Some(TORN));
                }
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.depth == 0
    }

    fn keep(&mut self, byte: u8) {
        if self.bytes.len() < ROW_BYTES_MAX {
            self.bytes.push(byte);
        } else {
            self.fault = Some(TOO_LONG);
        }
    }

    fn into_object(mut self) -> Object {
        if self.fault.is_some() {
            self.bytes.truncate(2_000);
        }
        Object {
            line: self.line,
            bytes: self.bytes,
            fault: self.fault,
        }
    }
}

impl<R: BufRead> Iterator for Objects<R> {
    type Item = io::Result<Object>;

    fn next(&mut self) -> Option<Self::Item> {
        self.object().transpose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(u64, String, Option<ParseError>)> {
        Objects::new(text.as_bytes())
            .map(Result::unwrap)
            .map(|o| {
                (
                    o.line,
                    String::from_utf8_lossy(&o.bytes).into_owned(),
                    o.fault,
                )
            })
            .collect()
    }

    #[test]
    fn an_array_one_object_and_objects_by_line() {
        let a = r#"{"a":"}]\"{","b":[{}]}"#;
        for text in [format!("[{a},\n {a}]\n"), format!("{a}\n{a}")] {
            assert_eq!(
                read(&text),
                [(1, a.to_owned(), None), (2, a.to_owned(), None)]
            );
        }
        assert_eq!(read("[]"), []);
        assert_eq!(read(" \n"), []);
    }

    #[test]
    fn damage_costs_its_own_object_only() {
        let found = read("[{\"a\":1},\n{\"a\":\"open\n},\n{\"a\":3},\nnull,\n{\"a\":4}]");
        let faults: Vec<_> = found
            .iter()
            .map(|(line, _, fault)| (*line, *fault))
            .collect();
        assert_eq!(
            faults,
            [
                (1, None),
                (2, Some(TORN)),
                (4, None),
                (5, Some(NOT_AN_OBJECT)),
                (6, None)
            ]
        );
        for cut in ["[{\"a\":1}", "[{\"a\":1},", "[{\"a\":1},{\"a\":"] {
            let last = read(cut).pop().unwrap();
            assert_eq!(last.2, Some(CUT), "{cut}");
        }
        let long = format!("[{{\"a\":\"{}\"}},{{}}]", "x".repeat(70_000));
        assert_eq!(
            read(&long).iter().map(|o| o.2).collect::<Vec<_>>(),
            [Some(TOO_LONG), None]
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), braces in "[\\[\\]{},\"\\\\\\n]{0,40}") {
            Objects::new(bytes.as_slice()).for_each(drop);
            Objects::new(braces.as_bytes()).for_each(drop);
        }
    }
}
