//! Which customer's order a technical order delivers (decision 34): the one that its reference names, or else the open one of
//! the same provider for the same service at the same access.

use kernel::AccessId;
use messaging::Work;

use crate::app::error::OrdersError;
use crate::app::journal::{Move, Mover};
use crate::app::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::number::OrderNumber;
use crate::domain::status::{OrderStatus, Party};
use crate::store::{order, provider_orders};

/// How the log names who says that an order is delivered because the network has delivered.
const NETWORK: &str = "service:orders";

impl Orders {
    /// The customer's order, locked. One of another access is not meant, whatever the reference says.
    pub(super) async fn tied_order(
        &self,
        work: &Work,
        desk: &Desk,
        (access, service): (&AccessId, &str),
        sp_reference: Option<&str>,
    ) -> Result<Option<order::Model>, OrdersError> {
        let Desk { network, provider } = desk;
        let reference = |text| (OrderNumber::count_in(network, text), OrderId::parse(text));
        let named = match sp_reference.map(reference) {
            Some((Some(count), _)) => {
                provider_orders::find_by_number(work.tx(), network, provider, count).await?
            }
            Some((_, Ok(id))) => order::find_of_provider(work.tx(), network, provider, id).await?,
            _ => None,
        };
        let is_here = |row: &order::Model| row.access_id.as_deref() == Some(access.as_str());
        let found = if let Some(named) = named.filter(is_here) {
            Some(named)
        } else {
            provider_orders::find_open(work.tx(), network, provider, access, service).await?
        };
        let Some(found) = found else {
            return Ok(None);
        };
        // Locked and read again: it may have been ended, or its customer erased.
        let id = OrderId::from_uuid(found.id);
        let row = order::lock_of_provider(work.tx(), network, provider, id).await?;
        Ok(row.filter(|row| is_open(row) && !row.is_erased()))
    }

    /// The customer's order is delivered, by the moves that its table allows. One that has been ended meanwhile stays ended.
    pub(super) async fn deliver_tied(
        &self,
        work: &mut Work,
        desk: &Desk,
        id: OrderId,
    ) -> Result<(), OrdersError> {
        let mover = Mover {
            desk: desk.clone(),
            actor: NETWORK.to_owned(),
            party: Party::Provider,
        };
        for to in [Move::Acknowledge, Move::To(OrderStatus::Delivered)] {
            let row = order::lock(work.tx(), &desk.network, id).await?;
            let Some(row) = row.filter(is_open) else {
                return Ok(());
            };
            self.move_order(work, &mover, &row, to, None).await?;
        }
        Ok(())
    }
}

/// Whether it is still to be delivered.
fn is_open(row: &order::Model) -> bool {
    let status = OrderStatus::parse(&row.status);
    status.is_some_and(|status| provider_orders::OPEN.contains(&status))
}
