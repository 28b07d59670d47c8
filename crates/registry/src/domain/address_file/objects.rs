//! Cuts JSON into its objects, one access each, in memory bounded by the longest allowed one.
//!
//! A text that is not closed turns what follows inside out: what stands in quotes is outside of them, up to the end of the file.
//! It is noticed where a text is followed by what cannot follow one, and the next access is taken up again where one begins as
//! this one did: a brace and the same first name. Machines write the members of their objects in one order, and no text holds
//! a quote that is not escaped, so that nothing but an object begins so.
//!
//! Accepted is an array of objects, objects one after the other, or the one object of `GET /accesses/{accessId}`. Objects
//! are found by their braces; whether one is right is found out when it is read.

use std::io::{self, BufRead};

use kernel::ParseError;

use self::beginning::Beginning;
use crate::domain::limits::ROW_BYTES_MAX;

mod beginning;

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
    cutter: Cutter,
    ended: bool,
}

/// Where in the file the reader is.
#[derive(Debug, Default)]
struct Cutter {
    line: u64,
    in_array: bool,
    array_ended: bool,
    /// How the objects of the file begin.
    beginning: Beginning,
    /// The beginning of the object that comes next, where it was found behind a torn one.
    again: Vec<u8>,
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
    "a text holds a line break, or something stands behind it; is a quote not closed?",
);

#[derive(Default)]
struct Found {
    line: u64,
    bytes: Vec<u8>,
    depth: usize,
    in_text: bool,
    /// A text has ended, and nothing stands behind it yet.
    after_text: bool,
    escaped: bool,
    /// A text was not closed.
    torn: bool,
    /// What is in texts and what is not cannot be told any more: braces count nothing.
    inside_out: bool,
    fault: Option<ParseError>,
}

impl<R: BufRead> Objects<R> {
    /// Reads objects from `input`; a byte order mark must be gone.
    pub fn new(input: R) -> Self {
        let cutter = Cutter {
            line: 1,
            ..Cutter::default()
        };
        Self {
            input,
            cutter,
            ended: false,
        }
    }

    fn object(&mut self) -> io::Result<Option<Object>> {
        let mut found = Found::default();
        for byte in std::mem::take(&mut self.cutter.again) {
            self.cutter.step(byte, &mut found);
        }
        while !self.ended {
            let buffer = self.input.fill_buf()?;
            let length = buffer.len();
            if length == 0 {
                self.ended = true;
                return Ok(self.cutter.at_the_end(found));
            }
            let cutter = &mut self.cutter;
            let end = buffer
                .iter()
                .position(|&byte| cutter.step(byte, &mut found));
            self.input.consume(end.map_or(length, |end| end + 1));
            if end.is_some() {
                return Ok(Some(found.into_object()));
            }
        }
        Ok(None)
    }
}

impl Cutter {
    /// The next byte; true when it is the last one of what was found.
    fn step(&mut self, byte: u8, found: &mut Found) -> bool {
        self.line += u64::from(byte == b'\n');
        if found.depth == 0 {
            return self.between(byte, found);
        }
        let was_torn = found.torn;
        let done = found.take(byte);
        if done && found.fault.is_none() {
            self.beginning.learn(&found.bytes);
        }
        if !found.torn {
            return done;
        }
        if !was_torn {
            self.beginning.search_behind(&found.bytes);
            return done;
        }
        match self.beginning.find(byte) {
            Some(next) => {
                self.line -= next
                    .iter()
                    .map(|byte| u64::from(*byte == b'\n'))
                    .sum::<u64>();
                found.leave(&next);
                self.again = next;
                true
            }
            None => done,
        }
    }

    fn at_the_end(&self, mut found: Found) -> Option<Object> {
        let cut = found.depth > 0 || (self.in_array && !self.array_ended);
        if cut && !found.inside_out {
            found.line = if found.line == 0 {
                self.line
            } else {
                found.line
            };
            found.fault = Some(CUT);
        }
        found.fault.is_some().then(|| found.into_object())
    }

    /// A byte outside of an object. Something that does not belong there is one fault until the next separator.
    fn between(&mut self, byte: u8, found: &mut Found) -> bool {
        let finish = found.fault.is_some();
        match byte {
            b'{' if !finish => {
                found.line = self.line;
                found.depth = 1;
                found.bytes.push(byte);
                false
            }
            b'[' if !self.in_array && !finish => {
                self.in_array = true;
                false
            }
            b']' if self.in_array && !finish => {
                self.array_ended = true;
                false
            }
            b',' | b'\n' if finish => true,
            b',' => false,
            _ if byte.is_ascii_whitespace() => false,
            _ => {
                if !finish {
                    found.line = self.line;
                    found.fault = Some(NOT_AN_OBJECT);
                }
                found.keep(byte);
                false
            }
        }
    }
}

impl Found {
    /// A byte inside of an object; true when it is the last one.
    fn take(&mut self, byte: u8) -> bool {
        self.keep(byte);
        if self.inside_out {
            return false;
        }
        if self.in_text {
            self.take_in_text(byte);
            return false;
        }
        if self.after_text && !byte.is_ascii_whitespace() {
            self.after_text = false;
            if !b",:}]".contains(&byte) {
                self.tear();
                self.inside_out = true;
                return false;
            }
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.depth == 0
    }

    fn take_in_text(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => (self.in_text, self.after_text) = (false, true),
            b'\n' => {
                self.in_text = false;
                self.tear();
            }
            _ => {}
        }
    }

    fn tear(&mut self) {
        self.torn = true;
        self.fault = self.fault.or(Some(TORN));
    }

    /// The end of it is the beginning of the next one.
    fn leave(&mut self, next: &[u8]) {
        if let Some(own) = self.bytes.strip_suffix(next) {
            let length = own.trim_ascii_end().len();
            self.bytes.truncate(length);
        }
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
#[path = "objects_tests.rs"]
mod tests;
