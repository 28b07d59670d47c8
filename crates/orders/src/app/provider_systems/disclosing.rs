//! What a provider's system is told of a customer's order, and that it is told.

use messaging::Work;
use privacy::{AccessEntry, SubjectId};
use service_kit::caller::Caller;

use crate::app::error::OrdersError;
use crate::app::journal::Line;
use crate::app::place_order::MAILER;
use crate::app::places::StoredAddress;
use crate::app::{Desk, Orders};
use crate::domain::DisclosureId;
use crate::domain::log_text::LogText;
use crate::domain::order::OrderState;
use crate::domain::provider_system::handover::{HandoverState, Outcome};
use crate::domain::provider_system::order_message::{CustomerOf, OrderMessage, Product, When};
use crate::domain::purpose::Purpose;
use crate::domain::technical::TechnicalOrderId;
use crate::events::outgoing;
use crate::store::{disclosure, handover, order, technical_order};

/// By which credential the register of disclosures says that it was.
const CALLER: &str = "on-api";
/// Why: in the provider's language, as a provider that fetches says it.
const PURPOSE: &str = "Leverans: beställningen lämnas till leverantörens system";
/// What the provider is given, as the access log names it.
const FIELDS: &[&str] = &["name", "identity_number", "email", "phone", "address"];

impl Orders {
    /// What the provider's system is told; or why it cannot be told.
    pub(super) async fn message(
        &self,
        work: &Work,
        desk: &Desk,
        order: &order::Model,
        row: &handover::Model,
    ) -> Result<Result<OrderMessage, Outcome>, OrdersError> {
        let domain = order.to_domain()?;
        let state = domain.state();
        let (Some(access), Some(subject)) = (&state.access, order.subject_id) else {
            return Ok(Err(Outcome::Refused(String::new())));
        };
        let Some(product) = self.product(work, desk, state, row).await? else {
            let cause = "The offering has no productId and offeringId of the provider's system.";
            return Ok(Err(Outcome::Refused(cause.to_owned())));
        };
        let subject = SubjectId::from_uuid(subject);
        let customer = match self.open_person(subject, order).await {
            Ok(columns) => customer_of(columns),
            // Restricted (art. 18): it waits until that is lifted.
            Err(OrdersError::CustomerErased) => {
                return Ok(Err(Outcome::NotTaken("restricted", 0)));
            }
            Err(error) => return Err(error),
        };
        let when = When {
            placed_at: state.placed_at,
            day: state.requested_date,
        };
        let network_order = row.technical_order_id.map(|id| id.to_string());
        Ok(Ok(OrderMessage::new(
            network_order,
            access,
            when,
            product,
            customer,
        )))
    }

    async fn product(
        &self,
        work: &Work,
        desk: &Desk,
        order: &OrderState,
        row: &handover::Model,
    ) -> Result<Option<Product>, OrdersError> {
        let key = row.product_id.clone().zip(row.offering_id.clone());
        let Some((product_id, offering_id)) = key else {
            return Ok(None);
        };
        let mut product = Product {
            product_id,
            offering_id,
            co_product: None,
            co_subscription_id: None,
        };
        if let Some(id) = row.technical_order_id {
            let technical =
                technical_order::find(work.tx(), &desk.network, TechnicalOrderId::from_uuid(id))
                    .await?;
            let subscription = technical.and_then(|found| found.subscription_id);
            product.co_product = Some(order.service.clone());
            product.co_subscription_id = subscription.map(|id| id.to_string());
        }
        Ok(Some(product))
    }

    /// Who is given what is recorded in the transaction that reads (decisions.md 10, 30): as a disclosure once, however often it
    /// is tried, and as a reading each time.
    pub(super) async fn record_handover(
        &self,
        work: &mut Work,
        order: &order::Model,
        is_first: bool,
    ) -> Result<(), OrdersError> {
        let Some(subject) = order.subject_id.map(SubjectId::from_uuid) else {
            return Ok(());
        };
        let domain = order.to_domain()?;
        let state = domain.state();
        let purpose = Purpose::parse(PURPOSE)
            .map_err(|error| OrdersError::invalid("purpose", &error.to_string()))?;
        if is_first {
            let id = DisclosureId::generate(self.clock.as_ref()).as_uuid();
            let sealed =
                self.privacy
                    .seal(subject, disclosure::TABLE, "purpose", id, purpose.as_str());
            let entry = disclosure::Model {
                id,
                network: order.network.clone(),
                subject_id: order.subject_id,
                order_id: order.id,
                provider_id: order.provider_id.clone(),
                caller_id: CALLER.to_owned(),
                at: self.clock.now(),
                purpose_class: purpose.class().to_owned(),
                purpose: Some(sealed.await?),
            };
            work.record(outgoing::disclosure_recorded(&self.identity, &entry));
            disclosure::insert(work.tx(), entry).await?;
            let line = Line::new(MAILER, LogText::HandedOver(HandoverState::Sending));
            let whose = (&state.network, &state.provider);
            self.log(work, whose, state.id, order.subject_id, vec![line])
                .await?;
        }
        let reading = AccessEntry {
            network: state.network.clone(),
            caller: &Caller::service(crate::SERVICE),
            purpose: purpose.class().to_owned(),
            subject,
            record: format!("order:{}", order.id),
            fields: FIELDS,
        };
        Ok(self.privacy.log_access(work.tx(), reading).await?)
    }
}

fn customer_of([name, identity_number, email, phone, address]: [String; 5]) -> CustomerOf {
    let address: StoredAddress =
        serde_json::from_str(&address).expect("we have written this address");
    CustomerOf {
        name,
        identity_number,
        email,
        phone,
        street: (
            address.street_name,
            address.street_number,
            address.street_littera,
        ),
        city: (address.postal_code, address.city),
    }
}
