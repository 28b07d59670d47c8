//! One order for staff: its log, and the customer masked.

use kernel::{IdentityNumber, NetworkCode};
use privacy::{AccessEntry, OpenItem, SubjectId};
use service_kit::caller::Caller;

use super::error::OrdersError;
use super::order_answers::GivenAnswer;
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::customer::masked_name;
use crate::domain::order::Order;
use crate::domain::status::OrderStatus;
use crate::store::{order, order_log};

/// Lines of a log that are shown: the last ones.
pub const LOG_LINES_MAX: u64 = 500;

/// An order as staff see it.
#[derive(Clone, Debug)]
pub struct OrderView {
    /// Without its customer.
    pub order: Order,
    /// "A*** P***"; empty when erased.
    pub name_masked: String,
    /// "19900118-****"; empty when erased.
    pub identity_number_masked: String,
    /// The oldest first; the provider's messages opened.
    pub log: Vec<LogLine>,
    /// Personal ones masked.
    pub answers: Vec<GivenAnswer>,
    /// Where staff may move it now.
    pub staff_may: Vec<OrderStatus>,
}

/// A line of the log.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// As it is stored.
    pub row: order_log::Model,
    /// In the provider's words; none when it is no message, or nobody may read it, or the customer is erased.
    pub message: Option<String>,
}

/// How a provider's log names whoever of the network's staff did something.
const NETWORK: &str = "network";

impl LogLine {
    /// As a provider sees it: who of the network's staff did something is no matter of the provider.
    pub(super) fn hide_staff(&mut self) {
        if self.row.actor.starts_with("staff:") {
            NETWORK.clone_into(&mut self.row.actor);
        }
    }
}

impl From<order_log::Model> for LogLine {
    /// Unopened.
    fn from(row: order_log::Model) -> Self {
        Self { row, message: None }
    }
}

impl Orders {
    /// Reads an order. The reading is logged when anything of the customer was opened: also masked, and also a provider's
    /// message, which is free text and may name the customer, whatever was asked of the provider.
    pub async fn get_order(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        id: OrderId,
    ) -> Result<OrderView, OrdersError> {
        let work = self.outbox.begin().await?;
        let row = order::find(work.tx(), network, id)
            .await?
            .ok_or(OrdersError::OrderNotFound)?;
        let name = self
            .open(&row, "customer_name", row.customer_name.as_deref())
            .await?;
        let number = self
            .open(&row, "identity_number", row.identity_number.as_deref())
            .await?;
        let log = order_log::list(work.tx(), network.as_str(), row.id, LOG_LINES_MAX).await?;
        let log = self.open_messages(log, |_| true).await?;
        let mut fields = Vec::new();
        fields.extend(name.is_some().then_some("customer_name_masked"));
        fields.extend(number.is_some().then_some("identity_number_masked"));
        let said = log.iter().any(|line| line.message.is_some());
        fields.extend(said.then_some("message"));
        // Of who is erased or restricted nothing is shown.
        let answers = match &name {
            Some(_) => self.masked_answers(work.tx(), &row).await?,
            None => Vec::new(),
        };
        let told: Vec<String> = answers.iter().map(GivenAnswer::logged).collect();
        fields.extend(told.iter().map(String::as_str));
        if fields.is_empty() {
            work.rollback().await?;
        } else {
            let purpose = caller.purpose.as_deref().unwrap_or("order handling");
            self.log_reading(&work, network, (caller, purpose), &row, &fields)
                .await?;
            work.commit().await?;
        }
        let today = self.today();
        let masked = |number: String| {
            IdentityNumber::parse(&number, today)
                .ok()
                .map(|number| number.masked())
        };
        let order = row.to_domain()?;
        Ok(OrderView {
            staff_may: self.staff_may(&order),
            order,
            name_masked: name.as_deref().map(masked_name).unwrap_or_default(),
            identity_number_masked: number.and_then(masked).unwrap_or_default(),
            log,
            answers,
        })
    }

    /// One own order of a provider, without personal data.
    pub async fn get_provider_order(&self, desk: &Desk, id: OrderId) -> Result<Order, OrdersError> {
        let reader = self.outbox.database().reader();
        Ok(self.own_order(&reader, desk, id).await?.to_domain()?)
    }

    /// Opens one sealed column of an order; nothing when the customer is erased or restricted.
    pub(crate) async fn open(
        &self,
        row: &order::Model,
        column: &str,
        sealed: Option<&[u8]>,
    ) -> Result<Option<String>, OrdersError> {
        let (Some(subject), Some(sealed)) = (row.subject_id, sealed) else {
            return Ok(None);
        };
        let subject = SubjectId::from_uuid(subject);
        Ok(self
            .privacy
            .open(subject, order::TABLE, column, row.id, sealed)
            .await?)
    }

    /// Opens the messages of these lines that `may_read` lets through.
    pub(super) async fn open_messages(
        &self,
        rows: Vec<order_log::Model>,
        may_read: impl Fn(&order_log::Model) -> bool,
    ) -> Result<Vec<LogLine>, OrdersError> {
        let mut lines: Vec<LogLine> = rows.into_iter().map(LogLine::from).collect();
        for LogLine { row, message } in lines.iter_mut().filter(|line| may_read(&line.row)) {
            let (Some(subject), Some(sealed)) = (row.subject_id, row.message.as_deref()) else {
                continue;
            };
            let item = OpenItem {
                subject: SubjectId::from_uuid(subject),
                table: order_log::TABLE,
                column: "message",
                row_id: row.id,
                sealed,
            };
            *message = self.privacy.open_many(&[item]).await?.pop().flatten();
        }
        Ok(lines)
    }

    /// That the caller reads these fields of an order, and why. One whose customer is erased tells nobody's data.
    pub(super) async fn log_reading(
        &self,
        work: &messaging::Work,
        network: &NetworkCode,
        (caller, purpose): (&Caller, &str),
        row: &order::Model,
        fields: &[&str],
    ) -> Result<(), OrdersError> {
        let Some(subject) = row.subject_id else {
            return Ok(());
        };
        let entry = AccessEntry {
            network: network.clone(),
            caller,
            purpose: purpose.to_owned(),
            subject: SubjectId::from_uuid(subject),
            record: format!("order:{}", row.id),
            fields,
        };
        Ok(self.privacy.log_access(work.tx(), entry).await?)
    }
}
