//! Between the wire's words and ours, for reports and for the log across orders.

use api as pb;
use chrono::NaiveDate;
use kernel::{NetworkCode, ProviderId};
use uuid::Uuid;

use super::translate::{self, invalid};
use crate::app::error::OrdersError;
use crate::app::report_orders::{Report, ReportAsked};
use crate::app::search_log::{FoundLine, LogAsked, LogFound};
use crate::domain::number::OrderNumber;
use crate::domain::report::{GroupBy, Interval};
use crate::store::report::Cell;

/// What a report is asked over.
pub(super) fn report_in(
    (from, until): (&str, &str),
    interval: i32,
    group_by: i32,
) -> Result<ReportAsked, OrdersError> {
    Ok(ReportAsked {
        from: day_in("from", from)?,
        until: day_in("until", until)?,
        interval: interval_in(interval)?,
        group_by: group_in(group_by)?,
    })
}

fn day_in(field: &str, text: &str) -> Result<NaiveDate, OrdersError> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| invalid(field, text, "a day, as in 2026-11-22"))
}

fn interval_in(number: i32) -> Result<Interval, OrdersError> {
    match pb::orders::ReportInterval::try_from(number) {
        Ok(pb::orders::ReportInterval::Day) => Ok(Interval::Day),
        Ok(pb::orders::ReportInterval::Week) => Ok(Interval::Week),
        Ok(pb::orders::ReportInterval::Month) => Ok(Interval::Month),
        Ok(pb::orders::ReportInterval::Unspecified) | Err(_) => Err(invalid(
            "interval",
            &number.to_string(),
            "a length of periods",
        )),
    }
}

fn group_in(number: i32) -> Result<GroupBy, OrdersError> {
    match pb::orders::ReportGroup::try_from(number) {
        Ok(pb::orders::ReportGroup::Unspecified) => Ok(GroupBy::Nothing),
        Ok(pb::orders::ReportGroup::Provider) => Ok(GroupBy::Provider),
        Ok(pb::orders::ReportGroup::Service) => Ok(GroupBy::Service),
        Ok(pb::orders::ReportGroup::State) => Ok(GroupBy::State),
        Err(_) => Err(invalid("group_by", &number.to_string(), "a kind of groups")),
    }
}

/// The rows, and the totals.
pub(super) fn report_out(
    report: Report,
) -> (Vec<pb::orders::ReportRow>, Vec<pb::orders::ReportRow>) {
    let rows = report.rows.into_iter();
    let rows = rows.map(|(day, cell)| row_out(day.to_string(), cell));
    let totals = report.totals.into_iter();
    let totals = totals.map(|cell| row_out(String::new(), cell));
    (rows.collect(), totals.collect())
}

fn row_out(first_day: String, cell: Cell) -> pb::orders::ReportRow {
    pb::orders::ReportRow {
        first_day,
        group: cell.grouped,
        placed: cell.placed,
        fetched: cell.fetched,
        delivered: cell.delivered,
        cancelled: cell.cancelled,
        withdrawn: cell.withdrawn,
        fetch_median_s: cell.fetch_median_s,
        fetch_p90_s: cell.fetch_p90_s,
        deliver_median_s: cell.deliver_median_s,
        deliver_p90_s: cell.deliver_p90_s,
    }
}

/// Which lines staff ask for.
pub(super) fn network_log_in(
    asked: &pb::orders::ListNetworkLogRequest,
) -> Result<LogAsked, OrdersError> {
    let provider = Some(asked.provider_id.as_str()).filter(|id| !id.is_empty());
    let provider = provider
        .map(|id| ProviderId::parse(id).map_err(|error| invalid("provider_id", id, error.rule)));
    Ok(LogAsked {
        provider: provider.transpose()?,
        actor: worded(&asked.actor),
        ..log_in(
            (asked.from, asked.until),
            &asked.order_number,
            &asked.kind,
            asked.page.clone(),
        )?
    })
}

/// Which lines a provider asks for; its own are all that there is.
pub(super) fn own_log_in(asked: &pb::orders::ListOwnLogRequest) -> Result<LogAsked, OrdersError> {
    log_in(
        (asked.from, asked.until),
        &asked.order_number,
        &asked.kind,
        asked.page.clone(),
    )
}

fn log_in(
    (from, until): (
        Option<prost_types::Timestamp>,
        Option<prost_types::Timestamp>,
    ),
    order_number: &str,
    kind: &str,
    page: Option<pb::common::PageRequest>,
) -> Result<LogAsked, OrdersError> {
    let time = |field, at: Option<prost_types::Timestamp>| {
        at.map(|at| translate::time_in(field, Some(at))).transpose()
    };
    let (after, size): (Option<Uuid>, u64) = translate::page_in(page)?;
    Ok(LogAsked {
        from: time("from", from)?,
        until: time("until", until)?,
        order_number: worded(order_number),
        kind: worded(kind),
        actor: None,
        provider: None,
        after,
        size,
    })
}

fn worded(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// The lines of a page, and the token of the next.
pub(super) fn log_found_out(
    network: &NetworkCode,
    found: LogFound,
) -> (Vec<pb::orders::FoundLogEntry>, String) {
    let line = |FoundLine { line, number }: FoundLine| pb::orders::FoundLogEntry {
        order_id: line.row.order_id.to_string(),
        order_number: OrderNumber::new(network.clone(), number).to_string(),
        provider_id: line.row.provider_id.clone(),
        entry: Some(translate::log_out(line)),
    };
    let next = found.next_after.map(|id| id.to_string());
    let lines = found.lines.into_iter().map(line).collect();
    (lines, next.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_and_nothing_else() {
        for wrong in ["", "2026-13-01", "20261122", "2026-11-22T00:00:00Z"] {
            assert!(day_in("from", wrong).is_err(), "{wrong}");
        }
        assert!(day_in("from", "2026-11-22").is_ok());
    }
}
