//! The page after an order. Its address is the sealed receipt itself: opaque, ours, and soon worthless; no row is kept.

use api::orders::PlaceOrderResponse;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::keys::Sealed;
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::message;
use crate::pages::page::{Page, Visit};
use crate::state::Gateway;

#[derive(Serialize, Deserialize)]
struct Receipt {
    orders: Vec<Placed>,
    expires_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Placed {
    number: String,
    offering: String,
    /// Of the link by which the order is followed.
    follow: String,
}

#[derive(Template)]
#[template(path = "public/receipt.html")]
struct ReceiptPage {
    page: Page,
    orders: Vec<Placed>,
}

/// The receipt as it stands in the address, of orders with the names of their offerings.
pub fn seal(
    gateway: &Gateway,
    placed: impl Iterator<Item = (PlaceOrderResponse, String)>,
) -> String {
    let order = |(placed, offering): (PlaceOrderResponse, String)| Placed {
        number: placed.order_number,
        offering,
        follow: placed.follow_token,
    };
    let receipt = Receipt {
        orders: placed.map(order).collect(),
        expires_at: gateway.directory.clock.now() + limits::receipt(),
    };
    gateway.directory.keys.seal_text(Sealed::Receipt, &receipt)
}

/// `GET /{lang}/receipt/{receipt}`.
pub async fn page(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path(sealed): Path<String>,
) -> Result<Response, WebError> {
    let receipt: Option<Receipt> = gateway.directory.keys.open_text(Sealed::Receipt, &sealed);
    let page = visit.page;
    let valid = receipt.filter(|receipt| receipt.expires_at > gateway.directory.clock.now());
    if let Some(Receipt { orders, .. }) = valid {
        let html = ReceiptPage { page, orders };
        return Ok(Html(html.render()?).into_response());
    }
    let (title, text) = (page.t.public.not_found_title, page.t.public.receipt_gone);
    message::say(page, http::StatusCode::NOT_FOUND, title, text)
}
