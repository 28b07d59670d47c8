//! Orders for staff: the list without persons, one order with its log and a masked person.

use api::common::PageRequest;
use api::orders::{GetOrderRequest, GivenAnswer, ListOrdersRequest, Order, OrderStatus, Unfetched};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::order_end::OrderEnd;
use crate::http::guard::Staff;
use crate::i18n::{Lang, Texts};
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::order_log::Line;
use crate::pages::page::Page;
use crate::pages::price::PriceWords;
use crate::pages::public::question;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

struct Row {
    id: String,
    number: String,
    offering: String,
    service: String,
    provider: String,
    access: String,
    status: &'static str,
    placed: String,
    changed: String,
    wanted: String,
    price: Option<PriceWords>,
    erased: bool,
    /// That nobody has received it for so long; empty when it does not wait so.
    waits: &'static str,
}

/// What the customer answered; personal answers masked.
struct Told {
    label: String,
    value: String,
}

struct Choice {
    value: i32,
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "staff/orders.html")]
struct OrdersPage {
    page: Page,
    orders: Vec<Row>,
    statuses: Vec<Choice>,
    status: i32,
    waits: Vec<Choice>,
    unfetched: i32,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/order.html")]
struct OrderPage {
    page: Page,
    o: Row,
    customer: String,
    identity: String,
    answers: Vec<Told>,
    log: Vec<Line>,
    ends: Vec<&'static OrderEnd>,
}

const STATUSES: [OrderStatus; 7] = [
    OrderStatus::New,
    OrderStatus::Received,
    OrderStatus::Active,
    OrderStatus::Waiting,
    OrderStatus::Delivered,
    OrderStatus::Cancelled,
    OrderStatus::Withdrawn,
];

/// Which orders are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct OrdersQuery {
    #[serde(default)]
    page: String,
    #[serde(default)]
    status: i32,
    #[serde(default)]
    unfetched: i32,
}

/// `GET /{lang}/staff/orders`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<OrdersQuery>,
) -> Result<Response, WebError> {
    let request = ListOrdersRequest {
        network: staff.network.to_string(),
        status: query.status,
        provider_id: String::new(),
        unfetched: query.unfetched,
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token: query.page,
        }),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .list_orders(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    let (t, lang) = (page.t, page.lang);
    let choice = |status: OrderStatus| Choice {
        value: status.into(),
        name: view::order_status(status, t),
        chosen: i32::from(status) == query.status,
    };
    let waits = [Unfetched::Reminded, Unfetched::Escalated].map(|unfetched| Choice {
        value: unfetched.into(),
        name: waiting(unfetched, t),
        chosen: i32::from(unfetched) == query.unfetched,
    });
    let html = OrdersPage {
        page,
        orders: answer
            .orders
            .into_iter()
            .map(|order| Row::of(order, lang))
            .collect(),
        statuses: STATUSES.map(choice).into(),
        status: query.status,
        waits: waits.into(),
        unfetched: query.unfetched,
        next: answer.next_page_token,
    };
    Ok(Html(html.render()?).into_response())
}

/// `GET /{lang}/staff/orders/{id}`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let request = GetOrderRequest {
        network: staff.network.to_string(),
        order_id: id,
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .get_order(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    let ends = OrderEnd::among(answer.staff_may());
    let log = answer.log.into_iter().map(|entry| Line::of(entry, page.t));
    let log = log.collect();
    let answers = answer.answers.into_iter();
    let answers = answers.map(|given| Told::of(given, page.lang)).collect();
    let html = OrderPage {
        o: Row::of(answer.order.ok_or(WebError::NotFound)?, page.lang),
        page,
        customer: answer.customer_name_masked,
        identity: answer.identity_number_masked,
        answers,
        log,
        ends,
    };
    Ok(Html(html.render()?).into_response())
}

impl Told {
    fn of(given: GivenAnswer, lang: Lang) -> Self {
        let label = question::words(given.label.as_ref(), lang);
        let words = question::words(given.value_label.as_ref(), lang);
        Self {
            label,
            value: if words.is_empty() { given.value } else { words },
        }
    }
}

fn waiting(unfetched: Unfetched, t: &Texts) -> &'static str {
    match unfetched {
        Unfetched::Reminded => t.staff.order_unfetched,
        Unfetched::Escalated => t.staff.order_escalated,
        Unfetched::Unspecified => "",
    }
}

/// How long it has waited for its provider, so far.
fn unfetched(order: &Order) -> Unfetched {
    match (order.status(), &order.escalated_at, order.reminders) {
        (OrderStatus::New, Some(_), _) => Unfetched::Escalated,
        (OrderStatus::New, None, 1..) => Unfetched::Reminded,
        _ => Unfetched::Unspecified,
    }
}

impl Row {
    fn of(order: Order, lang: Lang) -> Self {
        let t = lang.texts();
        Self {
            price: order
                .price
                .as_ref()
                .map(|price| PriceWords::of(price, lang)),
            status: view::order_status(order.status(), t),
            waits: waiting(unfetched(&order), t),
            placed: view::time(order.placed_at.as_ref()),
            changed: view::time(order.changed_at.as_ref()),
            id: order.order_id,
            number: order.order_number,
            offering: order.offering_name,
            service: order.service,
            provider: order.provider_id,
            access: order.access_id,
            wanted: order.requested_date,
            erased: order.erased,
        }
    }
}
