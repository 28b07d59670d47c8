//! The two files, and whether the reader has the one that there is.

use api::registry::{GetContractRequest, MarketContract, StreamAccessesRequest};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use tonic::Status;
use utoipa::IntoParams;

use super::body;
use super::caller::{Market, Refused};
use super::since::under_another_contract;
use super::table::Table;
use crate::api::convert::time;
use crate::api::problem::Problem;
use crate::app::market_pages::MarketPages;
use crate::limits;
use crate::onapi::since::{Since, just_before, last_modified, seen_before};
use crate::pages::error::WebError;
use crate::services::call;
use crate::state::Gateway;

/// How a file is to be written.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// "utf-8", which it is when nothing is said. There is no other: whether all letters of a file fit another set is known
    /// only at its end.
    #[serde(default)]
    charset: String,
}

/// A kind of file.
struct Kind {
    separator: u8,
    content_type: &'static str,
    disposition: &'static str,
}

const CSV: Kind = Kind {
    separator: b',',
    content_type: "text/csv; charset=utf-8; header=present",
    disposition: "attachment; filename=\"accesses.csv\"",
};
const TXT: Kind = Kind {
    separator: b'\t',
    content_type: "text/tab-separated-values; charset=utf-8",
    disposition: "attachment; filename=\"accesses.txt\"",
};

/// The accesses of the provider's contract as a file, separated by commas (RFC 4180).
#[utoipa::path(get, path = "/api/v1/market/accesses.csv", tag = "market", params(Wanted),
    security(("provider" = []), ("session" = [])),
    responses((status = 200, content_type = "text/csv", body = String), (status = 304), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 429, body = Problem)))]
pub async fn csv(
    state: State<Gateway>,
    market: Market,
    since: Since,
    wanted: Query<Wanted>,
) -> Result<Response, Refused> {
    file(&CSV, &state, market, since, &wanted).await
}

/// The same, separated by tabulators.
#[utoipa::path(get, path = "/api/v1/market/accesses.txt", tag = "market", params(Wanted),
    security(("provider" = []), ("session" = [])),
    responses((status = 200, content_type = "text/tab-separated-values", body = String), (status = 304),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 429, body = Problem)))]
pub async fn txt(
    state: State<Gateway>,
    market: Market,
    since: Since,
    wanted: Query<Wanted>,
) -> Result<Response, Refused> {
    file(&TXT, &state, market, since, &wanted).await
}

async fn file(
    kind: &Kind,
    gateway: &Gateway,
    mut market: Market,
    Since(since): Since,
    wanted: &Wanted,
) -> Result<Response, Refused> {
    if !wanted.charset.is_empty() && !wanted.charset.eq_ignore_ascii_case("utf-8") {
        return Err(Problem::field("charset", "must be utf-8, or left out").into());
    }
    let now = gateway.directory.clock.now();
    let contract = contract_of(&mut market).await?;
    let share = gateway.files.take(&contract.contract_id);
    let share = share.ok_or_else(too_many)?;
    if let Some(since) = since
        && !under_another_contract(&contract, since)
        && !changed_since(&mut market, since).await?
    {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let everything = StreamAccessesRequest::default();
    let opened = MarketPages::open(&mut market.registry, everything).await;
    let opened = opened.map_err(|status| market.refused(status))?;
    let mut pages = opened.ok_or_else(|| Problem::from(WebError::Conflict))?;
    let first = pages
        .next()
        .await
        .map_err(|status| market.refused(status))?;
    // The registry cuts by the contract that it found at the opening: the headings must be of the same.
    if contract_of(&mut market).await? != contract {
        return Err(Problem::from(WebError::Conflict).into());
    }
    let as_of = first.as_ref().and_then(|page| time(page.as_of.as_ref()));
    let table = Table::new(&contract.columns, kind.separator);
    let mut response = body::body(table, first, pages, share).into_response();
    head(response.headers_mut(), kind, as_of, now);
    Ok(response)
}

fn too_many() -> Problem {
    let detail = "as many files of accesses are being read as may be at the same time";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_FILES", detail)
}

fn head(headers: &mut HeaderMap, kind: &Kind, as_of: Option<DateTime<Utc>>, now: DateTime<Utc>) {
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(kind.content_type),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static(kind.disposition),
    );
    let seen = as_of.map(|as_of| seen_before(as_of, now, limits::on_api_settled()));
    if let Some(value) = seen.and_then(last_modified) {
        headers.insert(header::LAST_MODIFIED, value);
    }
}

async fn contract_of(market: &mut Market) -> Result<MarketContract, Refused> {
    let answer = market.registry.get_contract(call(GetContractRequest {}));
    let answer = answer.await.map_err(|status| market.refused(status))?;
    let missing = || market.refused(Status::internal("no contract in the answer"));
    answer.into_inner().contract.ok_or_else(missing)
}

/// Whether anything that the provider may see has changed; also when the registry does not know any more.
async fn changed_since(market: &mut Market, since: DateTime<Utc>) -> Result<bool, Refused> {
    let request = StreamAccessesRequest {
        modified_since: Some(just_before(since)),
        ..StreamAccessesRequest::default()
    };
    let opened = MarketPages::open(&mut market.registry, request).await;
    let Some(mut pages) = opened.map_err(|status| market.refused(status))? else {
        return Ok(true);
    };
    while let Some(page) = pages.next().await.map_err(|s| market.refused(s))? {
        if !page.changes.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
