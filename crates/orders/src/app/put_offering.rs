//! Staff enter or change what a provider sells.

use kernel::NetworkCode;

use super::Orders;
use super::error::OrdersError;
use crate::domain::OfferingId;
use crate::domain::catalogue::{Offering, OfferingInput, Provider};
use crate::store::{offering, provider};

impl Orders {
    /// Enters an offering, or changes the one with this id. The provider must be there.
    pub async fn put_offering(
        &self,
        network: NetworkCode,
        input: &OfferingInput,
    ) -> Result<(Offering, Provider), OrdersError> {
        let fresh = OfferingId::generate(self.clock.as_ref());
        let wanted = Offering::parse(network, input, fresh).map_err(OrdersError::Invalid)?;
        let work = self.outbox.begin().await?;
        let seller = provider::find(work.tx(), &wanted.network, &wanted.provider).await?;
        let seller = seller.ok_or(OrdersError::ProviderNotFound)?;
        if offering::is_taken_elsewhere(work.tx(), &wanted.network, wanted.id).await? {
            return Err(OrdersError::OfferingIdTaken);
        }
        offering::put(work.tx(), &wanted, self.clock.now()).await?;
        work.commit().await?;
        Ok((wanted, seller))
    }
}
