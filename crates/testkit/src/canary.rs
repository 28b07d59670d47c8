//! A planted person, and a scanner that finds this person in any bytes.

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// The identifiers of a planted person, as plainly as they are known.
#[derive(Debug, Clone)]
pub struct Canary {
    /// Twelve digits, for example `199001189811`.
    pub identity_number: String,
    /// The address in any case.
    pub email: String,
    /// The name as written.
    pub name: String,
    /// E.164, for example `+46701740605`.
    pub phone: String,
}

/// A place where a planted person was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What was found and how it was written, for example `email as base64`.
    pub form: String,
    /// At which byte.
    pub at: usize,
}

/// Finds planted persons. Building one is dear, scanning is cheap: build once.
#[derive(Debug)]
pub struct Scanner {
    exact: Search,
    folded: Search,
}

#[derive(Debug)]
struct Search {
    automaton: AhoCorasick,
    forms: Vec<String>,
}

impl Scanner {
    /// A scanner for these persons.
    ///
    /// # Panics
    /// When an identifier is too short to be told from noise.
    pub fn new(canaries: &[Canary]) -> Self {
        let (mut exact, mut folded) = (Vec::new(), Vec::new());
        for canary in canaries {
            for (what, text) in canary.spellings() {
                assert!(
                    text.len() >= 8,
                    "{what} of a canary is at least eight bytes"
                );
                folded.extend(folded_forms(what, &text));
                exact.extend(exact_forms(what, &text));
            }
        }
        Self {
            exact: Search::new(exact, false),
            folded: Search::new(folded, true),
        }
    }

    /// Every place where a planted person stands in these bytes.
    pub fn find(&self, bytes: &[u8]) -> Vec<Leak> {
        let mut leaks: Vec<_> = self
            .exact
            .find(bytes)
            .chain(self.folded.find(bytes))
            .collect();
        leaks.sort_by_key(|leak| leak.at);
        leaks
    }
}

impl Canary {
    /// What is looked for, each in every way that people and programs write it.
    fn spellings(&self) -> Vec<(&'static str, String)> {
        let long = &self.identity_number;
        let short = &long[2..];
        let national = self
            .phone
            .strip_prefix("+46")
            .map(|rest| format!("0{rest}"));
        let mut spellings = vec![
            ("identity number in 12 digits", long.clone()),
            (
                "identity number in 12 digits with hyphen",
                format!("{}-{}", &long[..8], &long[8..]),
            ),
            ("identity number in 10 digits", short.to_owned()),
            (
                "identity number in 10 digits with hyphen",
                format!("{}-{}", &short[..6], &short[6..]),
            ),
            ("name", self.name.clone()),
            ("phone", self.phone.clone()),
        ];
        for cased in cases(&self.email) {
            spellings.push(("email", cased));
        }
        for cased in cases(&self.name) {
            spellings.push(("name", cased));
        }
        spellings.extend(national.map(|national| ("phone in national form", national)));
        spellings
    }
}

/// Base64 and non-ASCII letters hide the case, so the usual ones are looked for by themselves.
fn cases(text: &str) -> [String; 3] {
    [text.to_owned(), text.to_lowercase(), text.to_uppercase()]
}

/// Forms in which the case of ASCII letters does not matter.
fn folded_forms(what: &str, text: &str) -> Vec<(String, Vec<u8>)> {
    let latin1: Option<Vec<u8>> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let mut forms = vec![
        ("plain", text.as_bytes().to_vec()),
        ("percent", percent(text.as_bytes(), "%20")),
        ("form", percent(text.as_bytes(), "+")),
        ("hex", hex::encode(text).into_bytes()),
        ("JSON", json_ascii(text).into_bytes()),
        ("quoted-printable", quoted_printable(text)),
    ];
    if let Some(latin1) = latin1 {
        forms.push(("percent Latin-1", percent(&latin1, "%20")));
        forms.push(("hex Latin-1", hex::encode(&latin1).into_bytes()));
        forms.push(("Latin-1", latin1));
    }
    named(what, forms)
}

/// Base64 in both alphabets and all three alignments: what of it depends on the text alone.
fn exact_forms(what: &str, text: &str) -> Vec<(String, Vec<u8>)> {
    let latin1: Option<Vec<u8>> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let mut forms = Vec::new();
    for bytes in [Some(text.as_bytes().to_vec()), latin1]
        .into_iter()
        .flatten()
    {
        for offset in 0..3 {
            forms.push((
                "base64",
                aligned(&bytes, offset, |padded| STANDARD_NO_PAD.encode(padded)),
            ));
            forms.push((
                "base64url",
                aligned(&bytes, offset, |padded| URL_SAFE_NO_PAD.encode(padded)),
            ));
        }
    }
    named(what, forms)
}

