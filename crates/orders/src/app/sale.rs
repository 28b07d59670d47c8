//! What is sold to whom, and where.

use chrono::NaiveDate;
use kernel::NetworkCode;
use privacy::{Identifier, Known};

use super::Orders;
use super::error::OrdersError;
use super::mails::kronor;
use super::places::Place;
use crate::domain::OfferingId;
use crate::domain::catalogue::campaign;
use crate::domain::catalogue::price::Price;
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
    /// What it costs today, with the code that was given.
    pub price: Price,
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
        let today = self.today();
        if !offering.is_sold_on(today) {
            return Err(OrdersError::OfferingNotFound);
        }
        let deliverable = place.deliverable.has(&offering.service)?;
        if !deliverable || !offering.is_for_group(place.price_group) {
            return Err(OrdersError::NotDeliverable);
        }
        place.deliverable.carries(&offering)?;
        let price = price(&offering, today, request)?;
        Ok(Sale {
            request,
            place,
            offering,
            provider: provider.ok_or(OrdersError::ProviderNotFound)?,
            price,
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
        let Offering { name, service, .. } = &self.offering;
        let month = kronor(self.price.monthly_ore);
        let seller = &self.provider.name;
        let ordered = format!("{name} ({service}), {seller}, {month} SEK/month");
        match &self.price.campaign {
            Some(campaign) => {
                let (first, months) = (kronor(self.price.first_monthly_ore), campaign.months);
                format!("{ordered}, first {months} months {first} SEK/month")
            }
            None => ordered,
        }
    }
}

/// The price, when it is the one that was shown, and the code one of a campaign that is valid.
fn price(
    offering: &Offering,
    today: NaiveDate,
    request: &OrderRequest,
) -> Result<Price, OrdersError> {
    let code = &request.campaign_code;
    let current = campaign::current(&offering.campaigns, today, code);
    if !code.is_empty() && current.is_none_or(|campaign| campaign.code != *code) {
        let rule = "the code of a campaign that is valid today";
        return Err(OrdersError::invalid("campaign_code", rule));
    }
    if offering.code_required && code.is_empty() {
        let rule = "required: the offering is sold only with the code of a campaign";
        return Err(OrdersError::invalid("campaign_code", rule));
    }
    let price = Price::of(offering, current);
    if !request.price_mark.is_empty() && request.price_mark != price.mark() {
        return Err(OrdersError::PriceChanged);
    }
    Ok(price)
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
