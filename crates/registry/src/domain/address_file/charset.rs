//! Which of the three character sets a file is written in, and whether its letters are already damaged.
//!
//! Systems in the field export UTF-8, ISO-8859-1 and Windows-1252, and nobody says which. All three agree on ASCII, so
//! delimiters, quotes and line ends can be found before this question is answered.

use std::borrow::Cow;

use super::Refusal;

/// Sets that are recognised and not read.
const CP850: &str = "cp850 (DOS)";
const MACINTOSH: &str = "macintosh (Mac Roman)";

/// A character set that an address file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// ISO-8859-1, without the control characters 0x80–0x9F.
    Latin1,
    /// Windows-1252.
    Windows1252,
}

impl Charset {
    /// The name in reports and in the import header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Latin1 => "iso-8859-1",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The character set of a name, in the spellings people use.
    pub fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "iso-8859-1" | "iso8859-1" | "latin-1" | "latin1" => Some(Self::Latin1),
            "windows-1252" | "cp1252" => Some(Self::Windows1252),
            _ => None,
        }
    }

    /// As [`Self::decode`], without copying text that is UTF-8 already.
    pub fn decode_owned(self, bytes: Vec<u8>) -> String {
        match self {
            Self::Utf8 => String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            _ => self.decode(&bytes).into_owned(),
        }
    }

    /// Bytes of this character set as text.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            // ISO-8859-1 is Windows-1252 without 0x80–0x9F, and a file with those is refused as ISO-8859-1.
            Self::Latin1 | Self::Windows1252 => {
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(bytes)
                    .0
            }
        }
    }
}

/// From this line on it is another set than the one that it was read as.
fn other(line: u64, charset: Charset, likely: &str) -> Refusal {
    let name = charset.name();
    let export = if likely == CP850 {
        "; export it as utf-8"
    } else {
        ""
    };
    let sentence = format!("line {line} is not {name}; the file is likely {likely}{export}");
    let refusal = Refusal::new("CHARSET_OTHER", sentence);
    refusal.with(line).with(name).with(likely)
}

/// Looks at every byte of a file, chunk by chunk, in constant memory.
#[derive(Debug)]
pub struct CharsetProbe {
    seen: u64,
    line: u64,
    window: u32,
    utf8_tail: Vec<u8>,
    not_utf8: Option<u64>,
    binary: bool,
    utf16: bool,
    bom: bool,
    high_controls: Option<u64>,
    dos_letters: Option<u64>,
    utf8_in_single_bytes: Option<u64>,
    encoded_twice: Option<(u64, &'static str)>,
    replaced: Option<u64>,
    nordic: Letters,
    macintosh: Letters,
    dos: Letters,
}

/// Bytes that would be Nordic letters in one character set, where a letter can stand.
#[derive(Clone, Copy, Debug, Default)]
struct Letters {
    count: u64,
    first_line: u64,
}

impl Letters {
    fn note(&mut self, line: u64) {
        if self.count == 0 {
            self.first_line = line;
        }
        self.count += 1;
    }
}

impl Default for CharsetProbe {
    fn default() -> Self {
        Self {
            seen: 0,
            line: 1,
            window: 0,
            utf8_tail: Vec::new(),
            not_utf8: None,
            binary: false,
            utf16: false,
            bom: false,
            high_controls: None,
            dos_letters: None,
            utf8_in_single_bytes: None,
            encoded_twice: None,
            replaced: None,
            nordic: Letters::default(),
            macintosh: Letters::default(),
            dos: Letters::default(),
        }
    }
}

impl CharsetProbe {
    /// Takes the next bytes of the file.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.check_utf8(chunk);
        for &byte in chunk {
            self.window = self.window << 8 | u32::from(byte);
            self.seen += 1;
            self.look(byte);
        }
    }

