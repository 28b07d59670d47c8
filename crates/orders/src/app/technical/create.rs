//! A provider orders something of the network. What is so already, or is ordered already, is told and changes nothing
//! (on-api.md §1.3, creation outcomes); that one access has one service of a type is held by the key of the claims.

use chrono::{DateTime, Utc};
use kernel::{AccessId, IdentityNumber};
use messaging::Work;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::events::{EventKind, News};
use super::reading::OpenedOrder;
use super::sealing::to_json;
use super::stored_access;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::technical::operation::{Effect, Operation};
use crate::domain::technical::request::{Subject, TechnicalInput, TechnicalRequest};
use crate::domain::technical::state::TechnicalState;
use crate::domain::technical::{SubscriptionId, TechnicalOrderId};
use crate::store::{service_claim, subscription, technical_order};

/// How often a claim is looked for again that was released between two looks: each time somebody else must have let go of it.
const ATTEMPTS: u32 = 3;

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
struct About {
    access: Option<AccessId>,
    service: String,
    service_type: String,
    subscription: Option<Uuid>,
    subject: Option<Uuid>,
    customer_order: Option<Uuid>,
}

/// What stands in the way of an order.
enum Found {
    /// Nothing.
    Free,
    /// This answer.
    Answer(Requested),
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

    /// Takes the type of service at the access, or says who has it.
    async fn claim(
        &self,
        work: &Work,
        desk: &Desk,
        request: &TechnicalRequest,
        access: &AccessId,
        claim: service_claim::Model,
    ) -> Result<Found, OrdersError> {
        for _ in 0..ATTEMPTS {
            if service_claim::take(work.tx(), claim.clone()).await? {
                return Ok(Found::Free);
            }
            let service_type = &claim.service_type;
            let held = service_claim::lock(work.tx(), &desk.network, access, service_type).await?;
            if let Some(held) = held {
                return self.held(work, desk, request, access, &claim, &held).await;
            }
        }
        Err(OrdersError::ServiceTypeClaimed)
    }

    /// The type is taken.
    async fn held(
        &self,
        work: &Work,
        desk: &Desk,
        request: &TechnicalRequest,
        access: &AccessId,
        wanted: &service_claim::Model,
        held: &service_claim::Model,
    ) -> Result<Found, OrdersError> {
        let Desk { network, provider } = desk;
        if held.provider_id != provider.as_str() {
            if !request.forced_takeover || held.subscription_id.is_none() {
                return Err(OrdersError::ServiceTypeClaimed);
            }
            let before = technical_order::find_activation(
                work.tx(),
                network,
                provider,
                access,
                &wanted.service,
            );
            return Ok(match before.await? {
                Some(before) => Found::Answer(self.existing(before).await?),
                None => Found::Free,
            });
        }
        if held.service != wanted.service {
            let service_type = held.service_type.clone();
            return Err(OrdersError::ServiceTypeActive(service_type));
        }
        if held.subscription_id.is_some() {
            return Ok(Found::Answer(Requested::NothingToDo {
                operation: request.operation,
                access: Some(access.to_string()),
                service: held.service.clone(),
            }));
        }
        let order = held.order_id.map(TechnicalOrderId::from_uuid);
        let order = order.ok_or(OrdersError::TechnicalOrderNotFound)?;
        let before = technical_order::find_of_provider(work.tx(), network, provider, order).await?;
        let before = before.ok_or(OrdersError::TechnicalOrderNotFound)?;
        Ok(Found::Answer(self.existing(before).await?))
    }

    /// Everything but ACTIVATE.
    async fn order_of_subscription(
        &self,
        desk: &Desk,
        request: &TechnicalRequest,
        subject: &Subject,
    ) -> Result<Requested, OrdersError> {
        self.check_wanted(desk, request, subject).await?;
        let mut work = self.outbox.begin().await?;
        let Some(row) = self
            .subscription_meant(&work, desk, request, subject)
            .await?
        else {
            work.rollback().await?;
            return Ok(Requested::NothingToDo {
                operation: request.operation,
                access: request.access.as_ref().map(ToString::to_string),
                service: request.service.clone().unwrap_or_default(),
            });
        };
        let id = SubscriptionId::from_uuid(row.id);
        let access = self.access_of(work.tx(), desk, &row).await?;
        check_named(request, access.as_ref(), &row.service)?;
        let wanted = match &request.service {
            Some(wanted) if request.operation == Operation::Change => wanted.clone(),
            _ => row.service.clone(),
        };
        let changes_nothing = request.operation == Operation::Change && wanted == row.service;
        match request.operation.effect(row.state()?) {
            Effect::Refused => return Err(OrdersError::SubscriptionEnded),
            Effect::Becomes(_) if !changes_nothing => {}
            Effect::Becomes(_) | Effect::Nothing => {
                work.rollback().await?;
                return Ok(Requested::NothingToDo {
                    operation: request.operation,
                    access: access.map(|access| access.to_string()),
                    service: row.service,
                });
            }
        }
        let Desk { network, provider } = desk;
        let unfinished =
            technical_order::find_unfinished(work.tx(), network, provider, id, request.operation);
        if let Some(before) = unfinished.await? {
            let answer = self.existing(before).await?;
            work.rollback().await?;
            return Ok(answer);
        }
        let order = TechnicalOrderId::generate(self.clock.as_ref());
        let rule = self.technical_rules(network).service(&wanted);
        if request.operation == Operation::Change {
            let access = access.as_ref().ok_or(OrdersError::CustomerErased)?;
            if rule.service_type != row.service_type {
                let claim = service_claim::Model {
                    network: network.to_string(),
                    access_id: access.to_string(),
                    service_type: rule.service_type.clone(),
                    provider_id: provider.to_string(),
                    service: wanted.clone(),
                    order_id: Some(order.as_uuid()),
                    subscription_id: None,
                };
                if let Found::Answer(_) = self.claim(&work, desk, request, access, claim).await? {
                    return Err(OrdersError::ServiceTypeActive(rule.service_type));
                }
            }
        }
        let about = About {
            access,
            service: wanted,
            service_type: rule.service_type,
            subscription: Some(row.id),
            subject: row.subject_id,
            customer_order: None,
        };
        let placed = self
            .place_technical(&mut work, desk, order, request, about)
            .await?;
        work.commit().await?;
        Ok(placed)
    }

