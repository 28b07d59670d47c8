//! Statistics of orders: the orders that were placed in each period, and what has become of them by now. No personal data.

use api::orders::{ReportGroup, ReportInterval, ReportRow as PbRow};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bearer::{Allowed, Orders as OrdersGate};
use super::problem::Problem;
use super::spreadsheet::{harmless, lines};
use crate::app::office::{self, ReportWanted};
use crate::pages::error::WebError;
use crate::state::Gateway;

/// The headings of the file.
const HEADINGS: [&str; 11] = [
    "firstDay",
    "group",
    "placed",
    "fetched",
    "delivered",
    "cancelled",
    "withdrawn",
    "fetchMedianSeconds",
    "fetchP90Seconds",
    "deliverMedianSeconds",
    "deliverP90Seconds",
];

/// What is to be counted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The first day, ISO 8601, by Swedish clocks.
    from: String,
    /// The last day, included; at most 400 periods after the first.
    until: String,
    /// "DAY", "WEEK" (from Monday) or "MONTH".
    interval: String,
    /// "PROVIDER", "SERVICE" or "STATE"; empty: nothing is told apart.
    group_by: String,
}

/// The orders of one group that were placed in one period. Times are in seconds since the order was placed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportRow {
    /// Of the period; empty in totals.
    first_day: String,
    group: String,
    placed: i64,
    /// Received by the provider, or its personal data fetched.
    fetched: i64,
    delivered: i64,
    cancelled: i64,
    withdrawn: i64,
    fetch_median_seconds: Option<i64>,
    fetch_p90_seconds: Option<i64>,
    deliver_median_seconds: Option<i64>,
    deliver_p90_seconds: Option<i64>,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub struct Report {
    /// By period, then by group; a period without orders has no row.
    rows: Vec<ReportRow>,
    /// Over all periods, by group.
    totals: Vec<ReportRow>,
}

/// Counts of the network's orders.
#[utoipa::path(get, path = "/api/v1/statistics", tag = "orders", params(ReportQuery), security(("session" = [])),
    responses((status = 200, body = Report), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn report(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<OrdersGate>,
    Query(query): Query<ReportQuery>,
) -> Result<Json<Report>, Problem> {
    let found = office::report(&gateway.services, &staff, query.wanted()?).await?;
    Ok(Json(Report {
        rows: found.rows.into_iter().map(ReportRow::from).collect(),
        totals: found.totals.into_iter().map(ReportRow::from).collect(),
    }))
}

/// The same as a file. The totals come last, without a first day.
#[utoipa::path(get, path = "/api/v1/statistics.csv", tag = "orders", params(ReportQuery), security(("session" = [])),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn file(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<OrdersGate>,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    let found = office::report(&gateway.services, &staff, query.wanted()?).await?;
    let headings = HEADINGS.map(str::to_owned).into();
    let rows = found.rows.into_iter().chain(found.totals).map(cells);
    let written = lines(b',', std::iter::once(headings).chain(rows));
    let written = written.map_err(|error| Problem::from(WebError::internal(&error)))?;
    let head = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        ),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"statistics.csv\"",
        ),
    ];
    Ok((head, written).into_response())
}

fn cells(row: PbRow) -> Vec<String> {
    let time = |seconds: Option<i64>| seconds.map(|s| s.to_string()).unwrap_or_default();
    vec![
        row.first_day,
        harmless(&row.group),
        row.placed.to_string(),
        row.fetched.to_string(),
        row.delivered.to_string(),
        row.cancelled.to_string(),
        row.withdrawn.to_string(),
        time(row.fetch_median_s),
        time(row.fetch_p90_s),
        time(row.deliver_median_s),
        time(row.deliver_p90_s),
    ]
}

/// A field of the query, and its rule that was broken.
struct Wrong(&'static str, &'static str);

impl From<Wrong> for Problem {
    fn from(Wrong(field, rule): Wrong) -> Self {
        Self::field(field, rule)
    }
}

impl ReportQuery {
    fn wanted(self) -> Result<ReportWanted, Wrong> {
        let interval = ReportInterval::from_str_name(&format!("REPORT_INTERVAL_{}", self.interval))
            .ok_or(Wrong("interval", "DAY, WEEK or MONTH"))?;
        let group_by = match self.group_by.as_str() {
            "" => ReportGroup::Unspecified,
            word => ReportGroup::from_str_name(&format!("REPORT_GROUP_{word}"))
                .ok_or(Wrong("groupBy", "PROVIDER, SERVICE or STATE"))?,
        };
        Ok(ReportWanted {
            from: self.from,
            until: self.until,
            interval,
            group_by,
        })
    }
}

impl From<PbRow> for ReportRow {
    fn from(row: PbRow) -> Self {
        Self {
            first_day: row.first_day,
            group: row.group,
            placed: row.placed,
            fetched: row.fetched,
            delivered: row.delivered,
            cancelled: row.cancelled,
            withdrawn: row.withdrawn,
            fetch_median_seconds: row.fetch_median_s,
            fetch_p90_seconds: row.fetch_p90_s,
            deliver_median_seconds: row.deliver_median_s,
            deliver_p90_seconds: row.deliver_p90_s,
        }
    }
}
