//! The log across orders, for the network and for a provider: what happened when to which order. Nothing is opened: what a provider
//! or the staff wrote is read with its order, where the reading is logged.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use uuid::Uuid;

use super::error::OrdersError;
use super::get_order::LogLine;
use super::paging::{cut, page_size};
use super::{Desk, Orders};
use crate::domain::number::OrderNumber;
use crate::store::order_log::{self, Wanted};
use crate::store::provider_orders;

/// Which lines are asked for.
#[derive(Clone, Debug, Default)]
pub struct LogAsked {
    /// From then on.
    pub from: Option<DateTime<Utc>>,
    /// Until just before then.
    pub until: Option<DateTime<Utc>>,
    /// Of this order: "HAM-000123".
    pub order_number: Option<String>,
    /// Of this kind: "status".
    pub kind: Option<String>,
    /// By exactly this one: "staff:…", "provider:…", "customer", "service:orders".
    pub actor: Option<String>,
    /// Of orders of this provider.
    pub provider: Option<ProviderId>,
    /// The line that the page before ended with.
    pub after: Option<Uuid>,
    /// Lines of a page; 0 is the usual.
    pub size: u64,
}

/// A line with the count of its order.
#[derive(Clone, Debug)]
pub struct FoundLine {
    /// Unopened.
    pub line: LogLine,
    /// Of the order, within the network.
    pub number: i64,
}

/// One page.
#[derive(Clone, Debug)]
pub struct LogFound {
    /// The newest first.
    pub lines: Vec<FoundLine>,
    /// The line to go on after; none on the last page.
    pub next_after: Option<Uuid>,
}

impl Orders {
    /// One page of the log of a network's orders.
    ///
    /// # Errors
    /// [`OrdersError::OrderNotFound`] when there is no order of that number; [`OrdersError::Invalid`] when `after` is no line of the
    /// network; the database fails.
    pub async fn search_log(
        &self,
        network: &NetworkCode,
        asked: LogAsked,
    ) -> Result<LogFound, OrdersError> {
        let reader = self.outbox.database().reader();
        let order = match count_of(network, &asked)? {
            None => None,
            Some(count) => {
                let found = provider_orders::numbered(&reader, network, count).await?;
                Some(found.ok_or(OrdersError::OrderNotFound)?.id)
            }
        };
        self.find_lines(network, order, asked).await
    }

    /// One page of the log of a provider's own orders.
    ///
    /// # Errors
    /// As [`Orders::search_log`]; another provider's order is not there, and neither is a line of one.
    pub async fn search_own_log(
        &self,
        desk: &Desk,
        asked: LogAsked,
    ) -> Result<LogFound, OrdersError> {
        let reader = self.outbox.database().reader();
        let order = match count_of(&desk.network, &asked)? {
            None => None,
            Some(count) => Some(self.own_numbered(&reader, desk, count).await?.id),
        };
        let own = LogAsked {
            provider: Some(desk.provider.clone()),
            actor: None,
            ..asked
        };
        let mut found = self.find_lines(&desk.network, order, own).await?;
        for found in &mut found.lines {
            found.line.hide_staff();
        }
        Ok(found)
    }

    async fn find_lines(
        &self,
        network: &NetworkCode,
        order: Option<Uuid>,
        asked: LogAsked,
    ) -> Result<LogFound, OrdersError> {
        let (reader, size) = (self.outbox.database().reader(), page_size(asked.size));
        let wanted = Wanted {
            from: asked.from,
            until: asked.until,
            order,
            kind: asked.kind,
            actor: asked.actor,
            provider: asked.provider.map(|provider| provider.to_string()),
        };
        let after = match asked.after {
            None => None,
            Some(line) => {
                let found = order_log::find_line(&reader, network.as_str(), line).await?;
                let found = found.filter(|line| {
                    let of = wanted.provider.as_ref();
                    of.is_none_or(|provider| *provider == line.provider_id)
                });
                Some(found.ok_or_else(OrdersError::wrong_page_token)?)
            }
        };
        let after = after.as_ref();
        let rows = order_log::search(&reader, network.as_str(), &wanted, after, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let next_after = rows.last().map(|line| line.id).filter(|_| more);
        let ids = rows.iter().map(|line| line.order_id).collect();
        let numbers: BTreeMap<Uuid, i64> = order_log::numbers(&reader, network.as_str(), ids)
            .await?
            .into_iter()
            .collect();
        let found = |row: order_log::Model| FoundLine {
            number: numbers.get(&row.order_id).copied().unwrap_or_default(),
            line: row.into(),
        };
        let lines = rows.into_iter().map(found).collect();
        Ok(LogFound { lines, next_after })
    }
}

/// The count of the order that is asked for, if one is.
fn count_of(network: &NetworkCode, asked: &LogAsked) -> Result<Option<i64>, OrdersError> {
    let Some(number) = &asked.order_number else {
        return Ok(None);
    };
    let count = OrderNumber::count_in(network, number);
    count.map(Some).ok_or(OrdersError::OrderNotFound)
}
