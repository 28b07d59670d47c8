//! Posts of the market database's import API: each is a row of MdB2, and is written as one, so that what judges a file
//! judges a post.

use std::collections::BTreeSet;
use std::io;

use kernel::{AccessId, Violation};

use super::values::Values;
use super::{
    AddressFile, Charset, CharsetProbe, Field, Format, Hints, Judge, REJECTED_BECAUSE, RowVerdict,
    fields, read_row,
};
use crate::domain::limits::{COLUMNS_MAX, FIELD_NAME_CHARS_MAX, POST_BYTES_MAX, POST_FIELDS_MAX};

const DELIMITER: u8 = b';';
/// MdB1's name of `coId`; the text about `insert_post` has it, so posts have it, too.
const MDB1_NETWORK: &str = "citynet";

/// What a post says: names of fields as MdB2 spells them, each once, and their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post(Vec<(String, String)>);

/// A post and what became of it.
#[derive(Clone, Debug)]
pub struct JudgedPost {
    /// As it is kept until it is imported: a refused one that a file could not hold names its access only.
    pub post: Post,
    /// What it says, or why it was refused.
    pub verdict: RowVerdict,
}

impl Post {
    /// Takes the fields of a post.
    ///
    /// # Errors
    /// Every name that cannot be one, or means the same as another.
    pub fn read(sent: Vec<(String, String)>) -> Result<Self, Vec<Violation>> {
        if sent.len() > POST_FIELDS_MAX {
            let rule = format!("a post has at most {POST_FIELDS_MAX} fields");
            return Err(vec![Violation::new("", "", rule)]);
        }
        let (mut fields, mut seen, mut broken) = (Vec::new(), BTreeSet::new(), Vec::new());
        for (name, value) in sent {
            if !is_name(&name) {
                let rule = format!(
                    "a field's name is a letter and then letters, digits, dot, hyphen and underscore, at most \
                     {FIELD_NAME_CHARS_MAX} characters"
                );
                broken.push(Violation::new("", "", rule));
            } else if !name.eq_ignore_ascii_case(REJECTED_BECAUSE) {
                let name = spelled(name);
                if seen.insert(name.to_lowercase()) {
                    fields.push((name, value));
                } else {
                    broken.push(Violation::new(&name, "", "the field is given twice"));
                }
            }
        }
        if broken.is_empty() {
            Ok(Self(fields))
        } else {
            Err(broken)
        }
    }

    /// A post that names an access and nothing else, which no file can bring in: its access stays as it is.
    pub fn of_access(judge: &Judge, access_id: Option<&AccessId>) -> Self {
        let named = |field: Field, value: String| (field.name(Format::MdB2).to_owned(), value);
        let mut fields = vec![named(Field::CoId, judge.network.to_string())];
        fields.extend(access_id.map(|id| named(Field::AccessId, id.to_string())));
        Self(fields)
    }

    /// Its fields, to be kept.
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    pub(super) fn into_fields(self) -> Vec<(String, String)> {
        self.0
    }

