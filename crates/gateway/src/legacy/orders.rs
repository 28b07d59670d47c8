//! The service guide's order API for providers (market-database.md §3.1–3.3): a provider's system takes its orders from new
//! to delivered.

mod lookup;
mod messages;
mod reading;
mod refusals;
mod shapes;
mod since;
mod status;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};

use super::answer::{Answer, Form};
use super::door::{self, Call, LOGIN};
use super::refusals::bad;
use crate::app::api_login::Api;
use crate::http::client_address::ClientAddress;
use crate::state::Gateway;

const ORDERS: &str = "orders";
/// The outermost element of the answers of [`ORDERS`], unlike the others'.
const ORDERS_ROOT: &str = "serviceguide";
const ORDER_INFO: &str = "order_info";
const ORDER_LOG: &str = "order_log";
const CUSTOMER_INFO: &str = "customer_info";
const CUSTOMERS: &str = "customers";
const SET_STATUS: &str = "set_status";
const ADD_MESSAGE: &str = "add_message";

/// Every call.
pub async fn serve(
    State(gateway): State<Gateway>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Response {
    let (params, form) = match door::read(&gateway, from, request).await {
        Ok(read) => read,
        Err(answer) => return answer.said(Form::Xml).into_response(),
    };
    let call = Call {
        gateway,
        api: Api::Orders,
        from,
        params,
    };
    let answer = match call.params.text("method") {
        LOGIN => call.login().await,
        ORDERS => call.signed_in(ORDERS_ROOT, reading::orders).await,
        ORDER_INFO => call.signed_in(ORDER_INFO, reading::order_info).await,
        ORDER_LOG => call.signed_in(ORDER_LOG, messages::order_log).await,
        CUSTOMER_INFO => call.signed_in(CUSTOMER_INFO, reading::customer_info).await,
        CUSTOMERS => call.signed_in(CUSTOMERS, reading::customers).await,
        SET_STATUS => call.signed_in(SET_STATUS, status::set_status).await,
        ADD_MESSAGE => call.signed_in(ADD_MESSAGE, messages::add_message).await,
        "" => bad(Answer::NO_METHOD, "The parameter method is missing"),
        _ => bad(Answer::NO_METHOD, "There is no such method"),
    };
    answer.said(form).into_response()
}
