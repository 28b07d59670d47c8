//! A customer orders several services at once: one transaction, all of them or none, once per command id.

use kernel::{NetworkCode, Violation};
use messaging::Claim;
use uuid::Uuid;

use super::Orders;
use super::error::OrdersError;
use super::place_order::PlacedOrder;
use super::sale::Sale;
use crate::domain::checkout::{CheckoutInput, at_item, command_of, within};
use crate::domain::request::{OrderInput, OrderRequest};
use crate::store::order;

impl Orders {
    /// Places the orders of a checkout, in its order. `actor` is how the log names who typed it.
    ///
    /// # Errors
    /// What is wrong with the fields, all at once, those of an item as `items[n].…`; what forbids the sale of one item
    /// ([`OrdersError::OfItem`]); two items over the same technical service; the command id was used for something else.
    pub async fn place_orders(
        &self,
        network: NetworkCode,
        actor: &str,
        input: &CheckoutInput,
    ) -> Result<Vec<PlacedOrder>, OrdersError> {
        let orders = input.orders().map_err(OrdersError::Invalid)?;
        let requests = self.requests(&network, &orders).await?;
        let command = Uuid::try_parse(&input.common.command_id);
        let command = command.map_err(|_| OrdersError::invalid("command_id", "a UUID"))?;
        let sales = match self.sales(&network, &requests).await {
            Ok(sales) => sales,
            Err(refusal) => {
                let before = self.all_placed_before(&network, command, &requests).await?;
                return before.ok_or(refusal);
            }
        };
        let mut work = self.outbox.begin().await?;
        let operation = format!("orders.place_orders:{network}");
        if work.claim(&operation, command).await? != Claim::First {
            work.rollback().await?;
            let before = self.all_placed_before(&network, command, &requests).await?;
            return before.ok_or(OrdersError::CommandConflict);
        }
        // Everything that visits the key store first: the numbers of the network are locked after it.
        let mut prepared = Vec::with_capacity(sales.len());
        for sale in &sales {
            prepared.push(self.prepare_sale(&mut work, actor, sale).await?);
        }
        let mut placed = Vec::with_capacity(sales.len());
        for (sale, prepared) in sales.iter().zip(prepared) {
            placed.push(self.number_sale(&mut work, sale, prepared).await?);
        }
        work.commit().await?;
        Ok(placed)
    }

    /// Every field of every order is right, or all that is wrong is said; what is wrong with all of them once.
    async fn requests(
        &self,
        network: &NetworkCode,
        orders: &[OrderInput],
    ) -> Result<Vec<OrderRequest>, OrdersError> {
        let now = self.clock.now();
        let parsed: Vec<_> = orders.iter().map(|o| OrderRequest::parse(o, now)).collect();
        if parsed.iter().all(Result::is_ok) {
            return Ok(parsed.into_iter().flatten().collect());
        }
        let mut all: Vec<Violation> = Vec::new();
        for (at, (order, parsed)) in orders.iter().zip(parsed).enumerate() {
            let wrong = parsed.err().unwrap_or_default();
            let wrong = self.with_wrong_answers(network, order, wrong).await?;
            for violation in at_item(at, wrong) {
                if !all.contains(&violation) {
                    all.push(violation);
                }
            }
        }
        Err(OrdersError::Invalid(all))
    }

    async fn sales<'a>(
        &self,
        network: &NetworkCode,
        requests: &'a [OrderRequest],
    ) -> Result<Vec<Sale<'a>>, OrdersError> {
        let mut sales: Vec<Sale<'a>> = Vec::with_capacity(requests.len());
        for (at, request) in requests.iter().enumerate() {
            let sale = self.sale(network, request).await;
            let sale = sale.map_err(|error| of_item(at, error))?;
            let service = &sale.offering.service;
            if sales.iter().any(|other| other.offering.service == *service) {
                let rule = "each technical service once in a checkout";
                return Err(OrdersError::invalid(&within(at, "offering_id"), rule));
            }
            sales.push(sale);
        }
        Ok(sales)
    }

    /// The orders of an earlier call with the same command id: the same ones, and no more.
    async fn all_placed_before(
        &self,
        network: &NetworkCode,
        command: Uuid,
        requests: &[OrderRequest],
    ) -> Result<Option<Vec<PlacedOrder>>, OrdersError> {
        let mut placed = Vec::with_capacity(requests.len());
        for request in requests {
            placed.extend(self.placed_before(network, request).await?);
        }
        if placed.is_empty() {
            return Ok(None);
        }
        let reader = self.outbox.database().reader();
        let beyond = command_of(command, requests.len());
        let more = order::find_by_command(&reader, network, beyond).await?;
        if placed.len() < requests.len() || more.is_some() {
            return Err(OrdersError::CommandConflict);
        }
        Ok(Some(placed))
    }
}

fn of_item(item: usize, error: OrdersError) -> OrdersError {
    match error {
        OrdersError::Invalid(wrong) => OrdersError::Invalid(at_item(item, wrong)),
        // What is said of the place, of the forms of the network or of the service is said of all.
        error @ (OrdersError::OfferingNotFound
        | OrdersError::ProviderNotFound
        | OrdersError::NotDeliverable
        | OrdersError::BeyondCapacity { .. }
        | OrdersError::PriceChanged) => OrdersError::OfItem {
            item,
            source: Box::new(error),
        },
        error => error,
    }
}
