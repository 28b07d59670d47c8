//! The forms of orders: whose there are, their versions, and one version as it was.

use api::orders::{FormField, OrderForm};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::form_field::kind_words;
use crate::app::contracts::{self, Partner};
use crate::app::order_forms;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::public::question::words;
use crate::pages::view;
use crate::state::Gateway;

/// Which form.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct FormQuery {
    /// Empty: the network's.
    #[serde(default)]
    pub(super) provider: String,
    /// Of which version; 0: the current one.
    #[serde(default)]
    version: u32,
    #[serde(default)]
    page: String,
    #[serde(default)]
    saved: bool,
}

/// A question in a list.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) key: String,
    pub(super) kind: &'static str,
    /// Its rules, in words.
    pub(super) rules: String,
    /// What the orders service refuses of it.
    pub(super) wrong: Vec<&'static str>,
}

struct Version {
    number: u32,
    put_at: String,
    put_by: &'static str,
    count: usize,
}

#[derive(Template)]
#[template(path = "staff/order_forms.html")]
struct OwnersPage {
    page: Page,
    providers: Vec<Partner>,
    saved: bool,
}

#[derive(Template)]
#[template(path = "staff/order_form_versions.html")]
struct VersionsPage {
    page: Page,
    title: String,
    provider: String,
    versions: Vec<Version>,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/order_form_version.html")]
struct VersionPage {
    page: Page,
    title: String,
    version: String,
    provider: String,
    put_at: String,
    put_by: &'static str,
    rows: Vec<Row>,
}

/// `GET /{lang}/staff/order-forms`.
pub async fn owners(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<FormQuery>,
) -> Result<Response, WebError> {
    let html = OwnersPage {
        page,
        providers: contracts::providers(&gateway.services, &staff).await?,
        saved: query.saved,
    };
    Ok(Html(html.render()?).into_response())
}

/// `GET /{lang}/staff/order-forms/versions`.
pub async fn versions(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<FormQuery>,
) -> Result<Response, WebError> {
    let (services, provider) = (&gateway.services, query.provider);
    let found = order_forms::versions(services, &staff, &provider, query.page).await?;
    let version = |form: OrderForm| Version {
        number: form.version,
        put_at: view::time(form.put_at.as_ref()),
        put_by: who(&form, page.t),
        count: form.fields.len(),
    };
    let html = VersionsPage {
        title: title(&provider, page.t),
        versions: found.forms.into_iter().map(version).collect(),
        next: found.next_page_token,
        provider,
        page,
    };
    Ok(Html(html.render()?).into_response())
}

/// `GET /{lang}/staff/order-forms/version`.
pub async fn version(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<FormQuery>,
) -> Result<Response, WebError> {
    let (services, provider) = (&gateway.services, query.provider);
    let form = order_forms::get(services, &staff, &provider, query.version).await?;
    let html = VersionPage {
        title: title(&provider, page.t),
        version: fill(page.t.forms.version, form.version),
        provider,
        put_at: view::time(form.put_at.as_ref()),
        put_by: who(&form, page.t),
        rows: rows(&form, &page),
        page,
    };
    Ok(Html(html.render()?).into_response())
}

/// Whose form it is.
pub(super) fn title(provider: &str, t: &Texts) -> String {
    if provider.is_empty() {
        t.forms.of_network.to_owned()
    } else {
        fill(t.forms.of_provider, provider)
    }
}

/// The questions of a form in the reader's language.
pub(super) fn rows(form: &OrderForm, page: &Page) -> Vec<Row> {
    let row = |field: &FormField| Row {
        label: words(field.label.as_ref(), page.lang),
        key: field.key.clone(),
        kind: kind_words(field.r#type(), page.t),
        rules: rules(field, form, page),
        wrong: Vec::new(),
    };
    form.fields.iter().map(row).collect()
}

fn rules(field: &FormField, form: &OrderForm, page: &Page) -> String {
    let t = &page.t.forms;
    let mut said = Vec::new();
    if field.required {
        said.push(t.need_always.to_owned());
    }
    if let Some(condition) = &field.required_if {
        let other = form.fields.iter().find(|other| other.key == condition.key);
        let label = other.map(|other| words(other.label.as_ref(), page.lang));
        let mut other = label.unwrap_or_else(|| condition.key.clone());
        if !condition.value.is_empty() {
            other = format!("{other} = {}", condition.value);
        }
        said.push(fill(t.need_if_of, other));
    }
    let personal = if field.not_personal {
        t.is_not_personal
    } else {
        t.is_personal
    };
    said.push(personal.to_owned());
    if let Some(days) = field.purge_days {
        said.push(fill(t.purged_after, days));
    }
    said.join(". ")
}

fn who(form: &OrderForm, t: &Texts) -> &'static str {
    match form.put_by.split_once(':') {
        Some(("provider", _)) => t.forms.by_provider,
        Some(_) => t.forms.by_staff,
        None => "",
    }
}
