//! Providers' systems that the network calls: which there are, entering one, trying it, removing it after a question.

use api::orders::ProviderSystem;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use service_kit::error as kit;

use super::system_form::{self, Tick};
use super::system_pull::{self, PullView};
use super::webhook_deliveries::{failure, in_url};
use crate::app::contracts::{self, Partner};
use crate::app::session::SignedIn;
use crate::app::systems;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::Part;
use crate::state::Gateway;

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
    let request = system_form::asked(&staff, &fields);
    let provider = fields.text("provider_id");
    let Err(status) = systems::put(&gateway.services, &staff, request).await else {
        return Ok(to(&page, &provider, "saved=true"));
    };
    let mut form = system_form::keep(&fields);
    let violations = kit::violations_of(&status);
    if kit::reason_of(&status).as_deref() == Some("VERSION_CHANGED") {
        form.refuse("base_url", page.t.systems.stale);
    } else if violations.is_empty() {
        return Err(Part::Orders.failed()(status).into());
    }
    system_form::refuse(&mut form, page.t, &violations);
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
    let form = form.unwrap_or_else(|| system_form::filled(known, &query.provider));
    let status = form.status();
    let (works, tried) = tried(&query.tried, t);
    let html = SystemsPage {
        providers: contracts::providers(services, staff).await?,
        title: match known {
            Some(one) => fill(t.systems.edit_title, &one.provider_id),
            None => t.systems.new.to_owned(),
        },
        is_known: known.is_some(),
        functions: system_form::ticks(&form, t),
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

fn row(system: &ProviderSystem) -> Row {
    Row {
        provider: system.provider_id.clone(),
        url: system.base_url.clone(),
        version: system.api_version.clone(),
        functions: system.functions.join(", "),
        changed: view::time(system.changed_at.as_ref()),
    }
}

fn to(page: &Page, provider: &str, what: &str) -> Response {
    let provider = in_url(provider);
    let target = format!("/{}/staff/systems?provider={provider}&{what}", page.lang);
    Redirect::to(&target).into_response()
}
