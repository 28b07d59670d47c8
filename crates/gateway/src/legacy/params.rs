//! The parameters of a call: of the address, then of the body; the later of two of one name counts, as in PHP.
//!
//! Arrays come in PHP's notation (`data[coId]=…`, `posts[post1][coId]=…`) or as JSON in one value. Only the two that the API
//! has are read as arrays. The notation is taken apart here rather than by a library of query strings: those refuse what
//! PHP takes (a name twice, encoded brackets) or forget the order of the posts, and it is one line of grammar.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::limits;

/// Name and value of each field of a post.
pub type Fields = BTreeMap<String, String>;

/// What a call says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params {
    plain: HashMap<String, String>,
    /// `data`.
    pub data: Fields,
    /// `posts`, by key, in their order.
    pub posts: Vec<(String, Fields)>,
}

/// Why parameters cannot be read. Said to the sender; holds nothing that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More than any call needs.
    #[error("too many parameters")]
    TooMany,
    /// Brackets that are no array, or one too deep.
    #[error("the arrays must look like data[field] and posts[key][field]")]
    Array,
    /// A value that begins as JSON and is none, or of another shape.
    #[error("data and posts as JSON must be an object of texts, and an object of such objects")]
    Json,
}

impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names only: among the values are keys and people's names.
        f.debug_set()
            .entries(self.plain.keys())
            .finish_non_exhaustive()
    }
}

impl Params {
    /// From decoded pairs, in their order.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Unreadable> {
        let mut params = Self::default();
        let mut places = HashMap::new();
        for (count, (name, value)) in pairs.into_iter().enumerate() {
            if count >= limits::LEGACY_PARAMETERS {
                return Err(Unreadable::TooMany);
            }
            params.take(&name, value, &mut places)?;
        }
        Ok(params)
    }

    /// A parameter that is no array, without space around it; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.plain.get(name).map_or("", |value| value.trim())
    }

    fn take(
        &mut self,
        name: &str,
        value: String,
        places: &mut HashMap<String, usize>,
    ) -> Result<(), Unreadable> {
        let (base, brackets) = name.split_at(name.find('[').unwrap_or(name.len()));
        match (base, keys(brackets)) {
            ("data", Some(keys)) => match keys[..] {
                [] => self.data.extend(fields(&json(&value)?)?),
                [field] => {
                    self.data.insert(field.to_owned(), value);
                }
                _ => return Err(Unreadable::Array),
            },
            ("posts", Some(keys)) => match keys[..] {
                [] => self.take_posts(&json(&value)?, places)?,
                [key] => {
                    let sent = fields(&json(&value)?)?;
                    self.post(key, places).extend(sent);
                }
                [key, field] => {
                    self.post(key, places).insert(field.to_owned(), value);
                }
                _ => return Err(Unreadable::Array),
            },
            ("data" | "posts", None) => return Err(Unreadable::Array),
            // Parameters that we do not know are none of ours, arrays or not.
            _ => {
                self.plain.insert(name.to_owned(), value);
            }
        }
        Ok(())
    }

    fn take_posts(
        &mut self,
        posts: &Value,
        places: &mut HashMap<String, usize>,
    ) -> Result<(), Unreadable> {
        let posts = posts.as_object().ok_or(Unreadable::Json)?;
        for (key, post) in posts {
            let sent = fields(post)?;
            self.post(key, places).extend(sent);
        }
        Ok(())
    }

    fn post(&mut self, key: &str, places: &mut HashMap<String, usize>) -> &mut Fields {
        let place = *places.entry(key.to_owned()).or_insert_with(|| {
            self.posts.push((key.to_owned(), Fields::new()));
            self.posts.len() - 1
        });
        &mut self.posts[place].1
    }
}

/// `[a][b]` as `a`, `b`.
fn keys(brackets: &str) -> Option<Vec<&str>> {
    if brackets.is_empty() {
        return Some(Vec::new());
    }
    let inner = brackets.strip_prefix('[')?.strip_suffix(']')?;
    let keys: Vec<&str> = inner.split("][").collect();
    let is_plain = |key: &&str| !key.contains(['[', ']']);
    keys.iter().all(is_plain).then_some(keys)
}

fn json(value: &str) -> Result<Value, Unreadable> {
    if value.trim().is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_str(value).map_err(|_| Unreadable::Json)
}

fn fields(post: &Value) -> Result<Fields, Unreadable> {
    let post = post.as_object().ok_or(Unreadable::Json)?;
    post.iter()
        .map(|(name, value)| Ok((name.clone(), text(value)?)))
        .collect()
}

fn text(value: &Value) -> Result<String, Unreadable> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        // As PHP writes them into a form.
        Value::Bool(yes) => Ok(if *yes { "1" } else { "0" }.to_owned()),
        Value::Array(_) | Value::Object(_) => Err(Unreadable::Json),
    }
}

#[cfg(test)]
#[path = "params_tests.rs"]
mod tests;
