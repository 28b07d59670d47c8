//! Counts of the network's orders as a table.

use api::orders::{OrderStatus, ReportGroup, ReportInterval, ReportOrdersResponse, ReportRow};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use chrono::{Datelike as _, Months, NaiveDate};
use http::StatusCode;
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};

use super::contracts::today;
use crate::app::office::{self, ReportWanted};
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

/// Months that are shown when nothing is asked, this one included.
const MONTHS: u32 = 12;

/// What is asked; what is left out is the last year by month and provider.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StatisticsQuery {
    from: String,
    until: String,
    interval: String,
    group: Option<String>,
}

struct Choice {
    value: &'static str,
    name: &'static str,
    chosen: bool,
}

struct Row {
    first_day: String,
    group: String,
    counts: [i64; 5],
    times: [String; 4],
}

#[derive(Template)]
#[template(path = "staff/statistics.html")]
struct StatisticsPage {
    page: Page,
    from: String,
    until: String,
    interval: &'static str,
    group: &'static str,
    intervals: Vec<Choice>,
    groups: Vec<Choice>,
    /// Whether what was asked can be counted.
    right: bool,
    rows: Vec<Row>,
    totals: Vec<Row>,
}

/// `GET /{lang}/staff/statistics`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<StatisticsQuery>,
) -> Result<Response, WebError> {
    let day = today(&gateway);
    let or = |text: String, usual: NaiveDate| match text.as_str() {
        "" => usual.to_string(),
        _ => text,
    };
    let (interval, group_by) = (interval(&query.interval), group(query.group.as_deref()));
    let wanted = ReportWanted {
        from: or(query.from, a_year_before(day)),
        until: or(query.until, day),
        interval,
        group_by,
    };
    let (from, until) = (wanted.from.clone(), wanted.until.clone());
    let (right, found) = match office::report(&gateway.services, &staff, wanted).await {
        Ok(found) => (true, found),
        Err(failure) if kit::kind_of(&failure.status) == ErrorKind::Invalid => {
            (false, ReportOrdersResponse::default())
        }
        Err(failure) => return Err(failure.into()),
    };
    let t = page.t;
    let rows = |rows: Vec<ReportRow>| -> Vec<Row> {
        let rows = rows.into_iter();
        rows.map(|row| Row::of(row, group_by, t)).collect()
    };
    let html = StatisticsPage {
        rows: rows(found.rows),
        totals: rows(found.totals),
        interval: interval_word(interval),
        group: group_word(group_by),
        intervals: intervals(interval, t),
        groups: groups(group_by, t),
        page,
        from,
        until,
        right,
    };
    let status = if right {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, Html(html.render()?)).into_response())
}

fn a_year_before(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).unwrap_or(day);
    first
        .checked_sub_months(Months::new(MONTHS - 1))
        .unwrap_or(first)
}

fn interval(word: &str) -> ReportInterval {
    match word {
        "DAY" => ReportInterval::Day,
        "WEEK" => ReportInterval::Week,
        _ => ReportInterval::Month,
    }
}

fn interval_word(interval: ReportInterval) -> &'static str {
    match interval {
        ReportInterval::Day => "DAY",
        ReportInterval::Week => "WEEK",
        ReportInterval::Month | ReportInterval::Unspecified => "MONTH",
    }
}

fn group(word: Option<&str>) -> ReportGroup {
    match word {
        None | Some("PROVIDER") => ReportGroup::Provider,
        Some("SERVICE") => ReportGroup::Service,
        Some("STATE") => ReportGroup::State,
        Some(_) => ReportGroup::Unspecified,
    }
}

fn group_word(group: ReportGroup) -> &'static str {
    match group {
        ReportGroup::Provider => "PROVIDER",
        ReportGroup::Service => "SERVICE",
        ReportGroup::State => "STATE",
        ReportGroup::Unspecified => "",
    }
}

fn intervals(chosen: ReportInterval, t: &Texts) -> Vec<Choice> {
    let o = &t.office;
    let all = [
        (ReportInterval::Day, o.day),
        (ReportInterval::Week, o.week),
        (ReportInterval::Month, o.month),
    ];
    let choice = |(interval, name)| Choice {
        value: interval_word(interval),
        name,
        chosen: interval == chosen,
    };
    all.map(choice).into()
}

fn groups(chosen: ReportGroup, t: &Texts) -> Vec<Choice> {
    let o = &t.office;
    let all = [
        (ReportGroup::Unspecified, o.group_nothing),
        (ReportGroup::Provider, o.group_provider),
        (ReportGroup::Service, o.group_service),
        (ReportGroup::State, o.group_state),
    ];
    let choice = |(group, name)| Choice {
        value: group_word(group),
        name,
        chosen: group == chosen,
    };
    all.map(choice).into()
}

impl Row {
    fn of(row: ReportRow, group_by: ReportGroup, t: &Texts) -> Self {
        let group = match group_by {
            ReportGroup::State => {
                let name = format!("ORDER_STATUS_{}", row.group.to_ascii_uppercase());
                let status = OrderStatus::from_str_name(&name);
                status.map_or(row.group, |status| view::order_status(status, t).to_owned())
            }
            _ => row.group,
        };
        let times = [
            row.fetch_median_s,
            row.fetch_p90_s,
            row.deliver_median_s,
            row.deliver_p90_s,
        ];
        Self {
            first_day: row.first_day,
            group,
            counts: [
                row.placed,
                row.fetched,
                row.delivered,
                row.cancelled,
                row.withdrawn,
            ],
            times: times.map(hours),
        }
    }
}

/// "26:05"; nothing when nothing came so far.
fn hours(seconds: Option<i64>) -> String {
    let minutes = seconds.map(|seconds| seconds / 60);
    minutes
        .map(|minutes| format!("{}:{:02}", minutes / 60, minutes % 60))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn times_are_hours_and_minutes() {
        assert_eq!(hours(Some(26 * 3_600 + 5 * 60 + 59)), "26:05");
        assert_eq!(hours(Some(59)), "0:00");
        assert_eq!(hours(None), "");
    }

    #[test]
    fn a_year_begins_with_a_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(a_year_before(day("2026-11-22")), day("2025-12-01"));
        assert_eq!(a_year_before(day("2028-02-29")), day("2027-03-01"));
    }
}
