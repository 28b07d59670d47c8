//! A provider's system enters and ends what its provider sells; staff list what is sold.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;

use super::catalogue::has_room;
use super::error::OrdersError;
use super::paging::{cut, page_size};
use super::{Desk, Orders};
use crate::domain::OfferingId;
use crate::domain::catalogue::offering::ExternalKey;
use crate::domain::catalogue::{Offering, OfferingInput, Provider};
use crate::store::offering::{self, Listed};
use crate::store::provider;

/// An offering in a list of its own provider, or of staff.
#[derive(Clone, Debug)]
pub struct ListedOffering {
    /// What is sold.
    pub offering: Offering,
    /// Who sells it; none: the provider has never been entered.
    pub provider: Option<Provider>,
    /// When it was taken away.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A page of offerings.
#[derive(Clone, Debug)]
pub struct OfferingPage {
    /// The oldest first.
    pub offerings: Vec<ListedOffering>,
    /// Where the next page goes on.
    pub next_after: Option<OfferingId>,
}

impl Orders {
    /// Enters the provider's own offering, or changes the one that its system calls so. The same upload again changes nothing
    /// else; one that was ended begins again, under its own id.
    ///
    /// # Errors
    /// Fields are wrong, the provider is not entered, the id is not one of its offerings, or the database fails.
    pub async fn put_own_offering(
        &self,
        desk: &Desk,
        input: OfferingInput,
    ) -> Result<(Offering, Provider), OrdersError> {
        let input = OfferingInput {
            provider: desk.provider.to_string(),
            ..input
        };
        let fresh = OfferingId::generate(self.clock.as_ref());
        let parsed = Offering::parse(desk.network.clone(), &input, fresh);
        let mut wanted = parsed.map_err(OrdersError::Invalid)?;
        let Some(key) = wanted.external.clone() else {
            let rule = "required: what your system calls it";
            return Err(OrdersError::invalid("external_product_id", rule));
        };
        let work = self.outbox.begin().await?;
        let seller = provider::lock(work.tx(), &desk.network, &desk.provider).await?;
        let seller = seller.ok_or(OrdersError::ProviderNotFound)?;
        if input.id.is_empty() {
            let known =
                offering::id_of_external(work.tx(), &desk.network, &desk.provider, &key).await?;
            wanted.id = known.unwrap_or(fresh);
        } else {
            self.own_offering(work.tx(), desk, wanted.id).await?;
            free_key(&work, &wanted).await?;
        }
        has_room(&work, &wanted).await?;
        offering::put(work.tx(), &wanted, self.clock.now()).await?;
        work.commit().await?;
        Ok((wanted, seller))
    }

    /// Ends an own offering: nobody can order it any more. Ending it again changes nothing. Orders keep what they hold of it.
    ///
    /// # Errors
    /// The provider has no such offering, or the database fails.
    pub async fn remove_own_offering(
        &self,
        desk: &Desk,
        named: OwnOffering,
    ) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        let id = match named {
            OwnOffering::Id(id) => {
                self.own_offering(work.tx(), desk, id).await?;
                id
            }
            OwnOffering::External(key) => {
                offering::id_of_external(work.tx(), &desk.network, &desk.provider, &key)
                    .await?
                    .ok_or(OrdersError::OfferingNotFound)?
            }
        };
        let whose = (&desk.network, &desk.provider);
        offering::end(work.tx(), whose, id, self.clock.now()).await?;
        work.commit().await?;
        Ok(())
    }

    /// A page of offerings.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list_offerings(
        &self,
        network: &NetworkCode,
        listed: &Listed,
        size: u64,
    ) -> Result<OfferingPage, OrdersError> {
        let size = page_size(size);
        let reader = self.outbox.database().reader();
        let rows = offering::page(&reader, network, listed, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let next_after = rows.last().filter(|_| more).map(|(last, _)| last.id);
        let providers = self.list_providers(network).await?;
        let seller = |offering: &Offering| {
            let seller = providers.iter().find(|p| p.id == offering.provider);
            seller.cloned()
        };
        let offerings = rows.into_iter().map(|(offering, ended_at)| ListedOffering {
            provider: seller(&offering),
            offering,
            ended_at,
        });
        Ok(OfferingPage {
            offerings: offerings.collect(),
            next_after,
        })
    }
}

/// How a provider's system names one of its offerings.
#[derive(Clone, Debug)]
pub enum OwnOffering {
    /// By our id.
    Id(OfferingId),
    /// As its system calls it.
    External(ExternalKey),
}

/// That no other offering of the provider has the same key in the provider's system.
pub(super) async fn free_key(work: &messaging::Work, wanted: &Offering) -> Result<(), OrdersError> {
    let Some(key) = &wanted.external else {
        return Ok(());
    };
    let (network, provider) = (&wanted.network, &wanted.provider);
    match offering::id_of_external(work.tx(), network, provider, key).await? {
        Some(id) if id != wanted.id => Err(OrdersError::ExternalKeyTaken),
        _ => Ok(()),
    }
}
