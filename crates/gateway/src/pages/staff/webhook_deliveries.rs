//! What was sent to an endpoint of a provider's system, and sending one of it again.

use api::orders::{WebhookDelivery, WebhookDeliveryState};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::webhooks::{self, Whose};
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

const STATES: [WebhookDeliveryState; 3] = [
    WebhookDeliveryState::Waiting,
    WebhookDeliveryState::Delivered,
    WebhookDeliveryState::GivenUp,
];

/// Which deliveries.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct DeliveryQuery {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    state: i32,
    #[serde(default)]
    page: String,
    #[serde(default)]
    resent: bool,
}

struct Row {
    id: String,
    event: String,
    object: String,
    at: String,
    state: &'static str,
    tone: &'static str,
    attempts: u32,
    answer: String,
    next_attempt: String,
    finished: String,
}

struct Choice {
    value: i32,
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "staff/webhook_deliveries.html")]
struct DeliveriesPage {
    page: Page,
    title: String,
    provider: String,
    name: String,
    deliveries: Vec<Row>,
    states: Vec<Choice>,
    state: i32,
    next: String,
    resent: bool,
}

/// `GET /{lang}/staff/webhooks/deliveries`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<DeliveryQuery>,
) -> Result<Response, WebError> {
    let whose = Whose {
        provider: query.provider,
        name: query.name,
    };
    let (services, state) = (&gateway.services, query.state);
    let found = webhooks::deliveries(services, &staff, &whose, state, query.page).await?;
    let t = page.t;
    let choice = |of: WebhookDeliveryState| Choice {
        value: of.into(),
        name: state_words(of, t).0,
        chosen: i32::from(of) == state,
    };
    let rows = found.deliveries.into_iter();
    let html = DeliveriesPage {
        title: fill(t.webhooks.deliveries_of, &whose.name),
        provider: whose.provider,
        name: whose.name,
        deliveries: rows.map(|delivery| Row::of(delivery, t)).collect(),
        states: STATES.map(choice).into(),
        state,
        next: found.next_page_token,
        resent: query.resent,
        page,
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /{lang}/staff/webhooks/deliveries`: sends one again.
pub async fn resend(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let (provider, name) = (fields.text("provider"), fields.text("name"));
    let id = fields.text("webhook_id");
    webhooks::resend(&gateway.services, &staff, &provider, id).await?;
    let (provider, name) = (in_url(&provider), in_url(&name));
    let target = format!(
        "/{}/staff/webhooks/deliveries?provider={provider}&name={name}&resent=true",
        page.lang
    );
    Ok(Redirect::to(&target).into_response())
}

/// A value of a query.
pub(super) fn in_url(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

fn state_words(state: WebhookDeliveryState, t: &Texts) -> (&'static str, &'static str) {
    let words = &t.webhooks;
    match state {
        WebhookDeliveryState::Waiting => (words.waiting, "warn"),
        WebhookDeliveryState::Delivered => (words.delivered, "good"),
        WebhookDeliveryState::GivenUp => (words.given_up, "bad"),
        WebhookDeliveryState::Unspecified => (words.unknown, ""),
    }
}

/// The last answer in words, with its status if there was one.
fn answer(delivery: &WebhookDelivery, t: &Texts) -> String {
    let said = match delivery.last_failure.as_str() {
        "" => String::new(),
        word => failure(word, t),
    };
    match delivery.last_status {
        0 => said,
        status => format!("{status} {said}").trim_end().to_owned(),
    }
}

/// Why a call to a provider's system failed, in words.
pub(super) fn failure(word: &str, t: &Texts) -> String {
    let (words, systems) = (&t.webhooks, &t.systems);
    let known = match word {
        "status" => words.failure_status,
        "timed_out" => words.failure_timed_out,
        "unreachable" => words.failure_unreachable,
        "not_https" | "address_refused" => words.failure_refused,
        "left_alone" | "busy" => words.failure_open,
        "certificate" => words.failure_certificate,
        "answer_too_long" => words.failure_too_long,
        "broken" | "broken_off" => systems.failure_broken,
        "credential" => systems.failure_credential,
        "no_credential" => systems.failure_no_credential,
        "no_function" => systems.failure_no_function,
        "answer_unreadable" | "not_json" | "not_products" => systems.failure_unreadable,
        "nothing_valid" => systems.failure_nothing_valid,
        "restricted" => systems.failure_restricted,
        "refused" => systems.failure_refused,
        other => return fill(words.failure_other, other),
    };
    known.to_owned()
}

impl Row {
    fn of(delivery: WebhookDelivery, t: &Texts) -> Self {
        let (state, tone) = state_words(delivery.state(), t);
        Self {
            state,
            tone,
            answer: answer(&delivery, t),
            at: view::time(delivery.at.as_ref()),
            next_attempt: view::time(delivery.next_attempt_at.as_ref()),
            finished: view::time(delivery.finished_at.as_ref()),
            attempts: delivery.attempts,
            id: delivery.webhook_id,
            event: delivery.kind,
            object: delivery.object_id,
        }
    }
}
