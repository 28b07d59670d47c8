//! Staff end an order: asked first, done then, and only from the state that they have seen.

use api::orders::{GetOrderRequest, GetOrderResponse, MoveOrderRequest, OrderStatus};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use service_kit::error::{self as kit, ErrorKind};

use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

/// How staff end an order.
#[derive(Debug)]
pub struct OrderEnd {
    /// In the address.
    pub word: &'static str,
    status: OrderStatus,
}

static ENDS: [OrderEnd; 2] = [
    OrderEnd {
        word: "cancel",
        status: OrderStatus::Cancelled,
    },
    OrderEnd {
        word: "withdraw",
        status: OrderStatus::Withdrawn,
    },
];

#[derive(Template)]
#[template(path = "staff/order_end.html")]
struct EndPage {
    page: Page,
    form: Form,
    end: &'static OrderEnd,
    id: String,
    number: String,
    offering: String,
    provider: String,
    status: &'static str,
    /// The state that is asked about, as the contract numbers it.
    expected: i32,
    /// Whether it can still be ended so.
    open: bool,
    /// That somebody else was first; empty when nobody was.
    moved: String,
}

impl OrderEnd {
    /// Those of these states that are ends by staff.
    pub fn among(states: impl Iterator<Item = OrderStatus>) -> Vec<&'static Self> {
        let states: Vec<OrderStatus> = states.collect();
        let ends = ENDS.iter().filter(|end| states.contains(&end.status));
        ends.collect()
    }

    fn is_withdrawal(&self) -> bool {
        self.status == OrderStatus::Withdrawn
    }

    /// What it does.
    pub fn title(&self, t: &Texts) -> &'static str {
        if self.is_withdrawal() {
            t.staff.order_withdraw
        } else {
            t.staff.order_cancel
        }
    }

    /// What it means.
    pub fn question(&self, t: &Texts) -> &'static str {
        if self.is_withdrawal() {
            t.staff.order_withdraw_ask
        } else {
            t.staff.order_cancel_ask
        }
    }
}

/// `GET /{lang}/staff/orders/{id}/end/{word}`: asks.
pub async fn ask(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path((id, word)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let end = end_of(&word)?;
    let seen = order(&gateway, &staff, id).await?;
    let html = EndPage::of(page, end, seen, Form::default())?;
    if html.open {
        Ok(Html(html.render()?).into_response())
    } else {
        Err(WebError::Conflict)
    }
}

/// `POST /{lang}/staff/orders/{id}/end/{word}`: does it. Who comes second sees how the order stands, and is asked anew.
pub async fn end(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path((id, word)): Path<(String, String)>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let end = end_of(&word)?;
    let reason = fields.text("reason");
    let request = MoveOrderRequest {
        network: staff.network.to_string(),
        order_id: id.clone(),
        expected: fields
            .text("expected")
            .parse()
            .map_err(|_| WebError::BadRequest)?,
        status: end.status.into(),
        reason: reason.clone(),
    };
    let mut orders = gateway.services.orders(&staff.caller());
    let Err(refused) = orders.move_order(call(request)).await else {
        let target = format!("/{}/staff/orders/{id}", page.lang);
        return Ok(Redirect::to(&target).into_response());
    };
    let mut form = Form::default();
    form.set("reason", &reason);
    let kind = kit::kind_of(&refused);
    if kind == ErrorKind::Invalid {
        form.refuse("reason", page.t.staff.order_reason_wrong);
    } else if !matches!(kind, ErrorKind::Conflict | ErrorKind::Precondition) {
        return Err(Part::Orders.failed()(refused).into());
    }
    let seen = order(&gateway, &staff, id).await?;
    let mut html = EndPage::of(page, end, seen, form)?;
    let status = if kind == ErrorKind::Invalid {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        html.moved = fill(html.page.t.staff.order_moved, html.status);
        StatusCode::CONFLICT
    };
    Ok((status, Html(html.render()?)).into_response())
}

impl EndPage {
    fn of(
        page: Page,
        end: &'static OrderEnd,
        seen: GetOrderResponse,
        form: Form,
    ) -> Result<Self, WebError> {
        let open = seen.staff_may().any(|may| may == end.status);
        let order = seen.order.ok_or(WebError::NotFound)?;
        Ok(Self {
            status: view::order_status(order.status(), page.t),
            expected: order.status,
            id: order.order_id,
            number: order.order_number,
            offering: order.offering_name,
            provider: order.provider_id,
            moved: String::new(),
            page,
            form,
            end,
            open,
        })
    }
}

fn end_of(word: &str) -> Result<&'static OrderEnd, WebError> {
    let end = ENDS.iter().find(|end| end.word == word);
    end.ok_or(WebError::NotFound)
}

async fn order(
    gateway: &Gateway,
    staff: &SignedIn,
    id: String,
) -> Result<GetOrderResponse, WebError> {
    let request = GetOrderRequest {
        network: staff.network.to_string(),
        order_id: id,
    };
    let mut orders = gateway.services.orders(&staff.caller());
    let answer = orders.get_order(call(request)).await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}
