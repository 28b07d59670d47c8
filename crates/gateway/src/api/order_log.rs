//! The log across the network's orders. What providers and staff wrote is not in it: it is read with its order.

use api::common::PageRequest;
use api::orders::{FoundLogEntry, ListNetworkLogRequest, ListNetworkLogResponse};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures::stream;
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bearer::{Allowed, Orders as OrdersGate};
use super::convert::{Paging, time};
use super::problem::Problem;
use super::spreadsheet::{NotWritten, harmless, lines};
use crate::app::office;
use crate::app::session::SignedIn;
use crate::services::Failure;
use crate::state::Gateway;

/// The headings of the file.
const HEADINGS: [&str; 8] = [
    "at",
    "orderNumber",
    "orderId",
    "providerId",
    "kind",
    "actor",
    "text",
    "details",
];
/// Lines of the file that are asked for at once.
const FILE_PAGE: u32 = 200;
/// Between the details of a line, in their cell.
const DETAILS: &str = " ";

/// Which lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// From then on.
    from: Option<DateTime<Utc>>,
    /// Until just before then.
    until: Option<DateTime<Utc>>,
    /// "HAM-000123"; empty: all.
    order_number: String,
    /// "placed", "status", "disclosed", "mailed", "message", "reminded", "escalated", "handover"; empty: all.
    kind: String,
    /// Exactly this one: "customer", "provider:nordbredband"; empty: all.
    actor: String,
    provider_id: String,
}

/// A line of the log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkLogLine {
    at: Option<DateTime<Utc>>,
    order_number: String,
    order_id: String,
    provider_id: String,
    kind: String,
    actor: String,
    /// In English; empty of a message.
    text: String,
    /// What `text` says, as codes.
    details: Vec<String>,
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkLog {
    lines: Vec<NetworkLogLine>,
    next_page_token: String,
}

/// The log across the network's orders, the newest line first.
#[utoipa::path(get, path = "/api/v1/order-log", tag = "orders", params(LogQuery, Paging), security(("session" = [])),
    responses((status = 200, body = NetworkLog), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<OrdersGate>,
    Query(query): Query<LogQuery>,
    Query(paging): Query<Paging>,
) -> Result<Json<NetworkLog>, Problem> {
    let wanted = query.wanted(paging.request());
    let found = office::log(&gateway.services, &staff, wanted).await?;
    Ok(Json(NetworkLog {
        lines: found.lines.into_iter().map(NetworkLogLine::from).collect(),
        next_page_token: found.next_page_token,
    }))
}

/// The same as a file, written while it is read.
#[utoipa::path(get, path = "/api/v1/order-log.csv", tag = "orders", params(LogQuery), security(("session" = [])),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn file(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<OrdersGate>,
    Query(query): Query<LogQuery>,
) -> Result<Response, Problem> {
    let wanted = query.wanted(PageRequest {
        page_size: FILE_PAGE,
        page_token: String::new(),
    });
    // Whatever is refused is refused before the first byte.
    let first = office::log(&gateway.services, &staff, wanted.clone()).await?;
    let export = Export {
        gateway,
        staff,
        wanted,
        next: Next::First(first),
    };
    let body = Body::from_stream(stream::try_unfold(export, Export::piece));
    let head = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        ),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"order-log.csv\"",
        ),
    ];
    Ok((head, body).into_response())
}

/// A file on its way: one page in memory, and nothing held of the orders service between two.
struct Export {
    gateway: Gateway,
    staff: SignedIn,
    wanted: ListNetworkLogRequest,
    next: Next,
}

enum Next {
    First(ListNetworkLogResponse),
    Page(String),
    End,
}

/// Why a file ends in the middle: the connection is closed, so that half a file never looks like a whole one.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error("a page could not be read")]
    NotRead(#[source] Box<tonic::Status>),
    #[error(transparent)]
    NotWritten(#[from] NotWritten),
}

impl Export {
    async fn piece(mut self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        let (headings, page) = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Ok(None),
            Next::First(page) => (Some(HEADINGS.map(str::to_owned).into()), page),
            Next::Page(token) => (None, self.page(token).await?),
        };
        let rows = headings
            .into_iter()
            .chain(page.lines.into_iter().map(cells));
        let written = lines(b',', rows)?;
        if !page.next_page_token.is_empty() {
            self.next = Next::Page(page.next_page_token);
        }
        Ok(Some((Bytes::from(written), self)))
    }

    async fn page(&self, page_token: String) -> Result<ListNetworkLogResponse, BrokenOff> {
        let wanted = ListNetworkLogRequest {
            page: Some(PageRequest {
                page_size: FILE_PAGE,
                page_token,
            }),
            ..self.wanted.clone()
        };
        let page = office::log(&self.gateway.services, &self.staff, wanted).await;
        page.map_err(|Failure { status, .. }| {
            tracing::warn!(rpc.code = ?status.code(), "an order log was broken off");
            BrokenOff::NotRead(Box::new(status))
        })
    }
}

fn cells(found: FoundLogEntry) -> Vec<String> {
    let line = NetworkLogLine::from(found);
    let at = line
        .at
        .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
    vec![
        at.unwrap_or_default(),
        harmless(&line.order_number),
        harmless(&line.order_id),
        harmless(&line.provider_id),
        harmless(&line.kind),
        harmless(&line.actor),
        harmless(&line.text),
        harmless(&line.details.join(DETAILS)),
    ]
}

impl LogQuery {
    fn wanted(self, page: PageRequest) -> ListNetworkLogRequest {
        let moment = |at: DateTime<Utc>| Timestamp {
            seconds: at.timestamp(),
            nanos: at.timestamp_subsec_nanos().cast_signed(),
        };
        ListNetworkLogRequest {
            network: String::new(),
            from: self.from.map(moment),
            until: self.until.map(moment),
            order_number: self.order_number,
            kind: self.kind,
            actor: self.actor,
            provider_id: self.provider_id,
            page: Some(page),
        }
    }
}

impl From<FoundLogEntry> for NetworkLogLine {
    fn from(found: FoundLogEntry) -> Self {
        let entry = found.entry.unwrap_or_default();
        Self {
            at: time(entry.at.as_ref()),
            order_number: found.order_number,
            order_id: found.order_id,
            provider_id: found.provider_id,
            kind: entry.kind,
            actor: entry.actor,
            text: entry.text,
            details: entry.details,
        }
    }
}
