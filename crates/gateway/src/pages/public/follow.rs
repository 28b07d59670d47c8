//! The customer's own page of an order, by the link of its mail: how it goes, and how to end it. GET changes nothing: mail
//! scanners open links. An end is asked for on a page of its own and confirmed there, as the function for withdrawal must be
//! (Directive 2011/83/EU, article 11a).

use api::orders::{EndOrderRequest, FollowOrderRequest, FollowOrderResponse, OrderStatus};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use service_kit::error::{self as kit, ErrorKind};

use crate::i18n::fill;
use crate::pages::error::WebError;
use crate::pages::message;
use crate::pages::order_log::Line;
use crate::pages::page::{Page, Visit};
use crate::pages::price::PriceWords;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

#[derive(Template)]
#[template(path = "public/follow.html")]
struct FollowPage {
    page: Page,
    token: String,
    order: Followed,
}

#[derive(Template)]
#[template(path = "public/follow_end.html")]
struct EndPage {
    page: Page,
    token: String,
    end: &'static End,
    order: Followed,
}

/// An order in words.
struct Followed {
    number: String,
    offering: String,
    provider: String,
    status: &'static str,
    placed: String,
    wanted: String,
    price: Option<PriceWords>,
    log: Vec<Line>,
    may_cancel: bool,
    /// The last day; empty when not any more.
    withdraw_until: String,
    withdraw_lead: String,
}

/// How an order is ended.
struct End {
    /// In the address.
    word: &'static str,
    status: OrderStatus,
}

static ENDS: [End; 2] = [
    End {
        word: "cancel",
        status: OrderStatus::Cancelled,
    },
    End {
        word: "withdraw",
        status: OrderStatus::Withdrawn,
    },
];

impl End {
    fn is_withdrawal(&self) -> bool {
        self.status == OrderStatus::Withdrawn
    }

    fn is_open(&self, order: &Followed) -> bool {
        if self.is_withdrawal() {
            !order.withdraw_until.is_empty()
        } else {
            order.may_cancel
        }
    }
}

impl Followed {
    fn of(answer: FollowOrderResponse, page: &Page) -> Self {
        let order = answer.order.unwrap_or_default();
        let t = page.t;
        Self {
            status: view::order_status(order.status(), t),
            placed: view::time(order.placed_at.as_ref()),
            number: order.order_number,
            offering: order.offering_name,
            provider: answer.provider_name,
            wanted: order.requested_date,
            price: order.price.map(|price| PriceWords::of(&price, page.lang)),
            log: answer
                .log
                .into_iter()
                .map(|entry| Line::of(entry, t))
                .collect(),
            may_cancel: answer.may_cancel,
            withdraw_lead: fill(t.public.follow_withdraw_until, &answer.withdraw_until),
            withdraw_until: answer.withdraw_until,
        }
    }
}

/// `GET /{lang}/follow/{token}`.
pub async fn page(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    let Some(order) = followed(&gateway, &visit, &token).await? else {
        return gone(visit.page);
    };
    let page = visit.page;
    Ok(Html(FollowPage { page, token, order }.render()?).into_response())
}

/// `GET /{lang}/follow/{token}/{end}`: asks whether it is meant.
pub async fn ask(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path((token, word)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let end = end_of(&word)?;
    let Some(order) = followed(&gateway, &visit, &token).await? else {
        return gone(visit.page);
    };
    if !end.is_open(&order) {
        return Ok(back(&visit.page, &token));
    }
    let html = EndPage {
        page: visit.page,
        token,
        end,
        order,
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /{lang}/follow/{token}/{end}`: it is meant. Who comes too late sees on the order's page how it stands.
pub async fn end(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path((token, word)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let request = EndOrderRequest {
        network: visit.network.code.to_string(),
        token: token.clone(),
        status: end_of(&word)?.status.into(),
        language: visit.page.lang.code().to_owned(),
    };
    let answer = gateway
        .services
        .orders(&visitor(&visit.network.code))
        .end_order(call(request))
        .await;
    match answer {
        Ok(_) => Ok(back(&visit.page, &token)),
        Err(status) => match kit::kind_of(&status) {
            ErrorKind::Precondition => Ok(back(&visit.page, &token)),
            ErrorKind::NotFound => gone(visit.page),
            _ => Err(Part::Orders.failed()(status).into()),
        },
    }
}

fn end_of(word: &str) -> Result<&'static End, WebError> {
    let end = ENDS.iter().find(|end| end.word == word);
    end.ok_or(WebError::NotFound)
}

fn back(page: &Page, token: &str) -> Response {
    Redirect::to(&format!("/{}/follow/{token}", page.lang)).into_response()
}

/// The order of a link, if the link is good.
async fn followed(
    gateway: &Gateway,
    visit: &Visit,
    token: &str,
) -> Result<Option<Followed>, WebError> {
    let request = FollowOrderRequest {
        network: visit.network.code.to_string(),
        token: token.to_owned(),
    };
    let answer = gateway
        .services
        .orders(&visitor(&visit.network.code))
        .follow_order(call(request))
        .await;
    match answer {
        Ok(answer) => Ok(Some(Followed::of(answer.into_inner(), &visit.page))),
        Err(status) if kit::kind_of(&status) == ErrorKind::NotFound => Ok(None),
        Err(status) => Err(Part::Orders.failed()(status).into()),
    }
}

fn gone(page: Page) -> Result<Response, WebError> {
    let (title, text) = (page.t.public.not_found_title, page.t.public.follow_gone);
    message::say(page, StatusCode::NOT_FOUND, title, text)
}
