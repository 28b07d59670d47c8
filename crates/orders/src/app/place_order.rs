//! A customer orders one service: one transaction, once per command id.

use kernel::NetworkCode;
use messaging::{Claim, Work};
use privacy::{Origin, PrivacyError, Seals};
use uuid::Uuid;

use super::error::OrdersError;
use super::journal::Line;
use super::places::StoredAddress;
use super::sale::{Sale, known};
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::acceptance::CURRENT_VERSION;
use crate::domain::catalogue::price::Price;
use crate::domain::log_text::LogText;
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::domain::request::{OrderInput, OrderRequest};
use crate::domain::webhook::WebhookKind;
use crate::events::outgoing;
use crate::store::{acceptance, counter, order};

/// How the log names who sends mails.
pub(crate) const MAILER: &str = "service:orders";

/// An order that was placed, now or by an earlier call with the same command id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedOrder {
    /// Its id.
    pub id: OrderId,
    /// Its number for people.
    pub number: String,
    /// By which its customer follows it.
    pub follow_token: String,
}

/// An order that lacks its number alone.
pub(super) struct Prepared {
    id: OrderId,
    seals: Seals,
    sealed: [Vec<u8>; 7],
}

impl Orders {
    /// Places an order. `actor` is how the log names who typed it: "customer", "staff:<id>".
    ///
    /// An earlier call with the same command id is looked for when this one is refused, or finds its command claimed:
    /// an order that is new, as nearly every one is, does not pay for it.
    pub async fn place_order(
        &self,
        network: NetworkCode,
        actor: &str,
        input: &OrderInput,
    ) -> Result<PlacedOrder, OrdersError> {
        let request = match OrderRequest::parse(input, self.clock.now()) {
            Ok(request) => request,
            Err(wrong) => {
                let wrong = self.with_wrong_answers(&network, input, wrong).await?;
                return Err(OrdersError::Invalid(wrong));
            }
        };
        let sale = match self.sale(&network, &request).await {
            Ok(sale) => sale,
            // What could be had then is not asked again: the handle may have expired meanwhile.
            Err(refusal) => {
                let before = self.placed_before(&network, &request).await?;
                return before.ok_or(refusal);
            }
        };
        let mut work = self.outbox.begin().await?;
        let operation = format!("orders.place:{network}");
        if work.claim(&operation, request.command_id).await? != Claim::First {
            work.rollback().await?;
            return self
                .placed_before(&network, &request)
                .await?
                .ok_or(OrdersError::CommandConflict);
        }
        let placed = self.place(&mut work, actor, &sale).await?;
        work.commit().await?;
        Ok(placed)
    }

    /// The order of an earlier call with the same command id. Once the customer is erased nobody can tell whether
    /// the content was the same; the order is still the answer, because a second one would be wrong.
    pub(super) async fn placed_before(
        &self,
        network: &NetworkCode,
        request: &OrderRequest,
    ) -> Result<Option<PlacedOrder>, OrdersError> {
        let reader = self.outbox.database().reader();
        let Some(row) = order::find_by_command(&reader, network, request.command_id).await? else {
            return Ok(None);
        };
        let content = self
            .open(&row, "request_content", row.request_content.as_deref())
            .await?;
        if content.is_some_and(|content| content != request.content()) {
            return Err(OrdersError::CommandConflict);
        }
        let order = row.to_domain()?;
        Ok(Some(PlacedOrder {
            id: order.state().id,
            number: order.state().number.to_string(),
            follow_token: self.follow_links.token(network, order.state().id),
        }))
    }

    async fn place(
        &self,
        work: &mut Work,
        actor: &str,
        sale: &Sale<'_>,
    ) -> Result<PlacedOrder, OrdersError> {
        let prepared = self.prepare_sale(work, actor, sale).await?;
        self.number_sale(work, sale, prepared).await
    }

    /// Everything of an order that does not need its number.
    pub(super) async fn prepare_sale(
        &self,
        work: &mut Work,
        actor: &str,
        sale: &Sale<'_>,
    ) -> Result<Prepared, OrdersError> {
        let (network, customer) = (&sale.offering.network, &sale.request.customer);
        let admission = self
            .privacy
            .subject(work.tx(), network, &known(customer), Origin::OwnAct)
            .await?;
        // One visit to the key store for everything that is stored of the customer.
        let seals = match self.privacy.seals(admission, self.sealed_tables()).await {
            Err(PrivacyError::Erased) => return Err(OrdersError::CustomerErased),
            seals => seals?,
        };
        let id = OrderId::generate(self.clock.as_ref());
        let sealed = seal_customer(&seals, id, sale)?;
        self.log_placed(work, &seals, id, actor, sale).await?;
        self.store_answers(work, &seals, id, sale).await?;
        self.queue_order(work, id, &sale.offering).await?;
        Ok(Prepared { id, seals, sealed })
    }

