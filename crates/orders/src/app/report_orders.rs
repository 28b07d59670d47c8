//! Statistics of orders, without personal data: counts of providers' orders, and how long they took.
//!
//! What is counted are the orders that were *placed* in a period, and what has become of them by now. A small count names nobody: it
//! is of a provider, a service or a state, never of a place or a person, and so no cell is hidden.

use chrono::NaiveDate;
use kernel::{NetworkCode, ProviderId};

use super::Orders;
use super::error::OrdersError;
use crate::domain::report::{GroupBy, Interval, PERIODS_MAX, Period, periods};
use crate::store::report::{self, Cell};

/// Rows of one report at most: what one answer holds.
pub const ROWS_MAX: usize = 10_000;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct ReportAsked {
    /// The first day, by Swedish clocks.
    pub from: NaiveDate,
    /// The last day, included.
    pub until: NaiveDate,
    /// How long a period is.
    pub interval: Interval,
    /// What is told apart.
    pub group_by: GroupBy,
}

/// What was counted.
#[derive(Clone, Debug)]
pub struct Report {
    /// By period, and in it by group. A period without orders has no row.
    pub rows: Vec<(NaiveDate, Cell)>,
    /// The same over all periods: its medians are not those of the rows.
    pub totals: Vec<Cell>,
}

impl Orders {
    /// Counts the orders of a network, or of one provider in it.
    ///
    /// # Errors
    /// There are too many periods or rows, or the database fails.
    pub async fn report_orders(
        &self,
        network: &NetworkCode,
        of: Option<&ProviderId>,
        asked: ReportAsked,
    ) -> Result<Report, OrdersError> {
        let ReportAsked { from, until, .. } = asked;
        let Some(periods) = periods(from, until, asked.interval) else {
            let rule = format!("not before from, and at most {PERIODS_MAX} periods after it");
            return Err(OrdersError::invalid("until", &rule));
        };
        let reader = self.outbox.database().reader();
        let limit = ROWS_MAX as u64 + 1;
        let mut rows = Vec::new();
        for period in &periods {
            let counted =
                report::count(&reader, network, of, (*period, asked.group_by), limit).await?;
            rows.extend(counted.into_iter().map(|cell| (period.day, cell)));
            if rows.len() > ROWS_MAX {
                let rule = format!("fewer periods or groups: at most {ROWS_MAX} rows");
                return Err(OrdersError::invalid("group_by", &rule));
            }
        }
        let whole = Period {
            day: from,
            from: periods[0].from,
            until: periods[periods.len() - 1].until,
        };
        let totals = report::count(&reader, network, of, (whole, asked.group_by), limit).await?;
        Ok(Report { rows, totals })
    }
}