    /// Whether the service that a CHANGE wants can be had where its subscription is: asked before anything is locked.
    async fn check_wanted(
        &self,
        desk: &Desk,
        request: &TechnicalRequest,
        subject: &Subject,
    ) -> Result<(), OrdersError> {
        let (Operation::Change, Some(wanted), Subject::Subscription(id)) =
            (request.operation, &request.service, subject)
        else {
            return Ok(());
        };
        let reader = self.outbox.database().reader();
        let Desk { network, provider } = desk;
        let row = subscription::find_of_provider(&reader, network, provider, *id).await?;
        let row = row.ok_or(OrdersError::SubscriptionNotFound)?;
        match self.access_of(&reader, desk, &row).await? {
            Some(access) => self.check_service(desk, &access, wanted).await,
            None => Err(OrdersError::SubscriptionEnded),
        }
    }

    /// The own subscription that a request is about, locked. None: by its access and service there is none, so that it is inactive
    /// for this provider.
    async fn subscription_meant(
        &self,
        work: &Work,
        desk: &Desk,
        request: &TechnicalRequest,
        subject: &Subject,
    ) -> Result<Option<subscription::Model>, OrdersError> {
        let Desk { network, provider } = desk;
        let id = match subject {
            Subject::Subscription(id) => *id,
            Subject::Place { access, service } => {
                let held = service_claim::find_service(work.tx(), network, access, service).await?;
                let held = held.filter(|held| held.provider_id == provider.as_str());
                match held.and_then(|held| held.subscription_id) {
                    Some(id) => SubscriptionId::from_uuid(id),
                    None if request.operation == Operation::Deactivate => return Ok(None),
                    None => return Err(OrdersError::SubscriptionNotFound),
                }
            }
        };
        let found = subscription::lock_of_provider(work.tx(), network, provider, id).await?;
        found.map(Some).ok_or(OrdersError::SubscriptionNotFound)
    }

    /// Where a subscription is: its claim knows also when the customer has been erased.
    pub(super) async fn access_of(
        &self,
        db: &impl ConnectionTrait,
        desk: &Desk,
        row: &subscription::Model,
    ) -> Result<Option<AccessId>, OrdersError> {
        if let Some(access) = stored_access(row.access_id.as_deref())? {
            return Ok(Some(access));
        }
        let claims = service_claim::of_subscriptions(db, &desk.network, vec![row.id]).await?;
        let claimed = claims.first().map(|claim| claim.access_id.as_str());
        Ok(stored_access(claimed)?)
    }

    /// Asks the registry whether the provider can have the service there.
    pub(super) async fn check_service(
        &self,
        desk: &Desk,
        access: &AccessId,
        service: &str,
    ) -> Result<(), OrdersError> {
        let Desk { network, provider } = desk;
        let services = self.places.orderable(network, provider, access).await?;
        if services.iter().any(|known| known == service) {
            Ok(())
        } else {
            Err(OrdersError::ServiceUnknown(repeatable(service).to_owned()))
        }
    }

    async fn existing(&self, row: technical_order::Model) -> Result<Requested, OrdersError> {
        let opened = self.open_orders(vec![row]).await?.remove(0);
        Ok(Requested::Existing(Box::new(opened)))
    }

    /// Stores the order, and carries it out where that is done at once.
    async fn place_technical(
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

/// What is named beside the subscription must be the subscription's.
fn check_named(
    request: &TechnicalRequest,
    access: Option<&AccessId>,
    service: &str,
) -> Result<(), OrdersError> {
    let rule = "the subscription's, or absent";
    if request
        .access
        .as_ref()
        .is_some_and(|named| Some(named) != access)
    {
        return Err(OrdersError::invalid("accessId", rule));
    }
    let named = request.service.as_deref();
    if request.operation != Operation::Change && named.is_some_and(|named| named != service) {
        return Err(OrdersError::invalid("service", rule));
    }
    Ok(())
}
