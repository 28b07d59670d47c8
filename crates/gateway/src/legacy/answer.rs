//! The envelope: `<METHOD><response>…</response><status>success|failed</status></METHOD>`, or the same as JSON.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::content::{Content, escaped};
use crate::pages::error::WebError;

/// Seconds after which it may go better.
const RETRY_AFTER: &str = "30";

/// How an answer is written (`output_format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Unless something else is wished.
    #[default]
    Xml,
    /// `json`.
    Json,
}

/// Rules that were broken: field, and what is wrong with it.
pub type Rules = Vec<(String, String)>;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    http: StatusCode,
    root: &'static str,
    message: String,
    hash_key: String,
    fields: Rules,
    posts: Vec<(String, Rules)>,
    content: Vec<(&'static str, Content)>,
}

#[derive(Template)]
#[template(path = "legacy/answer.xml", escape = "none")]
struct Xml<'a> {
    root: &'static str,
    message: String,
    hash_key: &'a str,
    fields: Rules,
    posts: Vec<(&'a str, Rules)>,
    content: String,
    status: &'static str,
}

impl Answer {
    /// The outermost element where no method of ours was named: a stranger's word does not become an element.
    pub const NO_METHOD: &'static str = "error";

    fn new(http: StatusCode, root: &'static str, message: impl Into<String>) -> Self {
        Self {
            http,
            root,
            message: message.into(),
            hash_key: String::new(),
            fields: Vec::new(),
            posts: Vec::new(),
            content: Vec::new(),
        }
    }

    /// It was done.
    pub fn success(method: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, method, message)
    }

    /// It was found: these elements.
    pub fn found(root: &'static str, content: Vec<(&'static str, Content)>) -> Self {
        Self {
            content,
            ..Self::success(root, "")
        }
    }

    /// It was not.
    pub fn failed(http: StatusCode, method: &'static str, message: impl Into<String>) -> Self {
        Self::new(http, method, message)
    }

    /// What a sign-in gives.
    #[must_use]
    pub fn with_hash(mut self, hash_key: String) -> Self {
        self.hash_key = hash_key;
        self
    }

    /// The rules that the one post broke.
    #[must_use]
    pub fn with_fields(mut self, fields: Rules) -> Self {
        self.fields = fields;
        self
    }

    /// The rules that each post broke, by its key.
    #[must_use]
    pub fn with_posts(mut self, posts: Vec<(String, Rules)>) -> Self {
        self.posts = posts;
        self
    }

    /// What failed for a reason that has nothing to do with the call's contents.
    pub fn of_error(method: &'static str, error: &WebError) -> Self {
        let message = match error {
            WebError::TooMany => "Too many requests".to_owned(),
            WebError::BadRequest => "The request can not be read".to_owned(),
            WebError::TooLarge => "The request is larger than allowed".to_owned(),
            WebError::Forbidden => "This is not allowed".to_owned(),
            WebError::Conflict => "This can not be done in the present state".to_owned(),
            WebError::NotFound => "There is no such object".to_owned(),
            WebError::Away(_) | WebError::SignIn | WebError::SetUp => {
                "Not available now, try again".to_owned()
            }
            WebError::Internal(number) => {
                format!("An unexpected error; it has been logged ({number})")
            }
        };
        let status = match error {
            // There are no pages to be sent to here.
            WebError::SignIn | WebError::SetUp => StatusCode::SERVICE_UNAVAILABLE,
            _ => error.status(),
        };
        Self::failed(status, method, message)
    }

    /// As it leaves.
    pub fn said(&self, form: Form) -> impl IntoResponse + use<> {
        let (kind, body) = match form {
            Form::Xml => ("text/xml; charset=utf-8", self.xml()),
            Form::Json => ("application/json", Ok(self.json().to_string())),
        };
        let Ok(body) = body else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
        let mut response: Response = (self.http, kind, body).into_response();
        if matches!(
            self.http,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        ) {
            let later = HeaderValue::from_static(RETRY_AFTER);
            response.headers_mut().insert(header::RETRY_AFTER, later);
        }
        response
    }

    fn status(&self) -> &'static str {
        if self.http.is_success() {
            "success"
        } else {
            "failed"
        }
    }

    fn xml(&self) -> Result<String, askama::Error> {
        let mut content = String::new();
        for (name, element) in &self.content {
            element.xml(name, &mut content);
        }
        let template = Xml {
            root: self.root,
            message: escaped(&self.message),
            hash_key: &self.hash_key,
            fields: all_escaped(&self.fields),
            posts: self
                .posts
                .iter()
                .map(|(key, rules)| (key.as_str(), all_escaped(rules)))
                .collect(),
            content,
            status: self.status(),
        };
        template.render()
    }

    fn json(&self) -> Value {
        let mut response = Map::new();
        if !self.message.is_empty() {
            response.insert("message".to_owned(), self.message.as_str().into());
        }
        let content = self.content.iter();
        response.extend(content.map(|(name, element)| ((*name).to_owned(), element.json())));
        if !self.hash_key.is_empty() {
            response.insert("hash_key".to_owned(), self.hash_key.as_str().into());
        }
        let mut log: Map<_, _> = object(&self.fields);
        let posts = self.posts.iter();
        log.extend(posts.map(|(key, rules)| (key.clone(), Value::from(object(rules)))));
        if !log.is_empty() {
            response.insert("log".to_owned(), log.into());
        }
        json!({ self.root: { "response": response, "status": self.status() } })
    }
}

/// The names are elements already.
fn all_escaped(rules: &Rules) -> Rules {
    let rules = rules.iter();
    rules
        .map(|(field, rule)| (field.clone(), escaped(rule)))
        .collect()
}

fn object(rules: &[(String, String)]) -> Map<String, Value> {
    let pairs = rules.iter();
    pairs
        .map(|(field, rule)| (field.clone(), rule.as_str().into()))
        .collect()
}
