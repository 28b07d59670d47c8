//! A provider orders something of the network. What is so already, or is ordered already, is told and changes nothing
//! (on-api.md §1.3, creation outcomes); that one access has one service of a type is held by the key of the claims.

use chrono::{DateTime, Utc};
use kernel::{AccessId, IdentityNumber};
use messaging::Work;
use uuid::Uuid;

use super::claiming::Found;
use super::events::{EventKind, News};
use super::reading::OpenedOrder;
use super::sealing::to_json;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::technical::TechnicalOrderId;
use crate::domain::technical::operation::Operation;
use crate::domain::technical::request::{Subject, TechnicalInput, TechnicalRequest};
use crate::domain::technical::state::TechnicalState;
use crate::store::{service_claim, technical_order};

/// Characters of a name of a service that is told back; those of networks are shorter.
const SERVICE_SHOWN_MAX: usize = 40;

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Requested {
    /// There is a new order; it may be done already.
    Created(Box<OpenedOrder>),
    /// There was one for the same, which is not done.
    Existing(Box<OpenedOrder>),
    /// It is so already.
    NothingToDo {
        /// What was asked.
        operation: Operation,
        /// Where, as far as it was said or is known.
        access: Option<String>,
        /// Which service.
        service: String,
    },
}

/// What a new order is about.
pub(super) struct About {
    pub access: Option<AccessId>,
    pub service: String,
    pub service_type: String,
    pub subscription: Option<Uuid>,
    pub subject: Option<Uuid>,
    pub customer_order: Option<Uuid>,
}

impl Orders {
    /// Takes a technical order. In a network that carries them out at once it is done when this returns, unless it is asked for
    /// a later time.
    ///
    /// # Errors
    /// What is asked for breaks rules, cannot be had there, or is somebody else's; the registry or the database fails.
    pub async fn create_technical_order(
        &self,
        desk: &Desk,
        input: TechnicalInput,
    ) -> Result<Requested, OrdersError> {
        let request = TechnicalRequest::parse(input).map_err(OrdersError::Invalid)?;
        match &request.subject {
            Subject::Place { access, service } if request.operation == Operation::Activate => {
                self.activate(desk, &request, access, service).await
            }
            subject => self.order_of_subscription(desk, &request, subject).await,
        }
    }

    async fn activate(
        &self,
        desk: &Desk,
        request: &TechnicalRequest,
        access: &AccessId,
        service: &str,
    ) -> Result<Requested, OrdersError> {
        self.check_service(desk, access, service).await?;
        let rule = self.technical_rules(&desk.network).service(service);
        if request.forced_takeover && !rule.forced_takeover {
            let rule = "absent or false: the service cannot be taken over";
            return Err(OrdersError::invalid("forcedTakeover", rule));
        }
        let mut work = self.outbox.begin().await?;
        let id = TechnicalOrderId::generate(self.clock.as_ref());
        let claim = service_claim::Model {
            network: desk.network.to_string(),
            access_id: access.to_string(),
            service_type: rule.service_type.clone(),
            provider_id: desk.provider.to_string(),
            service: service.to_owned(),
            order_id: Some(id.as_uuid()),
            subscription_id: None,
        };
        if let Found::Answer(answer) = self.claim(&work, desk, request, access, claim).await? {
            work.rollback().await?;
            return Ok(answer);
        }
        let reference = request.sp_reference.as_deref();
        let tied = self
            .tied_order(&work, desk, (access, service), reference)
            .await?;
        let about = About {
            access: Some(access.clone()),
            service: service.to_owned(),
            service_type: rule.service_type,
            subscription: None,
            subject: tied.as_ref().and_then(|order| order.subject_id),
            customer_order: tied.map(|order| order.id),
        };
        let placed = self
            .place_technical(&mut work, desk, id, request, about)
            .await?;
        work.commit().await?;
        Ok(placed)
    }

    /// Asks the registry whether the provider can have the service there.
    pub(super) async fn check_service(
        &self,
        desk: &Desk,
        access: &AccessId,
        service: &str,
    ) -> Result<(), OrdersError> {
        let Desk { network, provider } = desk;
        let deliverable = self.places.orderable(network, provider, access).await?;
        if deliverable.has(service)? {
            Ok(())
        } else {
            Err(OrdersError::ServiceUnknown(repeatable(service).to_owned()))
        }
    }

    pub(super) async fn existing(
        &self,
        row: technical_order::Model,
    ) -> Result<Requested, OrdersError> {
        let opened = self.open_orders(vec![row]).await?.remove(0);
        Ok(Requested::Existing(Box::new(opened)))
    }

    /// Stores the order, and carries it out where that is done at once.
    pub(super) async fn place_technical(
        &self,
        work: &mut Work,
        desk: &Desk,
        id: TechnicalOrderId,
        request: &TechnicalRequest,
        about: About,
    ) -> Result<Requested, OrdersError> {
        let now = self.clock.now();
        let row = self.new_row(work, desk, id, request, about, now).await?;
        technical_order::insert(work.tx(), row.clone()).await?;
        let received = Some(TechnicalState::Received);
        let mut news = vec![News::of_order(&row, EventKind::Created, received)];
        let mut row = row;
        let waits = self.technical_rules(&desk.network).by_staff || request.is_later_than(now);
        if !waits {
            self.carry_out(work, &mut row, &mut news).await?;
        }
        self.tell(work, &desk.network, news).await?;
        let opened = self.open_orders(vec![row]).await?.remove(0);
        Ok(Requested::Created(Box::new(opened)))
    }

    async fn new_row(
        &self,
        work: &Work,
        desk: &Desk,
        id: TechnicalOrderId,
        request: &TechnicalRequest,
        about: About,
        now: DateTime<Utc>,
    ) -> Result<technical_order::Model, OrdersError> {
        let place = (technical_order::TABLE, id.as_uuid());
        let columns = sealed_columns(request);
        let sealed = self
            .seal_row(work, &desk.network, about.subject, place, &columns)
            .await?;
        let [external_note, characteristics, equipment] = sealed.values;
        Ok(technical_order::Model {
            id: id.as_uuid(),
            network: desk.network.to_string(),
            provider_id: desk.provider.to_string(),
            subject_id: sealed.subject,
            customer_order_id: about.customer_order,
            operation: request.operation.as_str().to_owned(),
            service: about.service,
            service_type: about.service_type,
            subscription_id: about.subscription,
            forced_takeover: request.forced_takeover,
            state: TechnicalState::Received.as_str().to_owned(),
            requested_at: request.requested_at,
            created_at: now,
            changed_at: now,
            version: 1,
            access_id: about.access.map(|access| access.to_string()),
            sp_reference: request.sp_reference.clone(),
            sp_subscription_id: request.sp_subscription_id.clone(),
            external_note,
            characteristics,
            equipment,
            message: None,
            by_network: request.by_network,
        })
    }
}

/// A name of a service that may be told back, and be logged: one that was typed into the wrong field is not.
fn repeatable(service: &str) -> &str {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./ ".contains(&b);
    let short = service.len() <= SERVICE_SHOWN_MAX && service.bytes().all(plain);
    if short && !IdentityNumber::is_shaped_like(service) {
        service
    } else {
        ""
    }
}

/// What of a request is stored sealed.
pub(super) fn sealed_columns(request: &TechnicalRequest) -> super::sealing::Columns<3> {
    let equipment = Some(&request.equipment).filter(|equipment| !equipment.is_empty());
    [
        ("external_note", request.external_note.clone()),
        (
            "characteristics",
            request.characteristics.as_ref().map(to_json),
        ),
        ("equipment", equipment.map(to_json)),
    ]
}