    /// The character set, `stated` or recognised, or why the file cannot be read with it.
    ///
    /// # Errors
    /// Names the first damaged line and the likely character set.
    pub fn finish(self, stated: Option<Charset>) -> Result<Charset, Refusal> {
        if self.utf16 {
            return Err(Refusal::new(
                "FILE_UTF16",
                "the file is UTF-16; export it as utf-8",
            ));
        }
        if self.binary {
            return Err(Refusal::new(
                "FILE_NOT_TEXT",
                "the file is not text: it holds NUL bytes; if it is UTF-16, export it as utf-8",
            ));
        }
        let not_utf8 = self
            .not_utf8
            .or((!self.utf8_tail.is_empty()).then_some(self.line));
        let charset = stated.unwrap_or(match (not_utf8, self.bom, self.high_controls) {
            (None, _, _) | (_, true, _) => Charset::Utf8,
            (_, _, Some(_)) => Charset::Windows1252,
            (_, _, None) => Charset::Latin1,
        });
        match charset {
            Charset::Utf8 => self.judge_utf8(not_utf8),
            Charset::Latin1 | Charset::Windows1252 => {
                self.judge_single_byte(charset, stated.is_some())
            }
        }?;
        Ok(charset)
    }

    fn judge_utf8(&self, not_utf8: Option<u64>) -> Result<(), Refusal> {
        if let Some(line) = not_utf8 {
            return Err(other(line, Charset::Utf8, self.likely_single_byte()));
        }
        if let Some((line, read_as)) = self.encoded_twice {
            let sentence = format!(
                "letters are damaged (\"Ã¥\", \"√•\" or \"├Ñ\" for \"å\") from line {line}: the file was utf-8, was read \
                 as {read_as} and saved again; export it anew as utf-8"
            );
            let refusal = Refusal::new("LETTERS_ENCODED_TWICE", sentence);
            return Err(refusal.with(line).with(read_as));
        }
        if let Some(line) = self.replaced {
            let sentence = format!(
                "letters are lost (replacement character U+FFFD) from line {line}: the file was likely windows-1252 or \
                 iso-8859-1 and was read as utf-8; export it anew"
            );
            return Err(Refusal::new("LETTERS_REPLACED", sentence).with(line));
        }
        Ok(())
    }

    /// A set that was stated is believed where the letters alone speak against it: a name may have š or ž.
    fn judge_single_byte(&self, charset: Charset, stated: bool) -> Result<(), Refusal> {
        if let Some(line) = self.utf8_in_single_bytes {
            return Err(self.damaged_as(charset, line));
        }
        if let Some(line) = self.dos_letters {
            return Err(other(line, charset, CP850));
        }
        if let (Charset::Latin1, Some(line)) = (charset, self.high_controls) {
            return Err(other(line, charset, self.likely_single_byte()));
        }
        if let Some((foreign, letters)) = self.foreign().filter(|_| !stated) {
            let (line, name) = (letters.first_line, charset.name());
            let sentence = format!(
                "line {line} is not {name}: its letters are {foreign}'s; export the file as utf-8, or state its character set"
            );
            let refusal = Refusal::new("LETTERS_FOREIGN", sentence);
            return Err(refusal.with(line).with(name).with(foreign));
        }
        Ok(())
    }

    /// It is utf-8, wholly or nearly, and would be read as something else.
    fn damaged_as(&self, charset: Charset, line: u64) -> Refusal {
        let name = charset.name();
        let sentence = format!(
            "read as {name}, letters would be damaged (\"Ã¥\" for \"å\") from line {line}; the file is likely utf-8"
        );
        if self.not_utf8.is_some() {
            let sentence = format!("{sentence}, with some bytes of another character set");
            return Refusal::new("CHARSET_MIXED", sentence)
                .with(name)
                .with(line);
        }
        Refusal::new("CHARSET_IS_UTF8", sentence)
            .with(name)
            .with(line)
    }

