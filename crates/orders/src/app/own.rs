//! What a provider names is its own, or it is not there. Another's is no more there, but that it was asked for is said
//! aloud: a system is wrong, or somebody tries (TG-4).

use messaging::Work;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::error::OrdersError;
use super::{Desk, Orders};
use crate::domain::technical::TechnicalOrderId;
use crate::domain::{NoticeId, OfferingId, OrderId};
use crate::store::{notice, offering, order, provider_orders, technical_order};

/// Counts calls that named what is another provider's.
const STRANGERS: &str = "orders_of_another_asked_total";

impl Orders {
    /// An own order.
    ///
    /// # Errors
    /// [`OrdersError::OrderNotFound`], whether it is not there, another provider's or another network's.
    pub(super) async fn own_order(
        &self,
        db: &impl ConnectionTrait,
        desk: &Desk,
        id: OrderId,
    ) -> Result<order::Model, OrdersError> {
        match order::find_of_provider(db, &desk.network, &desk.provider, id).await? {
            Some(row) => Ok(row),
            None => Err(no_own_order(db, desk, id).await?),
        }
    }

    /// The same, and nobody else changes it until the transaction ends.
    ///
    /// # Errors
    /// As [`Orders::own_order`].
    pub(super) async fn lock_own_order(
        &self,
        work: &Work,
        desk: &Desk,
        id: OrderId,
    ) -> Result<order::Model, OrdersError> {
        match order::lock_of_provider(work.tx(), &desk.network, &desk.provider, id).await? {
            Some(row) => Ok(row),
            None => Err(no_own_order(work.tx(), desk, id).await?),
        }
    }

    /// The own order of this number.
    ///
    /// # Errors
    /// As [`Orders::own_order`].
    pub(super) async fn own_numbered(
        &self,
        db: &impl ConnectionTrait,
        desk: &Desk,
        number: i64,
    ) -> Result<order::Model, OrdersError> {
        let found = provider_orders::numbered(db, &desk.network, number).await?;
        let row = found.ok_or(OrdersError::OrderNotFound)?;
        if row.provider_id == desk.provider.as_str() {
            return Ok(row);
        }
        tell(desk, "order", row.id);
        Err(OrdersError::OrderNotFound)
    }

    /// An own technical order.
    ///
    /// # Errors
    /// [`OrdersError::TechnicalOrderNotFound`], whether it is not there, another provider's, another network's or deleted.
    pub(super) async fn own_technical(
        &self,
        db: &impl ConnectionTrait,
        desk: &Desk,
        id: TechnicalOrderId,
    ) -> Result<technical_order::Model, OrdersError> {
        let found = technical_order::find(db, &desk.network, id).await?;
        own_technical(desk, found)
    }

    /// The same, and nobody else changes it until the transaction ends.
    ///
    /// # Errors
    /// As [`Orders::own_technical`].
    pub(super) async fn lock_own_technical(
        &self,
        work: &Work,
        desk: &Desk,
        id: TechnicalOrderId,
    ) -> Result<technical_order::Model, OrdersError> {
        let found = technical_order::lock(work.tx(), &desk.network, id).await?;
        own_technical(desk, found)
    }

    /// That an offering is an own one, whether it has ended or not.
    ///
    /// # Errors
    /// [`OrdersError::OfferingNotFound`], whether it is not there, another provider's or another network's.
    pub(super) async fn own_offering(
        &self,
        db: &impl ConnectionTrait,
        desk: &Desk,
        id: OfferingId,
    ) -> Result<(), OrdersError> {
        match offering::owner_of(db, &desk.network, id).await? {
            Some(owner) if owner == desk.provider => Ok(()),
            Some(_) => {
                tell(desk, "offering", id.as_uuid());
                Err(OrdersError::OfferingNotFound)
            }
            None => Err(OrdersError::OfferingNotFound),
        }
    }

    /// An own notice; nobody else changes it until the transaction ends.
    ///
    /// # Errors
    /// [`OrdersError::NoticeNotFound`], whether it is not there, another provider's or another network's.
    pub(super) async fn lock_own_notice(
        &self,
        work: &Work,
        desk: &Desk,
        id: NoticeId,
    ) -> Result<notice::Model, OrdersError> {
        if let Some(row) = notice::lock(work.tx(), &desk.network, &desk.provider, id).await? {
            return Ok(row);
        }
        if notice::is_there(work.tx(), &desk.network, id).await? {
            tell(desk, "notice", id.as_uuid());
        }
        Err(OrdersError::NoticeNotFound)
    }
}

async fn no_own_order(
    db: &impl ConnectionTrait,
    desk: &Desk,
    id: OrderId,
) -> Result<OrdersError, OrdersError> {
    if order::find(db, &desk.network, id).await?.is_some() {
        tell(desk, "order", id.as_uuid());
    }
    Ok(OrdersError::OrderNotFound)
}

fn own_technical(
    desk: &Desk,
    found: Option<technical_order::Model>,
) -> Result<technical_order::Model, OrdersError> {
    let row = found.ok_or(OrdersError::TechnicalOrderNotFound)?;
    if row.provider_id == desk.provider.as_str() {
        return Ok(row);
    }
    tell(desk, "technical_order", row.id);
    Err(OrdersError::TechnicalOrderNotFound)
}

/// That a provider asked for this of another.
fn tell(desk: &Desk, object: &'static str, id: Uuid) {
    metrics::counter!(STRANGERS, "object" => object).increment(1);
    tracing::warn!(
        network = %desk.network,
        provider = %desk.provider,
        object,
        object.id = %id,
        "a provider asked for what is another's"
    );
}
