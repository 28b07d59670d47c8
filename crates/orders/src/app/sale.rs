//! What is sold to whom, and where.

use kernel::NetworkCode;
use privacy::{Identifier, Known};

use super::Orders;
use super::error::OrdersError;
use super::mails::kronor;
use super::places::Place;
use crate::domain::OfferingId;
use crate::domain::catalogue::{Offering, Provider};
use crate::domain::customer::Customer;
use crate::domain::form::OrderForms;
use crate::domain::form::answer::Answer;
use crate::domain::request::OrderRequest;
use crate::store::{offering, order_form, provider};

/// A sale, all of it checked.
#[derive(Debug)]
pub(crate) struct Sale<'a> {
    pub request: &'a OrderRequest,
    pub place: Place,
    pub offering: Offering,
    pub provider: Provider,
    /// Checked against the forms of today.
    pub answers: Vec<Answer>,
}

impl Orders {
    /// The sale that a customer asks for, when it can be made: the registry and the catalogue are asked side by side.
    pub(super) async fn sale<'a>(
        &self,
        network: &NetworkCode,
        request: &'a OrderRequest,
    ) -> Result<Sale<'a>, OrdersError> {
        let (place, sold) = tokio::join!(
            self.places.resolve(network, &request.place_handle),
            self.sold(network, request.offering_id)
        );
        // The place is what the customer chose first, and hears of first.
        let place = place?;
        if !place.connected {
            return Err(OrdersError::PlaceNotConnected);
        }
        let (offering, provider, forms) = sold?;
        if !place.services.contains(&offering.service) {
            return Err(OrdersError::NotDeliverable);
        }
        Ok(Sale {
            request,
            place,
            offering,
            provider: provider.ok_or(OrdersError::ProviderNotFound)?,
            answers: self.answers_of(request, &forms)?,
        })
    }

    /// The offering, its seller, and what both ask.
    async fn sold(
        &self,
        network: &NetworkCode,
        id: OfferingId,
    ) -> Result<(Offering, Option<Provider>, OrderForms), OrdersError> {
        let reader = self.outbox.database().reader();
        let offering = offering::find(&reader, network, id).await?;
        let offering = offering.ok_or(OrdersError::OfferingNotFound)?;
        let provider = provider::find(&reader, network, &offering.provider).await?;
        let forms = order_form::current(&reader, network, &offering.provider).await?;
        Ok((offering, provider, forms))
    }
}

impl Sale<'_> {
    /// For the customer's own extract.
    pub(super) fn in_words(&self) -> String {
        let Offering {
            name,
            service,
            monthly_price_ore,
            ..
        } = &self.offering;
        format!(
            "{name} ({service}), {}, {} SEK/month",
            self.provider.name,
            kronor(*monthly_price_ore)
        )
    }
}

/// What an order is found by, for daily work and for a request of the person (decisions.md 16).
///
/// The identity number has a valid check digit and is the key of the agreement that the customer enters: it counts as
/// verified, so that a request with the number finds the order, and so that a request of somebody else who shares the
/// e-mail address (a household) does not. E-mail and phone are typed and never confirmed here: they lead to the order,
/// but never widen a search to other persons.
pub(super) fn known(customer: &Customer) -> [Known; 3] {
    [
        Known::verified(Identifier::IdentityNumber(customer.identity_number.clone())),
        Known::unverified(Identifier::Email(customer.email.clone())),
        Known::unverified(Identifier::Phone(customer.phone.clone())),
    ]
}
