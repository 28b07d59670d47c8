//! The requests of the network, nearest deadline first.

use api::common::PageRequest;
use api::rights::ListRequestsRequest;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};

use super::ListQuery;
use super::request_view::Summary;
use crate::http::guard::Staff;
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "compliance/requests.html")]
struct RequestsPage {
    page: Page,
    requests: Vec<Summary>,
    next: String,
}

/// `GET /{lang}/staff/requests`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let request = ListRequestsRequest {
        network: staff.network.to_string(),
        state: query.status,
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token: query.page,
        }),
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .list_requests(call(request))
        .await;
    let answer = answer.map_err(Part::Rights.failed())?.into_inner();
    let now = gateway.directory.clock.now();
    let requests = answer
        .requests
        .into_iter()
        .map(|request| Summary::of(request, now, page.t))
        .collect();
    let html = RequestsPage {
        page,
        requests,
        next: answer.next_page_token,
    };
    Ok(Html(html.render()?).into_response())
}
