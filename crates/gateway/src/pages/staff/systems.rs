//! Providers' systems that the network calls: which there are, entering one, trying it, removing it after a question.

use api::orders::{ProviderSystem, PutProviderSystemRequest};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kernel::Violation;
use serde::Deserialize;
use service_kit::error as kit;

use super::system_pull::{self, PullView};
use super::webhook_deliveries::{failure, in_url};
use crate::app::contracts::{self, Partner};
use crate::app::session::SignedIn;
use crate::app::systems;
use crate::http::fields::{CheckedFields, Fields};
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::Part;
use crate::state::Gateway;

/// The functions of a system, with the fields of the form.
const FUNCTIONS: [(&str, &str); 4] = [
    ("products", "function_products"),
    ("order", "function_order"),
    ("activationnotice", "function_activationnotice"),
    ("contacts", "function_contacts"),
];
/// Fields that are shown again; secrets are not.
const SHOWN: &[&str] = &[
    "provider_id",
    "base_url",
    "api_version",
    "user_name",
    "portal_url",
    "portal_operator",
    "version",
];

/// Whose system, and what has just been done.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct SystemQuery {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    saved: bool,
    #[serde(default)]
    pulled: bool,
    #[serde(default)]
    removed: bool,
    #[serde(default)]
    tried: String,
}

struct Row {
    provider: String,
    url: String,
    version: String,
    functions: String,
    changed: String,
}

struct Tick {
    field: &'static str,
    words: &'static str,
    on: bool,
}

#[derive(Template)]
#[template(path = "staff/systems.html")]
struct SystemsPage {
    page: Page,
    systems: Vec<Row>,
    providers: Vec<Partner>,
    title: String,
    form: Form,
    is_known: bool,
    functions: Vec<Tick>,
    pull: Option<PullView>,
    saved: bool,
    pulled: bool,
    removed: bool,
    tried: String,
    works: bool,
}

#[derive(Template)]
#[template(path = "staff/system_remove.html")]
struct RemovePage {
    page: Page,
    provider: String,
    url: String,
    version: i64,
}

/// `GET /{lang}/staff/systems`: all of them, and the form of one.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<SystemQuery>,
) -> Result<Response, WebError> {
    show(&gateway, &staff, page, query, None).await
}

/// `POST /{lang}/staff/systems`: enters or changes one.
pub async fn put(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let request = asked(&staff, &fields);
    let provider = fields.text("provider_id");
    let Err(status) = systems::put(&gateway.services, &staff, request).await else {
        return Ok(to(&page, &provider, "saved=true"));
    };
    let mut form = Form::with(fields.texts(SHOWN));
    for (_, field) in FUNCTIONS {
        if fields.flag(field) {
            form.set(field, "on");
        }
    }
    let violations = kit::violations_of(&status);
    if kit::reason_of(&status).as_deref() == Some("VERSION_CHANGED") {
        form.refuse("base_url", page.t.systems.stale);
    } else if violations.is_empty() {
        return Err(Part::Orders.failed()(status).into());
    }
    refuse(&mut form, page.t, &violations);
    let query = SystemQuery {
        provider,
        ..SystemQuery::default()
    };
    show(&gateway, &staff, page, query, Some(form)).await
}

/// `POST /{lang}/staff/systems/try`: asks a system something that changes nothing there.
pub async fn try_out(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let provider = fields.text("provider_id");
    let tried = systems::try_out(&gateway.services, &staff, provider.clone()).await?;
    let word = match (tried.works, tried.status) {
        (true, _) => "works".to_owned(),
        (false, 0) => tried.failure,
        (false, status) => format!("{} {status}", tried.failure),
    };
    Ok(to(&page, &provider, &format!("tried={}", in_url(&word))))
}

/// `POST /{lang}/staff/systems/pull`: has products fetched now.
pub async fn pull(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let provider = fields.text("provider_id");
    systems::pull(&gateway.services, &staff, provider.clone()).await?;
    Ok(to(&page, &provider, "pulled=true"))
}

