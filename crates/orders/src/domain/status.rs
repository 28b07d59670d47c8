//! Where an order is on its way, and who may move it where: one published table.

use std::fmt;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::swedish_time;

/// Days in which a consumer may withdraw from a distance contract for a service, counted from the day after the
/// agreement (distansavtalslagen 2005:59, 2 kap. 10 and 12 §§). Also after delivery.
pub const WITHDRAWAL_DAYS: u64 = 14;

/// The state of a guide order. Not to be confused with the provider's technical order at the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Placed; the provider has not said that it has it.
    New,
    /// The provider has it.
    Received,
    /// The provider works on it.
    Active,
    /// It waits for somebody or something.
    Waiting,
    /// The service works.
    Delivered,
    /// It will not be delivered.
    Cancelled,
    /// The customer used the right of withdrawal.
    Withdrawn,
}

/// Who moves an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The provider of the order.
    Provider,
    /// Staff of the network.
    Network,
    /// The customer, by the link of the order's mail.
    Customer,
}

impl Party {
    /// Where this party may move an order that is `from` now, withdrawal's days apart.
    pub fn may_move(self, from: OrderStatus) -> impl Iterator<Item = OrderStatus> {
        TRANSITIONS
            .iter()
            .filter(move |t| t.from == from && t.by.contains(&self))
            .map(|t| t.to)
    }
}

/// One allowed move.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// From where.
    pub from: OrderStatus,
    /// To where.
    pub to: OrderStatus,
    /// By whom.
    pub by: &'static [Party],
}

const PROVIDER: &[Party] = &[Party::Provider];
const BOTH: &[Party] = &[Party::Provider, Party::Network];
const ALL: &[Party] = &[Party::Provider, Party::Network, Party::Customer];

/// Every move that is allowed; what is not here is refused. A move to [`OrderStatus::Withdrawn`] is bound to
/// [`WITHDRAWAL_DAYS`] besides.
pub const TRANSITIONS: &[Transition] = &[
    allow(OrderStatus::New, OrderStatus::Received, PROVIDER),
    allow(OrderStatus::New, OrderStatus::Cancelled, ALL),
    allow(OrderStatus::New, OrderStatus::Withdrawn, ALL),
    allow(OrderStatus::Received, OrderStatus::Active, PROVIDER),
    allow(OrderStatus::Received, OrderStatus::Waiting, PROVIDER),
    allow(OrderStatus::Received, OrderStatus::Delivered, PROVIDER),
    allow(OrderStatus::Received, OrderStatus::Cancelled, BOTH),
    allow(OrderStatus::Received, OrderStatus::Withdrawn, ALL),
    allow(OrderStatus::Active, OrderStatus::Waiting, PROVIDER),
    allow(OrderStatus::Active, OrderStatus::Delivered, PROVIDER),
    allow(OrderStatus::Active, OrderStatus::Cancelled, BOTH),
    allow(OrderStatus::Active, OrderStatus::Withdrawn, ALL),
    allow(OrderStatus::Waiting, OrderStatus::Active, PROVIDER),
    allow(OrderStatus::Waiting, OrderStatus::Delivered, PROVIDER),
    allow(OrderStatus::Waiting, OrderStatus::Cancelled, BOTH),
    allow(OrderStatus::Waiting, OrderStatus::Withdrawn, ALL),
    allow(OrderStatus::Delivered, OrderStatus::Withdrawn, ALL),
];

const fn allow(from: OrderStatus, to: OrderStatus, by: &'static [Party]) -> Transition {
    Transition { from, to, by }
}

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The table has no such move for this party.
    #[error("an order that is {from} cannot become {to} by this party")]
    NotAllowed {
        /// The present state.
        from: OrderStatus,
        /// The wanted state.
        to: OrderStatus,
    },
    /// The right of withdrawal has ended.
    #[error("the {WITHDRAWAL_DAYS} days of withdrawal have passed")]
    WithdrawalOver,
}

