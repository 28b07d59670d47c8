//! Providers' technical orders at the network: the list and one of them, without anything of a person.

use api::orders::{TechnicalOperation, TechnicalOrder, TechnicalOrderState};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use kernel::AccessId;
use serde::Deserialize;

use crate::app::contracts::{self, Partner};
use crate::app::session::SignedIn;
use crate::app::technical::{self, Narrowed};
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

/// The states that a list can be narrowed to; none: those that are not done.
const STATES: [TechnicalOrderState; 4] = [
    TechnicalOrderState::Received,
    TechnicalOrderState::InProgress,
    TechnicalOrderState::DoneSuccess,
    TechnicalOrderState::DoneFailed,
];

/// What of the list is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct TechnicalQuery {
    #[serde(default)]
    state: i32,
    #[serde(default)]
    access: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    page: String,
}

/// Whether it has just been moved.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct MovedQuery {
    #[serde(default)]
    moved: bool,
}

/// One order as it is shown.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) operation: &'static str,
    pub(super) service: String,
    pub(super) access: String,
    subscription: String,
    customer_order: String,
    state: &'static str,
    tone: &'static str,
    message: String,
    came: String,
    changed: String,
    wanted: String,
    takeover: bool,
    /// That it was seen in.
    pub(super) version: i64,
    may_begin: bool,
    may_end: bool,
}

struct Choice {
    value: i32,
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "staff/technical_orders.html")]
struct ListPage {
    page: Page,
    orders: Vec<Row>,
    states: Vec<Choice>,
    providers: Vec<Partner>,
    form: Form,
    state: i32,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/technical_order.html")]
struct OrderPage {
    page: Page,
    o: Row,
    moved: bool,
    refused: &'static str,
}

/// `GET /{lang}/staff/technical-orders`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<TechnicalQuery>,
) -> Result<Response, WebError> {
    let mut form = Form::default();
    form.set("access", query.access.trim());
    form.set("provider", &query.provider);
    let access = form.value("access").to_owned();
    if !access.is_empty() && AccessId::parse(&access).is_err() {
        form.refuse("access", page.t.technical.error_access);
    }
    let narrowed = Narrowed {
        state: query.state,
        access,
        provider: query.provider,
    };
    let (orders, next) = if form.is_right() {
        let found = technical::list(&gateway.services, &staff, narrowed, query.page).await?;
        (found.orders, found.next_page_token)
    } else {
        (Vec::new(), String::new())
    };
    let t = page.t;
    let choice = |state: TechnicalOrderState| Choice {
        value: state.into(),
        name: state_words(state, t).0,
        chosen: i32::from(state) == query.state,
    };
    let status = form.status();
    let html = ListPage {
        orders: orders.into_iter().map(|order| Row::of(order, t)).collect(),
        states: STATES.map(choice).into(),
        providers: contracts::providers(&gateway.services, &staff).await?,
        form,
        state: query.state,
        next,
        page,
    };
    Ok((status, Html(html.render()?)).into_response())
}

/// `GET /{lang}/staff/technical-orders/{id}`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    Query(query): Query<MovedQuery>,
) -> Result<Response, WebError> {
    let o = find(&gateway, &staff, &page, &id).await?;
    let html = OrderPage {
        page,
        o,
        moved: query.moved,
        refused: "",
    };
    Ok(Html(html.render()?).into_response())
}

/// The order as it is now, and why it was not moved.
pub(super) async fn refused(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    id: &str,
    refused: &'static str,
) -> Result<Response, WebError> {
    let html = OrderPage {
        o: find(gateway, staff, &page, id).await?,
        page,
        moved: false,
        refused,
    };
    Ok((StatusCode::CONFLICT, Html(html.render()?)).into_response())
}

/// An order as it is now.
pub(super) async fn find(
    gateway: &Gateway,
    staff: &SignedIn,
    page: &Page,
    id: &str,
) -> Result<Row, WebError> {
    let order = technical::get(&gateway.services, staff, id).await?;
    Ok(Row::of(order, page.t))
}

fn state_words(state: TechnicalOrderState, t: &Texts) -> (&'static str, &'static str) {
    let words = &t.technical;
    match state {
        TechnicalOrderState::Received => (words.state_received, "warn"),
        TechnicalOrderState::InProgress => (words.state_in_progress, "warn"),
        TechnicalOrderState::DoneSuccess => (words.state_done_success, "good"),
        TechnicalOrderState::DoneFailed => (words.state_done_failed, "bad"),
        TechnicalOrderState::Unspecified => (words.state_unknown, ""),
    }
}

fn operation_words(operation: TechnicalOperation, t: &Texts) -> &'static str {
    let words = &t.technical;
    match operation {
        TechnicalOperation::Activate => words.operation_activate,
        TechnicalOperation::Deactivate => words.operation_deactivate,
        TechnicalOperation::Suspend => words.operation_suspend,
        TechnicalOperation::Resume => words.operation_resume,
        TechnicalOperation::Modify => words.operation_modify,
        TechnicalOperation::Change => words.operation_change,
        TechnicalOperation::Unspecified => words.state_unknown,
    }
}

impl Row {
    fn of(order: TechnicalOrder, t: &Texts) -> Self {
        let state = order.state();
        let is_received = state == TechnicalOrderState::Received;
        let (words, tone) = state_words(state, t);
        let asked = order.asked.unwrap_or_default();
        Self {
            operation: operation_words(asked.operation(), t),
            wanted: view::time(asked.requested_at.as_ref()),
            came: view::time(order.created_at.as_ref()),
            changed: view::time(order.changed_at.as_ref()),
            id: order.order_id,
            provider: order.provider_id,
            service: asked.service,
            access: asked.access_id,
            subscription: asked.subscription_id,
            customer_order: order.customer_order_id,
            state: words,
            tone,
            message: order.message,
            takeover: asked.forced_takeover,
            version: order.version,
            may_begin: is_received,
            may_end: is_received || state == TechnicalOrderState::InProgress,
        }
    }
}
