//! Customer service looks for a caller by telephone number: the orders that were placed with it, a few of them, each reading
//! logged with its purpose (decision 17).

use kernel::{NetworkCode, Phone, Violation};
use privacy::{Identifier, SubjectId};
use service_kit::caller::Caller;

use super::Orders;
use super::error::OrdersError;
use crate::domain::order::Order;
use crate::store::order;

/// Orders of one number that are shown: a household has fewer.
pub const FOUND_MAX: usize = 20;

/// Orders of the persons of one number that are looked at: some of them were placed with another number.
const CANDIDATES_MAX: u64 = 200;

/// Characters of the purpose that a reading states.
const PURPOSE_CHARS_MAX: usize = 200;

/// The orders of a number.
#[derive(Clone, Debug)]
pub struct FoundOrders {
    /// Newest first.
    pub orders: Vec<Order>,
    /// There are more.
    pub more: bool,
}

impl Orders {
    /// The orders that were placed with this number.
    ///
    /// # Errors
    /// What is given is no number, no purpose is stated, or the database fails; then nobody has seen anything.
    pub async fn find_orders(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        phone: &str,
        purpose: &str,
    ) -> Result<FoundOrders, OrdersError> {
        let (phone, purpose) = stated(phone, purpose).map_err(OrdersError::Invalid)?;
        let work = self.outbox.begin().await?;
        let identifier = Identifier::Phone(phone.clone());
        let subjects = self.privacy.find(work.tx(), network, &identifier).await?;
        let subjects: Vec<_> = subjects.iter().map(SubjectId::as_uuid).collect();
        let rows = order::of_subjects(work.tx(), network, &subjects, CANDIDATES_MAX).await?;
        let (mut orders, mut more) = (Vec::new(), false);
        for row in &rows {
            let placed_with = self.open(row, "phone", row.phone.as_deref()).await?;
            let placed_with = placed_with.and_then(|text| Phone::parse(&text).ok());
            if placed_with.is_none_or(|other| other.canonical() != phone.canonical()) {
                continue;
            }
            more = orders.len() == FOUND_MAX;
            if more {
                break;
            }
            let fields = ["phone", "access_id"];
            self.log_reading(&work, network, (caller, purpose), row, &fields)
                .await?;
            orders.push(row.to_domain()?);
        }
        work.commit().await?;
        Ok(FoundOrders { orders, more })
    }
}

/// The number and the purpose, or all that is wrong with them.
fn stated<'a>(phone: &str, purpose: &'a str) -> Result<(Phone, &'a str), Vec<Violation>> {
    let (phone, purpose) = (Phone::parse(phone), purpose.trim());
    let stated = (1..=PURPOSE_CHARS_MAX).contains(&purpose.chars().count());
    let refused = phone.as_ref().err();
    let mut violations = Vec::new();
    violations.extend(refused.map(|refused| Violation::new("phone", "", refused.rule)));
    if !stated {
        let rule = "a purpose is 1 to 200 characters";
        violations.push(Violation::new("purpose", "", rule));
    }
    match phone {
        Ok(phone) if stated => Ok((phone, purpose)),
        _ => Err(violations),
    }
}
