//! A customer orders one service: one transaction, once per command id.

use kernel::NetworkCode;
use messaging::{Claim, Work};
use privacy::{Identifier, Known, Origin, SealItem, SubjectId};
use prost::Message as _;
use uuid::Uuid;

use super::error::OrdersError;
use super::journal::Line;
use super::places::{Place, StoredAddress};
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::acceptance::CURRENT_VERSION;
use crate::domain::catalogue::{Offering, Provider};
use crate::domain::customer::Customer;
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::domain::request::{OrderInput, OrderRequest};
use crate::events::outgoing;
use crate::store::{acceptance, counter, offering, order, provider};

/// How the log names who sends mails.
const MAILER: &str = "service:orders";

/// An order that was placed, now or by an earlier call with the same command id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedOrder {
    /// Its id.
    pub id: OrderId,
    /// Its number for people.
    pub number: String,
}

/// What is sold to whom, and where, all checked.
struct Sale<'a> {
    request: &'a OrderRequest,
    place: &'a Place,
    offering: Offering,
    provider: Provider,
}

impl Orders {
    /// Places an order. `actor` is how the log names who typed it: "customer", "staff:<id>".
    pub async fn place_order(
        &self,
        network: NetworkCode,
        actor: &str,
        input: &OrderInput,
    ) -> Result<PlacedOrder, OrdersError> {
        let request = OrderRequest::parse(input, self.clock.now()).map_err(OrdersError::Invalid)?;
        if let Some(placed) = self.placed_before(&network, &request).await? {
            return Ok(placed);
        }
        let place = self.places.resolve(&network, &request.place_handle).await?;
        if !place.connected {
            return Err(OrdersError::PlaceNotConnected);
        }
        let mut work = self.outbox.begin().await?;
        let operation = format!("orders.place:{network}");
        if work.claim(&operation, request.command_id).await? != Claim::First {
            work.rollback().await?;
            return self
                .placed_before(&network, &request)
                .await?
                .ok_or(OrdersError::CommandConflict);
        }
        let sale = sale(&work, &network, &request, &place).await?;
        let placed = self.place(&mut work, actor, &sale).await?;
        let result = api::orders::PlaceOrderResponse {
            order_id: placed.id.to_string(),
            order_number: placed.number.clone(),
        };
        work.conclude(&operation, request.command_id, &result.encode_to_vec())
            .await?;
        work.commit().await?;
        Ok(placed)
    }