    fn likely_single_byte(&self) -> &'static str {
        match (self.foreign(), self.dos_letters, self.high_controls) {
            (Some((foreign, _)), ..) => foreign,
            (None, Some(_), _) => CP850,
            (None, None, Some(_)) => Charset::Windows1252.name(),
            (None, None, None) => Charset::Latin1.name(),
        }
    }

    /// A character set in which more Nordic letters stand where letters can than in those that are read.
    fn foreign(&self) -> Option<(&'static str, Letters)> {
        let sets = [(MACINTOSH, self.macintosh), (CP850, self.dos)];
        let most = sets.into_iter().max_by_key(|(_, letters)| letters.count)?;
        (most.1.count > self.nordic.count).then_some(most)
    }

    fn check_utf8(&mut self, chunk: &[u8]) {
        if self.not_utf8.is_some() {
            return;
        }
        let mut bytes = std::mem::take(&mut self.utf8_tail);
        bytes.extend_from_slice(chunk);
        if let Err(error) = std::str::from_utf8(&bytes) {
            if error.error_len().is_none() {
                self.utf8_tail = bytes.split_off(error.valid_up_to());
            } else {
                let before = &bytes[..error.valid_up_to()];
                let lines = before.split(|b| *b == b'\n').count() - 1;
                self.not_utf8 = Some(self.line + lines as u64);
            }
        }
    }

    fn look(&mut self, byte: u8) {
        match byte {
            0 => self.binary = true,
            b'\n' => self.line += 1,
            0x80..=0x9F => first(&mut self.high_controls, self.line),
            _ => {}
        }
        let [three_before, two_before, before, _] = self.window.to_be_bytes();
        self.note_marks(two_before, before, byte);
        if before == 0xC3 && (0x80..=0xBF).contains(&byte) {
            first(&mut self.utf8_in_single_bytes, self.line);
        }
        // "Ã" in UTF-8, followed by what Windows-1252 makes of a UTF-8 continuation byte.
        if two_before == 0xC3 && before == 0x83 && matches!(byte, 0xC2 | 0xC5 | 0xC6 | 0xCB | 0xE2)
        {
            self.encoded_twice
                .get_or_insert((self.line, "windows-1252"));
        }
        // "√" and "├": the first byte of å, ä, ö in UTF-8 as Mac Roman and cp850 have it.
        if byte >= 0x80 {
            let read_as = match [three_before, two_before, before] {
                [0xE2, 0x88, 0x9A] => Some(MACINTOSH),
                [0xE2, 0x94, 0x9C] => Some(CP850),
                _ => None,
            };
            if let Some(read_as) = read_as {
                self.encoded_twice.get_or_insert((self.line, read_as));
            }
        }
        self.note_letters(two_before, before, byte);
        // å, ä, ö of cp850 between ASCII letters; in Windows-1252 they are †, „ and ” there.
        if two_before.is_ascii_alphabetic()
            && matches!(before, 0x84 | 0x86 | 0x94)
            && byte.is_ascii_lowercase()
        {
            first(&mut self.dos_letters, self.line);
        }
    }

    /// Counts what may be å, ä or ö: a small one after a letter, a great one before a small letter that begins no word.
    fn note_letters(&mut self, two_before: u8, letter: u8, after: u8) {
        let within = two_before.is_ascii_alphabetic();
        let begins = !within && after.is_ascii_lowercase();
        match letter {
            0xE4..=0xE6 | 0xE9 | 0xF6 | 0xF8 | 0xFC if within => self.nordic.note(self.line),
            0xC4..=0xC6 | 0xD6 | 0xD8 if begins => self.nordic.note(self.line),
            0x8A | 0x8C | 0x9A if within => self.macintosh.note(self.line),
            0x80 | 0x81 | 0x85 if begins => self.macintosh.note(self.line),
            0x86 if within => self.dos.note(self.line),
            0x8E | 0x8F | 0x99 if begins => self.dos.note(self.line),
            _ => {}
        }
    }

    fn note_marks(&mut self, two_before: u8, before: u8, byte: u8) {
        match (two_before, before, byte) {
            (0xEF, 0xBF, 0xBD) => first(&mut self.replaced, self.line),
            (0xEF, 0xBB, 0xBF) if self.seen == 3 => self.bom = true,
            (_, 0xFF, 0xFE) | (_, 0xFE, 0xFF) if self.seen == 2 => self.utf16 = true,
            _ => {}
        }
    }
}

fn first(slot: &mut Option<u64>, line: u64) {
    slot.get_or_insert(line);
}

#[cfg(test)]
#[path = "charset_tests.rs"]
mod tests;
