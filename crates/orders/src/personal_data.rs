//! What this service holds of persons, why, for how long; and who has received it.

mod catalogue;
mod orders;
mod provider_systems;
mod technical;
mod webhooks;

use api::privacy::RecipientRef;
use async_trait::async_trait;
use mailer::{MAIL_CATEGORY, MAIL_TABLE, NETWORK_NAME_TABLE};
use privacy::{Category, DataMap, HolderHooks, OnErasure, Retention, SubjectId};
use sea_orm::DatabaseTransaction;

use self::catalogue::{OFFER_SHOWING, OFFERING, PROVIDER};
use self::orders::{
    ACCEPTANCE_TABLE, CATALOGUE_VERSION, CUSTOMER_ORDER, DISCLOSURE, NOTICE, ORDER_ANSWER,
    ORDER_COUNTER, ORDER_FORM, ORDER_LOG, PROVIDER_FEED,
};
use self::provider_systems::{CONTACT_REQUEST, HANDOVER, PRODUCT_PULL, PROVIDER_SYSTEM};
use self::technical::{
    SERVICE_CLAIM, SUBSCRIPTION, TECHNICAL_EVENT, TECHNICAL_FEED, TECHNICAL_ORDER,
};
use self::webhooks::{WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT};
use crate::domain::acceptance::ACCEPTANCE_YEARS;
use crate::store::{disclosure, order};

/// Days that the record of an acceptance is kept: [`ACCEPTANCE_YEARS`], leap day included.
pub const ACCEPTANCE_DAYS: u32 = ACCEPTANCE_YEARS * 365 + 1;

/// Days that an order keeps its customer: the agreement's time at the longest commitment, and then a year.
pub const ORDER_DAYS: u32 = 6 * 365 + 1;

const ORDER: &str = "order";
const ACCEPTANCE: &str = "acceptance";

/// The declaration.
pub const DATA_MAP: DataMap = DataMap {
    service: crate::SERVICE,
    version: "1",
    categories: &[
        Category {
            name: ORDER,
            title_sv: "Beställningar",
            title_en: "Orders",
            purpose_sv: "Att förmedla kundens beställning till den leverantör som kunden har valt, för avtal och leverans",
            purpose_en: "Brokering the customer's order to the provider that the customer has chosen, for agreement and delivery",
            legal_basis: "art. 6(1)(b); identity number: dataskyddslagen 3:10, secure identification",
            retention: Retention {
                period_days: ORDER_DAYS,
                starts: "order placed",
            },
            recipients: &["the provider of the order"],
            on_erasure: OnErasure::Erase,
        },
        Category {
            name: ACCEPTANCE,
            title_sv: "Godkännanden",
            title_en: "Acceptances",
            purpose_sv: "Att kunna visa vad kunden godkände, när och hur",
            purpose_en: "Being able to show what the customer accepted, when and how",
            legal_basis: "art. 6(1)(f): establishment, exercise or defence of legal claims",
            retention: Retention {
                period_days: ACCEPTANCE_DAYS,
                starts: "order placed",
            },
            recipients: &["the provider of the order"],
            on_erasure: OnErasure::Retain {
                basis: "art. 17(3)(e)",
                days: ACCEPTANCE_DAYS,
            },
        },
        MAIL_CATEGORY,
    ],
    tables: &[
        CUSTOMER_ORDER,
        ORDER_ANSWER,
        ORDER_FORM,
        ACCEPTANCE_TABLE,
        ORDER_LOG,
        DISCLOSURE,
        MAIL_TABLE,
        NETWORK_NAME_TABLE,
        NOTICE,
        PROVIDER,
        OFFERING,
        OFFER_SHOWING,
        ORDER_COUNTER,
        CATALOGUE_VERSION,
        PROVIDER_FEED,
        TECHNICAL_ORDER,
        SUBSCRIPTION,
        SERVICE_CLAIM,
        TECHNICAL_EVENT,
        TECHNICAL_FEED,
        WEBHOOK_ENDPOINT,
        WEBHOOK_DELIVERY,
        PROVIDER_SYSTEM,
        HANDOVER,
        PRODUCT_PULL,
        CONTACT_REQUEST,
    ],
};

/// Says from the register of disclosures who was given a person's data.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recipients;

#[async_trait]
impl HolderHooks for Recipients {
    /// Locks the orders first: a provider that is fetching one of them now is waited for and found, and one that comes
    /// later finds nothing to fetch.
    async fn recipients(
        &self,
        tx: &DatabaseTransaction,
        subjects: &[SubjectId],
    ) -> anyhow::Result<Vec<RecipientRef>> {
        let subjects: Vec<_> = subjects.iter().map(SubjectId::as_uuid).collect();
        order::lock_of_subjects(tx, &subjects).await?;
        let found = disclosure::recipients(tx, &subjects).await?;
        let recipient = |(provider, orders): (String, Vec<uuid::Uuid>)| RecipientRef {
            recipient: format!("provider:{provider}"),
            record_ids: orders.iter().map(ToString::to_string).collect(),
        };
        Ok(found.into_iter().map(recipient).collect())
    }
}
