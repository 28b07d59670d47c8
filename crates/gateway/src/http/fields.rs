//! The fields of a posted form, and the token that staff forms must carry.

use std::collections::HashMap;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Form;
use axum::extract::{FromRequest, Request};
use secrecy::SecretString;

use super::guard::Csrf;
use crate::limits;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// The fields of a form.
#[derive(Default)]
pub struct Fields(HashMap<String, Vec<String>>);

/// The fields of a form that carried the right token.
pub struct CheckedFields(pub Fields);

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names only: the values are what people wrote about themselves.
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Fields {
    /// From pairs, as they came.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in pairs {
            fields.entry(name).or_default().push(value);
        }
        Self(fields)
    }

    /// A field's text without space around it, cut at the limit; empty when it is not there.
    pub fn text(&self, name: &str) -> String {
        let value = self
            .0
            .get(name)
            .and_then(|values| values.first())
            .map_or("", |value| value.trim());
        value.chars().take(limits::FIELD_CHARS).collect()
    }

    /// A password: exactly as typed, and never printed.
    pub fn secret(&self, name: &str) -> SecretString {
        let value = self
            .0
            .get(name)
            .and_then(|values| values.first())
            .cloned()
            .unwrap_or_default();
        value.into()
    }

    /// Every value of a field of that name.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names of all fields that came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether a box was ticked.
    pub fn flag(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The texts of these fields, to show them again.
    pub fn texts(&self, names: &[&str]) -> HashMap<String, String> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), self.text(name)))
            .collect()
    }
}

impl FromRequest<Gateway> for Fields {
    type Rejection = WebError;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, WebError> {
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, gateway)
            .await
            .map_err(|rejection| {
                if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
                    WebError::TooLarge
                } else {
                    WebError::BadRequest
                }
            })?;
        Ok(Self::of(pairs))
    }
}

impl FromRequest<Gateway> for CheckedFields {
    type Rejection = WebError;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, WebError> {
        let token = request
            .extensions()
            .get::<Csrf>()
            .cloned()
            .ok_or(WebError::Forbidden)?;
        let fields = Fields::from_request(request, gateway).await?;
        token.check(&fields.text("csrf"))?;
        Ok(Self(fields))
    }
}

impl Csrf {
    /// Refuses another token than this.
    pub fn check(&self, given: &str) -> Result<(), WebError> {
        verify_slices_are_equal(self.0.as_bytes(), given.as_bytes())
            .map_err(|_| WebError::Forbidden)
    }
}