impl OrderStatus {
    /// Every state, in the order of an order's life.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Received,
        Self::Active,
        Self::Waiting,
        Self::Delivered,
        Self::Cancelled,
        Self::Withdrawn,
    ];

    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Received => "received",
            Self::Active => "active",
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether the order is over: delivered, or given up. What is delivered may still be withdrawn from.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled | Self::Withdrawn)
    }

    /// Checks a move against the table and, for a withdrawal, against the days since the agreement.
    pub fn may_become(
        self,
        to: Self,
        by: Party,
        placed_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), TransitionError> {
        if !by.may_move(self).any(|allowed| allowed == to) {
            return Err(TransitionError::NotAllowed { from: self, to });
        }
        if to == Self::Withdrawn && withdrawal_is_over(placed_at, now) {
            return Err(TransitionError::WithdrawalOver);
        }
        Ok(())
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The last day on which the order may be withdrawn: the day of the agreement does not count, by Swedish clocks.
pub fn last_day_of_withdrawal(placed_at: DateTime<Utc>) -> NaiveDate {
    swedish_time::day(placed_at) + Days::new(WITHDRAWAL_DAYS)
}

/// The last day counts whole.
fn withdrawal_is_over(placed_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    swedish_time::day(now) > last_day_of_withdrawal(placed_at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;
    use chrono::{Duration, TimeZone as _};

    fn placed() -> DateTime<Utc> {
        // Half past midnight in Stockholm, the day before in UTC.
        Utc.with_ymd_and_hms(2026, 11, 1, 23, 30, 0).unwrap()
    }

    #[test]
    fn an_order_is_received_before_it_is_worked_on() {
        let now = placed() + Duration::hours(1);
        let new = OrderStatus::New;
        assert!(
            new.may_become(OrderStatus::Received, Party::Provider, placed(), now)
                .is_ok()
        );
        for to in [
            OrderStatus::Active,
            OrderStatus::Waiting,
            OrderStatus::Delivered,
            OrderStatus::New,
        ] {
            assert_eq!(
                new.may_become(to, Party::Provider, placed(), now),
                Err(TransitionError::NotAllowed { from: new, to })
            );
        }
    }

    #[test]
    fn the_network_cancels_and_withdraws_and_nothing_else() {
        for t in TRANSITIONS
            .iter()
            .filter(|t| t.by.contains(&Party::Network))
        {
            assert!(
                matches!(t.to, OrderStatus::Cancelled | OrderStatus::Withdrawn),
                "{t:?}"
            );
        }
    }

    #[test]
    fn the_customer_cancels_until_it_is_received_and_withdraws_in_time() {
        let may = |from| Party::Customer.may_move(from).collect::<Vec<_>>();
        let (cancelled, withdrawn) = (OrderStatus::Cancelled, OrderStatus::Withdrawn);
        assert_eq!(may(OrderStatus::New), [cancelled, withdrawn]);
        for from in [
            OrderStatus::Received,
            OrderStatus::Active,
            OrderStatus::Waiting,
            OrderStatus::Delivered,
        ] {
            assert_eq!(may(from), [withdrawn], "{from}");
        }
        assert!(may(cancelled).is_empty() && may(withdrawn).is_empty());
    }

    #[test]
    fn nothing_leaves_an_order_that_is_cancelled_or_withdrawn() {
        assert!(
            !TRANSITIONS
                .iter()
                .any(|t| matches!(t.from, OrderStatus::Cancelled | OrderStatus::Withdrawn))
        );
    }

    #[test]
    fn a_delivered_order_is_withdrawn_until_the_end_of_the_fourteenth_day() {
        let withdraw = |now| {
            OrderStatus::Delivered.may_become(
                OrderStatus::Withdrawn,
                Party::Provider,
                placed(),
                now,
            )
        };
        assert!(withdraw(Utc.with_ymd_and_hms(2026, 11, 16, 22, 59, 59).unwrap()).is_ok());
        assert_eq!(
            withdraw(Utc.with_ymd_and_hms(2026, 11, 16, 23, 0, 0).unwrap()),
            Err(TransitionError::WithdrawalOver)
        );
    }

    #[test]
    fn the_published_table_is_this_one() {
        let word = |by: &Party| match by {
            Party::Provider => "provider",
            Party::Network => "network",
            Party::Customer => "customer",
        };
        let row = |t: &Transition| {
            let by: Vec<_> = t.by.iter().map(word).collect();
            format!("| {} | {} | {} |", t.from, t.to, by.join(", "))
        };
        let page = include_str!("../../../../docs/orders.md");
        let published: Vec<_> = page
            .lines()
            .filter(|line| line.starts_with("| ") && !line.starts_with("| from"))
            .collect();
        let rows: Vec<_> = TRANSITIONS.iter().map(row).collect();
        assert_eq!(published, rows);
    }

    #[test]
    fn words_and_states_are_the_same_set() {
        for status in OrderStatus::ALL {
            assert_eq!(OrderStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(OrderStatus::parse("lost"), None);
    }
}