    /// The order of an earlier call with the same command id. Once the customer is erased nobody can tell whether
    /// the content was the same; the order is still the answer, because a second one would be wrong.
    async fn placed_before(
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
        }))
    }

    async fn place(
        &self,
        work: &mut Work,
        actor: &str,
        sale: &Sale<'_>,
    ) -> Result<PlacedOrder, OrdersError> {
        let network = &sale.offering.network;
        let customer = &sale.request.customer;
        let admission = self
            .privacy
            .subject(work.tx(), network, &known(customer), Origin::OwnAct)
            .await?;
        let subject = admission.subject().ok_or(OrdersError::CustomerErased)?;
        let id = OrderId::generate(self.clock.as_ref());
        let sealed = self.seal_customer(subject, id, sale).await?;

        // From here on a lock of the network is held: its order numbers have no gap.
        let number = counter::next_number(work.tx(), network).await?;
        let now = self.clock.now();
        let access = sale.place.access.clone();
        let order = Order::place(
            id,
            number.clone(),
            &sale.offering,
            access,
            sale.request.requested_date,
            now,
        );
        self.insert_acceptance(work, subject, &order, sale).await?;
        let sold = (&sale.offering, &sale.provider);
        self.mail_customer(work, subject, &order, sale.request, sold, sale.place)
            .await?;
        self.mail_provider(work, &order, &sale.provider).await?;
        work.record(outgoing::order_placed(order.state()));
        let desk = Desk {
            network: network.clone(),
            provider: sale.provider.id.clone(),
        };
        let change = self.next_change(work, &desk).await?;
        order::insert(
            work.tx(),
            row(&order, subject, sale.request.command_id, change, sealed),
        )
        .await?;
        let mut lines = vec![Line::new("placed", actor, "order placed")];
        if self.mail.is_some() {
            lines.push(Line::new("mailed", MAILER, "confirmation to the customer"));
            lines.push(Line::new(
                "mailed",
                MAILER,
                "order to the provider, without personal data",
            ));
        }
        self.log(work, order.state(), Some(subject.as_uuid()), lines)
            .await?;
        Ok(PlacedOrder {
            id,
            number: number.to_string(),
        })
    }

    /// Seals what the order holds of the customer: one visit to the key store.
    async fn seal_customer(
        &self,
        subject: SubjectId,
        id: OrderId,
        sale: &Sale<'_>,
    ) -> Result<[Vec<u8>; 7], OrdersError> {
        let customer = &sale.request.customer;
        let address = serde_json::to_string(&StoredAddress::from(&sale.place.address))
            .expect("an address is plain text");
        let (ordered, content) = (ordered(sale), sale.request.content());
        let item = |(column, text)| SealItem {
            subject,
            table: order::TABLE,
            column,
            row_id: id.as_uuid(),
            text,
        };
        let items = [
            ("customer_name", customer.name.as_str()),
            ("identity_number", customer.identity_number.canonical()),
            ("email", customer.email.as_str()),
            ("phone", customer.phone.canonical()),
            ("address", address.as_str()),
            ("ordered", ordered.as_str()),
            ("request_content", content.as_str()),
        ]
        .map(item);
        let sealed = self.privacy.seal_many(&items).await?;
        Ok(sealed.try_into().expect("seven in, seven out"))
    }

    async fn insert_acceptance(
        &self,
        work: &Work,
        subject: SubjectId,
        order: &Order,
        sale: &Sale<'_>,
    ) -> Result<(), OrdersError> {
        let row_id = kernel::new_id(self.clock.as_ref());
        let state = order.state();
        let (number, accepted_at) = (state.number.to_string(), state.placed_at.to_rfc3339());
        let item = |(column, text)| SealItem {
            subject,
            table: acceptance::TABLE,
            column,
            row_id,
            text,
        };
        let items = [
            ("order_number", number.as_str()),
            ("text_version", CURRENT_VERSION),
            ("text_language", sale.request.language.code()),
            ("channel", sale.request.channel.as_str()),
            ("accepted_at", accepted_at.as_str()),
        ]
        .map(item);
        let sealed = self.privacy.seal_many(&items).await?;
        let [
            order_number,
            text_version,
            text_language,
            channel,
            accepted_at,
        ] = sealed.try_into().expect("five in, five out");
        let row = acceptance::Model {
            id: row_id,
            network: state.network.to_string(),
            subject_id: Some(subject.as_uuid()),
            order_id: state.id.as_uuid(),
            order_number: Some(order_number),
            text_version: Some(text_version),
            text_language: Some(text_language),
            channel: Some(channel),
            accepted_at: Some(accepted_at),
        };
        Ok(acceptance::insert(work.tx(), row).await?)
    }
}

/// The offering and its seller, when the service can be had at the place.
async fn sale<'a>(
    work: &Work,
    network: &NetworkCode,
    request: &'a OrderRequest,
    place: &'a Place,
) -> Result<Sale<'a>, OrdersError> {
    let offering = offering::find(work.tx(), network, request.offering_id).await?;
    let offering = offering.ok_or(OrdersError::OfferingNotFound)?;
    if !place.services.contains(&offering.service) {
        return Err(OrdersError::NotDeliverable);
    }
    let provider = provider::find(work.tx(), network, &offering.provider).await?;
    let provider = provider.ok_or(OrdersError::ProviderNotFound)?;
    Ok(Sale {
        request,
        place,
        offering,
        provider,
    })
}

/// What an order is found by, for daily work and for a request of the person (decisions.md 16).
///
/// The identity number has a valid check digit and is the key of the agreement that the customer enters: it counts as
/// verified, so that a request with the number finds the order, and so that a request of somebody else who shares the
/// e-mail address (a household) does not. E-mail and phone are typed and never confirmed here: they lead to the order,
/// but never widen a search to other persons.
fn known(customer: &Customer) -> [Known; 3] {
    [
        Known {
            identifier: Identifier::IdentityNumber(customer.identity_number.clone()),
            verified: true,
        },
        Known {
            identifier: Identifier::Email(customer.email.clone()),
            verified: false,
        },
        Known {
            identifier: Identifier::Phone(customer.phone.clone()),
            verified: false,
        },
    ]
}

/// For the customer's own extract.
fn ordered(sale: &Sale<'_>) -> String {
    let Offering {
        name,
        service,
        monthly_price_ore,
        ..
    } = &sale.offering;
    format!(
        "{name} ({service}), {}, {} SEK/month",
        sale.provider.name,
        super::mails::kronor(*monthly_price_ore)
    )
}

fn row(
    order: &Order,
    subject: SubjectId,
    command_id: Uuid,
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
        subject_id: Some(subject.as_uuid()),
        command_id,
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
    }
}