/// `GET /{lang}/staff/systems/remove`: asks.
pub async fn ask(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<SystemQuery>,
) -> Result<Response, WebError> {
    let all = systems::list(&gateway.services, &staff).await?;
    let system = all
        .into_iter()
        .find(|one| one.provider_id == query.provider);
    let system = system.ok_or(WebError::NotFound)?;
    let html = RemovePage {
        page,
        provider: system.provider_id,
        url: system.base_url,
        version: system.version,
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /{lang}/staff/systems/remove`: does it.
pub async fn remove(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let version = fields.text("version").parse();
    let version = version.map_err(|_| WebError::BadRequest)?;
    systems::remove(
        &gateway.services,
        &staff,
        fields.text("provider_id"),
        version,
    )
    .await?;
    let target = format!("/{}/staff/systems?removed=true", page.lang);
    Ok(Redirect::to(&target).into_response())
}

async fn show(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    query: SystemQuery,
    form: Option<Form>,
) -> Result<Response, WebError> {
    let services = &gateway.services;
    let all = systems::list(services, staff).await?;
    let known = all.iter().find(|one| one.provider_id == query.provider);
    let pull = match known {
        Some(one) if one.functions.iter().any(|name| name == "products") => {
            let found = systems::product_pull(services, staff, one.provider_id.clone()).await?;
            Some(system_pull::view(&found, page.t))
        }
        _ => None,
    };
    let t = page.t;
    let form = form.unwrap_or_else(|| filled(known, &query.provider));
    let status = form.status();
    let (works, tried) = tried(&query.tried, t);
    let html = SystemsPage {
        providers: contracts::providers(services, staff).await?,
        title: match known {
            Some(one) => fill(t.systems.edit_title, &one.provider_id),
            None => t.systems.new.to_owned(),
        },
        is_known: known.is_some(),
        functions: ticks(&form, t),
        systems: all.iter().map(row).collect(),
        form,
        pull,
        saved: query.saved,
        pulled: query.pulled,
        removed: query.removed,
        tried,
        works,
        page,
    };
    Ok((status, Html(html.render()?)).into_response())
}

/// Whether the trial went well, and what it came to in words.
fn tried(word: &str, t: &Texts) -> (bool, String) {
    let (word, status) = word.split_once(' ').unwrap_or((word, ""));
    match word {
        "" => (false, String::new()),
        "works" => (true, t.systems.works.to_owned()),
        word => {
            let why = format!("{status} {}", failure(word, t));
            (false, fill(t.systems.fails, why.trim()))
        }
    }
}

fn asked(staff: &SignedIn, fields: &Fields) -> PutProviderSystemRequest {
    let functions = FUNCTIONS.iter().filter(|(_, field)| fields.flag(field));
    PutProviderSystemRequest {
        network: staff.network.to_string(),
        system: Some(ProviderSystem {
            provider_id: fields.text("provider_id"),
            base_url: fields.text("base_url"),
            api_version: fields.text("api_version"),
            functions: functions.map(|(name, _)| (*name).to_owned()).collect(),
            portal_url: fields.text("portal_url"),
            portal_operator: fields.text("portal_operator"),
            ..ProviderSystem::default()
        }),
        user_name: fields.text("user_name"),
        password: fields.text("system_password"),
        portal_key: fields.text("portal_key"),
        // A form without a number edits nothing that there is.
        expected_version: fields.text("version").parse().unwrap_or_default(),
    }
}

fn filled(known: Option<&ProviderSystem>, provider: &str) -> Form {
    let mut form = Form::default();
    form.set("provider_id", provider);
    form.set("api_version", "2.6");
    form.set("version", "0");
    let Some(system) = known else {
        return form;
    };
    for (field, value) in [
        ("base_url", &system.base_url),
        ("api_version", &system.api_version),
        ("portal_url", &system.portal_url),
        ("portal_operator", &system.portal_operator),
        ("version", &system.version.to_string()),
    ] {
        form.set(field, value);
    }
    for (name, field) in FUNCTIONS {
        if system.functions.iter().any(|one| one == name) {
            form.set(field, "on");
        }
    }
    form
}

fn ticks(form: &Form, t: &Texts) -> Vec<Tick> {
    let s = &t.systems;
    let words = [
        s.function_products,
        s.function_order,
        s.function_activationnotice,
        s.function_contacts,
    ];
    let tick = |((_, field), words): ((&str, &'static str), &'static str)| Tick {
        field,
        words,
        on: form.is(field, "on"),
    };
    FUNCTIONS.into_iter().zip(words).map(tick).collect()
}

fn row(system: &ProviderSystem) -> Row {
    Row {
        provider: system.provider_id.clone(),
        url: system.base_url.clone(),
        version: system.api_version.clone(),
        functions: system.functions.join(", "),
        changed: view::time(system.changed_at.as_ref()),
    }
}

/// Each at its field, in the reader's language.
fn refuse(form: &mut Form, t: &Texts, violations: &[Violation]) {
    let s = &t.systems;
    for violation in violations {
        let field = violation.field.rsplit('.').next().unwrap_or_default();
        let (field, message) = match field {
            "user_name" => ("user_name", s.error_user_name),
            "password" => ("system_password", s.error_password),
            "portal_url" => ("portal_url", s.error_portal_url),
            "portal_operator" => ("portal_operator", s.error_portal_operator),
            "portal_key" => ("portal_key", s.error_portal_key),
            "base_url" => ("base_url", s.error_base_url),
            "provider_id" => ("provider_id", t.common.error_provider_id),
            other => (other, t.common.error_other),
        };
        form.refuse(field, message);
    }
}

fn to(page: &Page, provider: &str, what: &str) -> Response {
    let provider = in_url(provider);
    let target = format!("/{}/staff/systems?provider={provider}&{what}", page.lang);
    Redirect::to(&target).into_response()
}
