//! Staff enter or change what a provider sells.

use kernel::NetworkCode;

use super::Orders;
use super::catalogue::has_room;
use super::error::OrdersError;
use super::own_offerings::free_key;
use crate::domain::OfferingId;
use crate::domain::catalogue::{Offering, OfferingInput, Provider};
use crate::store::{offering, provider};

impl Orders {
    /// Enters an offering, or changes the one with this id. The provider must be there.
    ///
    /// # Errors
    /// Fields are wrong, the provider is not there, id or external key are another offering's, or the database fails.
    pub async fn put_offering(
        &self,
        network: NetworkCode,
        input: &OfferingInput,
    ) -> Result<(Offering, Provider), OrdersError> {
        let fresh = OfferingId::generate(self.clock.as_ref());
        let wanted = Offering::parse(network, input, fresh).map_err(OrdersError::Invalid)?;
        let work = self.outbox.begin().await?;
        let seller = provider::lock(work.tx(), &wanted.network, &wanted.provider).await?;
        let seller = seller.ok_or(OrdersError::ProviderNotFound)?;
        if offering::is_taken_elsewhere(work.tx(), &wanted.network, wanted.id).await? {
            return Err(OrdersError::OfferingIdTaken);
        }
        free_key(&work, &wanted).await?;
        has_room(&work, &wanted).await?;
        offering::put(work.tx(), &wanted, self.clock.now()).await?;
        work.commit().await?;
        Ok((wanted, seller))
    }
}