fn aligned(bytes: &[u8], offset: usize, encode: impl Fn(&[u8]) -> String) -> Vec<u8> {
    let padded = [vec![0; offset], bytes.to_vec()].concat();
    let encoded = encode(&padded).into_bytes();
    // A character stands for six bits: the first that holds none of the padding, the last that holds nothing after.
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded[first..last].to_vec()
}

fn named(what: &str, forms: Vec<(&str, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    forms
        .into_iter()
        .map(|(form, bytes)| (format!("{what} as {form}"), bytes))
        .collect()
}

fn percent(bytes: &[u8], space: &str) -> Vec<u8> {
    let mut encoded = String::new();
    for &byte in bytes {
        match byte {
            b' ' => encoded.push_str(space),
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => encoded.push(char::from(b)),
            b => encoded += &hex_byte('%', b),
        }
    }
    encoded.into_bytes()
}

fn hex_byte(mark: char, byte: u8) -> String {
    format!("{mark}{byte:02X}")
}

fn json_ascii(text: &str) -> String {
    let escape = |unit: u16| match u8::try_from(unit) {
        Ok(ascii) if ascii.is_ascii() => char::from(ascii).to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    text.encode_utf16().map(escape).collect()
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii() => encoded.push(char::from(b)),
            b => encoded += &hex_byte('=', b),
        }
    }
    encoded.into_bytes()
}

impl Search {
    fn new(mut forms: Vec<(String, Vec<u8>)>, fold: bool) -> Self {
        forms.sort_by(|a, b| a.1.cmp(&b.1));
        forms.dedup_by(|a, b| a.1 == b.1);
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(fold)
            .match_kind(MatchKind::LeftmostLongest)
            .build(forms.iter().map(|(_, bytes)| bytes))
            .expect("a few hundred short patterns fit into an automaton");
        Self {
            automaton,
            forms: forms.into_iter().map(|(form, _)| form).collect(),
        }
    }

    fn find<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Leak> + 'a {
        self.automaton.find_iter(bytes).map(|found| Leak {
            form: self.forms[found.pattern().as_usize()].clone(),
            at: found.start(),
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn canary() -> Canary {
        Canary {
            identity_number: "199001189811".to_owned(),
            email: "Kanarie.Aberg@example.se".to_owned(),
            name: "Görel Kanarieåker".to_owned(),
            phone: "+46701740605".to_owned(),
        }
    }

    fn found(planted: impl AsRef<[u8]>) -> bool {
        let noise = [
            b"{\"seq\":17, \"x\":\"".as_slice(),
            planted.as_ref(),
            b"\"} more noise",
        ]
        .concat();
        !Scanner::new(&[canary()]).find(&noise).is_empty()
    }

    #[test]
    fn finds_every_plain_spelling() {
        for planted in [
            "199001189811",
            "19900118-9811",
            "9001189811",
            "900118-9811",
            "Kanarie.Aberg@example.se",
            "KANARIE.ABERG@EXAMPLE.SE",
            "kanarie.aberg@Example.se",
            "Görel Kanarieåker",
            "görel kanarieåker",
            "GÖREL KANARIEÅKER",
            "+46701740605",
            "0701740605",
        ] {
            assert!(found(planted), "{planted}");
        }
    }

    #[test]
    fn finds_every_encoding_of_every_identifier() {
        let latin1 = |text: &str| {
            text.chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap())
                .collect::<Vec<_>>()
        };
        for text in [
            "199001189811",
            "19900118-9811",
            "9001189811",
            "900118-9811",
            "kanarie.aberg@example.se",
            "Görel Kanarieåker",
            "+46701740605",
        ] {
            assert!(found(percent(text.as_bytes(), "%20")), "percent {text}");
            assert!(found(percent(text.as_bytes(), "+")), "form {text}");
            assert!(found(hex::encode(text)), "hex {text}");
            assert!(found(hex::encode_upper(text)), "HEX {text}");
            assert!(found(latin1(text)), "Latin-1 {text}");
            assert!(found(json_ascii(text)), "JSON {text}");
            for offset in 0..3 {
                let around = format!("{}{text} and on", "x".repeat(offset));
                assert!(
                    found(STANDARD.encode(&around)),
                    "base64 at {offset}: {text}"
                );
                assert!(
                    found(URL_SAFE_NO_PAD.encode(&around)),
                    "base64url at {offset}: {text}"
                );
                assert!(
                    found(STANDARD.encode(latin1(&around))),
                    "base64 of Latin-1 at {offset}: {text}"
                );
            }
        }
    }

    #[test]
    fn is_silent_about_others() {
        assert!(!found(
            "199001189812 anna@example.se Görel Annanåker +46701740606"
        ));
    }
}