    /// Places what is prepared. From here on a lock of the network is held until the transaction ends: its order numbers have
    /// no gap. Only what needs the number is done here.
    pub(super) async fn number_sale(
        &self,
        work: &mut Work,
        sale: &Sale<'_>,
        Prepared { id, seals, sealed }: Prepared,
    ) -> Result<PlacedOrder, OrdersError> {
        let network = &sale.offering.network;
        let number = counter::next_number(work.tx(), network).await?;
        let order = Order::place(
            id,
            number.clone(),
            (&sale.offering, &sale.price),
            sale.place.access.clone(),
            sale.request.requested_date,
            self.clock.now(),
        );
        let accepted = acceptance_of(&seals, &order, sale, kernel::new_id(self.clock.as_ref()))?;
        acceptance::insert(work.tx(), accepted).await?;
        self.mail_order(work, &seals, &order, sale).await?;
        let whose = (network, &sale.provider.id);
        self.tell_webhooks(work, whose, WebhookKind::OrderPlaced, id.as_uuid())
            .await?;
        work.record(outgoing::order_placed(order.state()));
        let desk = Desk {
            network: network.clone(),
            provider: sale.provider.id.clone(),
        };
        let change = self.next_change(work, &desk).await?;
        let row = row(&order, &seals, sale.request, change, sealed);
        order::insert(work.tx(), row).await?;
        Ok(PlacedOrder {
            id,
            number: number.to_string(),
            follow_token: self.follow_links.token(network, id),
        })
    }

    /// The tables that an order puts sealed values into.
    fn sealed_tables(&self) -> &'static [&'static str] {
        const ALL: &[&str] = &[order::TABLE, acceptance::TABLE, mailer::MAIL_TABLE.name];
        if self.mail.is_some() { ALL } else { &ALL[..2] }
    }

    async fn log_placed(
        &self,
        work: &Work,
        seals: &Seals,
        id: OrderId,
        actor: &str,
        sale: &Sale<'_>,
    ) -> Result<(), OrdersError> {
        let mut lines = vec![Line::new(actor, LogText::Placed)];
        if self.mail.is_some() {
            lines.push(Line::new(MAILER, LogText::MailedCustomer));
            lines.push(Line::new(MAILER, LogText::MailedProvider));
        }
        let subject = Some(seals.subject().as_uuid());
        let whose = (&sale.offering.network, &sale.offering.provider);
        self.log(work, whose, id, subject, lines).await
    }
}

/// Seals what the order holds of the customer.
fn seal_customer(
    seals: &Seals,
    id: OrderId,
    sale: &Sale<'_>,
) -> Result<[Vec<u8>; 7], PrivacyError> {
    let customer = &sale.request.customer;
    let address =
        serde_json::to_string(&StoredAddress::from(&sale.place)).expect("an address is plain text");
    let seal = |column, text: &str| seals.seal(order::TABLE, column, id.as_uuid(), text);
    Ok([
        seal("customer_name", customer.name.as_str())?,
        seal("identity_number", customer.identity_number.canonical())?,
        seal("email", customer.email.as_str())?,
        seal("phone", customer.phone.canonical())?,
        seal("address", &address)?,
        seal("ordered", &sale.in_words())?,
        seal("request_content", &sale.request.content())?,
    ])
}

fn acceptance_of(
    seals: &Seals,
    order: &Order,
    sale: &Sale<'_>,
    id: Uuid,
) -> Result<acceptance::Model, PrivacyError> {
    let state = order.state();
    let seal = |column, text: &str| seals.seal(acceptance::TABLE, column, id, text).map(Some);
    Ok(acceptance::Model {
        id,
        network: state.network.to_string(),
        subject_id: Some(seals.subject().as_uuid()),
        order_id: state.id.as_uuid(),
        order_number: seal("order_number", &state.number.to_string())?,
        text_version: seal("text_version", CURRENT_VERSION)?,
        text_language: seal("text_language", sale.request.language.code())?,
        channel: seal("channel", sale.request.channel.as_str())?,
        accepted_at: seal("accepted_at", &state.placed_at.to_rfc3339())?,
    })
}

fn row(
    order: &Order,
    seals: &Seals,
    request: &OrderRequest,
    change: i64,
    sealed: [Vec<u8>; 7],
) -> order::Model {
    let state = order.state();
    let [
        customer_name,
        identity_number,
        email,
        phone,
        address,
        ordered,
        request_content,
    ] = sealed.map(Some);
    order::Model {
        id: state.id.as_uuid(),
        network: state.network.to_string(),
        subject_id: Some(seals.subject().as_uuid()),
        command_id: request.command_id,
        number: OrderNumber::count(&state.number),
        provider_id: state.provider.to_string(),
        offering_id: state.offering_id.as_uuid(),
        offering_name: state.offering_name.clone(),
        service: state.service.clone(),
        status: state.status.as_str().to_owned(),
        placed_at: state.placed_at,
        changed_at: state.changed_at,
        change,
        access_id: state.access.as_ref().map(ToString::to_string),
        requested_date: state.requested_date.map(|day| day.to_string()),
        customer_name,
        identity_number,
        email,
        phone,
        address,
        ordered,
        request_content,
        network_form_version: stored(request.network_form_version),
        provider_form_version: stored(request.provider_form_version),
        remind_at: None,
        reminders: 0,
        escalated_at: None,
        fetched_after_s: None,
        delivered_after_s: None,
        price: state.price.as_ref().map(price_text),
    }
}

fn price_text(price: &Price) -> String {
    serde_json::to_string(price).expect("figures are plain data")
}

/// A version that there is fits: it was read from such a column.
fn stored(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}