    /// The post of fields that were kept.
    pub fn restore(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// What it says something of, in whatever order and letter case.
    pub fn names(&self) -> BTreeSet<String> {
        self.0.iter().map(|(name, _)| name.to_lowercase()).collect()
    }

    /// Judges the post as the one row of a file.
    ///
    /// # Errors
    /// Never in practice: memory is read as a file is.
    pub fn judge(self, judge: &Judge) -> io::Result<JudgedPost> {
        let violations = self.unwritable();
        if !violations.is_empty() {
            let access_id = self.access_id();
            let post = Self::of_access(judge, access_id.as_ref());
            let verdict = RowVerdict::rejected(access_id, violations);
            return Ok(JudgedPost { post, verdict });
        }
        let mut headings = Headings::default();
        headings.widen(&self);
        let text = headings.line() + &headings.row(&self);
        let hints = Hints {
            charset: Charset::Utf8,
            format: Some(Format::MdB2),
        };
        let opened = AddressFile::open(text.as_bytes(), hints, judge.clone())?;
        let rows = opened.map_err(|refusal| io::Error::other(refusal.sentence))?;
        let mut rows = rows.take(2).collect::<io::Result<Vec<_>>>()?.into_iter();
        Ok(match (rows.next(), rows.next()) {
            (Some(row), None) => JudgedPost {
                post: self,
                verdict: row.verdict,
            },
            // Nothing but empty fields, which a file passes over; or line breaks that no row may hold.
            (None, _) => self.reduced(judge, read_row(&Values::empty(Format::MdB2), judge)),
            (Some(first), Some(_)) => {
                let violations = match first.verdict {
                    RowVerdict::Accepted(_) => {
                        let rule = "a post is one row: it has too many line breaks";
                        vec![Violation::new("", "", rule)]
                    }
                    RowVerdict::Rejected { violations, .. } => violations,
                };
                self.reduced(judge, RowVerdict::rejected(self.access_id(), violations))
            }
        })
    }

    fn reduced(&self, judge: &Judge, verdict: RowVerdict) -> JudgedPost {
        JudgedPost {
            post: Self::of_access(judge, self.access_id().as_ref()),
            verdict,
        }
    }

    fn access_id(&self) -> Option<AccessId> {
        let named = |name: &str| Field::named(name, Format::MdB2) == Some(Field::AccessId);
        let (_, value) = self.0.iter().find(|(name, _)| named(name))?;
        AccessId::parse(value.trim()).ok()
    }

    /// Why it cannot stand in a file: one such row would cost the whole of it.
    fn unwritable(&self) -> Vec<Violation> {
        let rule = "its letters are damaged or lost, or it is no text; send UTF-8";
        let mut broken: Vec<_> = self
            .0
            .iter()
            .filter(|(_, value)| is_damaged(value))
            .map(|(name, _)| Violation::new(name, "", rule))
            .collect();
        let length: usize = self.0.iter().map(|(_, value)| value.len()).sum();
        if length > POST_BYTES_MAX {
            let rule = format!("a post has at most {POST_BYTES_MAX} bytes");
            broken.push(Violation::new("", "", rule).because("ROW_TOO_LONG"));
        }
        broken
    }
}

/// The header that a file of several posts needs: MdB2's mandatory fields, then what the posts have besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headings(Vec<String>);

impl Default for Headings {
    fn default() -> Self {
        let mandatory = Format::MdB2.mandatory().iter();
        Self(mandatory.map(|f| f.name(Format::MdB2).to_owned()).collect())
    }
}

impl Headings {
    /// The header of names that were kept.
    pub fn restore(names: Vec<String>) -> Self {
        Self(names)
    }

    /// Its names.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Makes room for a post's fields; false when a file would have too many columns, and then nothing is changed.
    #[must_use]
    pub fn make_room_for(&mut self, post: &Post) -> bool {
        let before = self.0.len();
        self.widen(post);
        let fits = self.0.len() <= COLUMNS_MAX;
        if !fits {
            self.0.truncate(before);
        }
        fits
    }

    fn widen(&mut self, post: &Post) {
        for (name, _) in &post.0 {
            if !self.0.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.0.push(name.clone());
            }
        }
    }

    /// The header line.
    pub fn line(&self) -> String {
        self.0.join(";") + "\n"
    }

    /// A post as a row under the header.
    pub fn row(&self, post: &Post) -> String {
        let value = |heading: &String| {
            let of = post
                .0
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(heading));
            of.map_or_else(String::new, |(_, value)| fields::quote(value, DELIMITER))
        };
        let values: Vec<String> = self.0.iter().map(value).collect();
        values.join(";") + "\n"
    }
}

fn is_name(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    name.len() <= FIELD_NAME_CHARS_MAX
        && name.bytes().all(inner)
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
}

/// As MdB2 spells it, so that two spellings of one field are one column.
fn spelled(name: String) -> String {
    if name.eq_ignore_ascii_case(MDB1_NETWORK) {
        return Field::CoId.name(Format::MdB2).to_owned();
    }
    Field::named(&name, Format::MdB2).map_or(name, |field| field.name(Format::MdB2).to_owned())
}

fn is_damaged(value: &str) -> bool {
    let mut probe = CharsetProbe::default();
    // A mark at the beginning belongs to files.
    probe.feed(b" ");
    probe.feed(value.as_bytes());
    probe.finish(Some(Charset::Utf8)).is_err()
}

#[cfg(test)]
#[path = "post_tests.rs"]
mod tests;
