//! Endpoints of providers' systems: which there are, and turning one off after a question.

use api::orders::WebhookEndpoint;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::contracts::{self, Partner};
use crate::app::webhooks::{self, Whose};
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

/// Whose endpoints, or which one.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct EndpointQuery {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    disabled: bool,
}

struct Row {
    name: String,
    url: String,
    kinds: String,
    state: &'static str,
    active: bool,
    since: String,
    changed: String,
}

#[derive(Template)]
#[template(path = "staff/webhooks.html")]
struct EndpointsPage {
    page: Page,
    providers: Vec<Partner>,
    provider: String,
    title: String,
    endpoints: Vec<Row>,
    disabled: bool,
}

#[derive(Template)]
#[template(path = "staff/webhook_disable.html")]
struct DisablePage {
    page: Page,
    provider: String,
    name: String,
    url: String,
}

/// `GET /{lang}/staff/webhooks`: the providers, and the endpoints of one.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<EndpointQuery>,
) -> Result<Response, WebError> {
    let providers = contracts::providers(&gateway.services, &staff).await?;
    let endpoints = if query.provider.is_empty() {
        Vec::new()
    } else {
        webhooks::endpoints(&gateway.services, &staff, &query.provider).await?
    };
    let html = EndpointsPage {
        providers,
        title: fill(page.t.webhooks.endpoints_of, &query.provider),
        provider: query.provider,
        endpoints: endpoints
            .into_iter()
            .map(|endpoint| Row::of(endpoint, page.t))
            .collect(),
        disabled: query.disabled,
        page,
    };
    Ok(Html(html.render()?).into_response())
}

/// `GET /{lang}/staff/webhooks/disable`: asks.
pub async fn ask(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<EndpointQuery>,
) -> Result<Response, WebError> {
    let all = webhooks::endpoints(&gateway.services, &staff, &query.provider).await?;
    let endpoint = all.into_iter().find(|one| one.name == query.name);
    let endpoint = endpoint.ok_or(WebError::NotFound)?;
    if !endpoint.active {
        return Err(WebError::Conflict);
    }
    let html = DisablePage {
        page,
        provider: query.provider,
        name: endpoint.name,
        url: endpoint.url,
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /{lang}/staff/webhooks/disable`: does it.
pub async fn disable(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let whose = Whose {
        provider: fields.text("provider"),
        name: fields.text("name"),
    };
    webhooks::disable(&gateway.services, &staff, &whose).await?;
    let provider = super::webhook_deliveries::in_url(&whose.provider);
    let target = format!(
        "/{}/staff/webhooks?provider={provider}&disabled=true",
        page.lang
    );
    Ok(Redirect::to(&target).into_response())
}

impl Row {
    fn of(endpoint: WebhookEndpoint, t: &Texts) -> Self {
        let words = &t.webhooks;
        let state = match (endpoint.active, endpoint.disabled_reason.as_str()) {
            (true, _) => words.state_active,
            (false, "gone") => words.state_gone,
            (false, "failing") => words.state_failing,
            (false, "network") => words.state_network,
            (false, _) => words.state_inactive,
        };
        Self {
            state,
            active: endpoint.active,
            since: view::time(endpoint.disabled_at.as_ref()),
            changed: view::time(endpoint.changed_at.as_ref()),
            kinds: endpoint.kinds.join(", "),
            name: endpoint.name,
            url: endpoint.url,
        }
    }
}
