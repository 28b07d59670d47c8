//! What this service holds of persons, why, for how long; and who has received it.

use api::privacy::RecipientRef;
use async_trait::async_trait;
use mailer::{MAIL_CATEGORY, MAIL_TABLE, NETWORK_NAME_TABLE};
use privacy::{
    Category, Column, DataMap, HolderHooks, Link, OnErasure, Retention, RowErasure, SubjectId,
    Table,
};
use sea_orm::DatabaseTransaction;

use crate::domain::acceptance::ACCEPTANCE_YEARS;
use crate::store::{disclosure, order, order_answer, order_form, subscription, technical_order};

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
        PROVIDER_FEED,
        TECHNICAL_ORDER,
        SUBSCRIPTION,
        SERVICE_CLAIM,
        TECHNICAL_EVENT,
        TECHNICAL_FEED,
        WEBHOOK_ENDPOINT,
        WEBHOOK_DELIVERY,
    ],
};

/// An access id is not personal by itself; beside a customer it is, and goes with the customer (decisions.md 19).
const CUSTOMER_ORDER: Table = Table {
    name: order::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("command_id"),
        Column::plain("number"),
        Column::plain("provider_id"),
        Column::plain("offering_id"),
        Column::plain("offering_name"),
        Column::plain("service"),
        Column::plain("status"),
        Column::plain("placed_at"),
        Column::plain("changed_at"),
        Column::plain("change"),
        Column::open("access_id", ORDER, "access id"),
        Column::open("requested_date", ORDER, "requested date"),
        Column::sealed("customer_name", ORDER, "name"),
        Column::sealed("identity_number", ORDER, "identity number"),
        Column::sealed("email", ORDER, "e-mail"),
        Column::sealed("phone", ORDER, "phone"),
        Column::sealed("address", ORDER, "address"),
        Column::sealed("ordered", ORDER, "ordered"),
        Column::sealed("request_content", ORDER, "request as sent"),
        Column::plain("network_form_version"),
        Column::plain("provider_form_version"),
        Column::plain("remind_at"),
        Column::plain("reminders"),
        Column::plain("escalated_at"),
        Column::plain("fetched_after_s"),
        Column::plain("delivered_after_s"),
        Column::plain("price"),
    ],
};

/// An answer that is not personal by itself is the customer's while it lies beside the customer's order (as decisions.md 19
/// has it of an access): it is found, told and erased with the others. A purge rule ends an answer before the period of the
/// category, never after it.
const ORDER_ANSWER: Table = Table {
    name: order_answer::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("scope"),
        Column::plain("field_key"),
        Column::plain("purge_days"),
        Column::plain("purge_at"),
        Column::sealed("question", ORDER, "question"),
        Column::sealed("answer", ORDER, "answer"),
        Column::sealed("value", ORDER, "answer as stored"),
        Column::open(
            "plain_value",
            ORDER,
            "answer as stored, not personal by itself",
        ),
    ],
};

const ORDER_FORM: Table = Table {
    name: order_form::TABLE,
    link: Link::None {
        why: "what a network or a company asks",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("version"),
        Column::plain("is_current"),
        Column::plain("fields"),
        Column::plain("put_at"),
        Column::plain("put_by"),
    ],
};

const ACCEPTANCE_TABLE: Table = Table {
    name: crate::store::acceptance::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::sealed("order_number", ACCEPTANCE, "order number"),
        Column::sealed("text_version", ACCEPTANCE, "text version"),
        Column::sealed("text_language", ACCEPTANCE, "text language"),
        Column::sealed("channel", ACCEPTANCE, "channel"),
        Column::sealed("accepted_at", ACCEPTANCE, "accepted at"),
    ],
};

const ORDER_LOG: Table = Table {
    name: crate::store::order_log::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("at"),
        Column::plain("position"),
        Column::plain("kind"),
        Column::plain("actor"),
        Column::plain("text"),
        Column::sealed("message", ORDER, "message of the provider or the network"),
        Column::plain("provider_id"),
    ],
};

/// Who received an order outlives the order's customer: recipients are told, and a replay after a restore tells the same.
const DISCLOSURE: Table = Table {
    name: disclosure::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("provider_id"),
        Column::plain("caller_id"),
        Column::plain("at"),
        Column::plain("purpose_class"),
        Column::sealed("purpose", ORDER, "purpose of a disclosure"),
    ],
};

const NOTICE: Table = Table {
    name: "notice",
    link: Link::None {
        why: "tells a provider about orders by their ids",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("request_id"),
        Column::plain("kind"),
        Column::plain("record_ids"),
        Column::plain("sent_at"),
        Column::plain("acknowledged_at"),
    ],
};

const PROVIDER: Table = Table {
    name: "provider",
    link: Link::None {
        why: "a company, with a function address",
    },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("name"),
        Column::plain("order_email"),
        Column::plain("privacy_url"),
        Column::plain("phone"),
        Column::plain("opening_hours"),
        Column::plain("website"),
        Column::plain("presentation"),
        Column::plain("changed_at"),
    ],
};

const OFFERING: Table = Table {
    name: "offering",
    link: Link::None {
        why: "what a company sells",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("service"),
        Column::plain("name"),
        Column::plain("description"),
        Column::plain("monthly_price_ore"),
        Column::plain("start_price_ore"),
        Column::plain("commitment_months"),
        Column::plain("changed_at"),
        Column::plain("product_name"),
        Column::plain("categories"),
        Column::plain("down_mbps"),
        Column::plain("up_mbps"),
        Column::plain("consumer_types"),
        Column::plain("price_groups"),
        Column::plain("price_period_months"),
        Column::plain("notice_months"),
        Column::plain("delivery"),
        Column::plain("external_product_id"),
        Column::plain("external_offering_id"),
        Column::plain("documents"),
        Column::plain("valid_from"),
        Column::plain("valid_until"),
        Column::plain("draft"),
        Column::plain("campaigns"),
        Column::plain("ended_at"),
    ],
};

const OFFER_SHOWING: Table = Table {
    name: "offer_showing",
    link: Link::None {
        why: "counts of companies on a day, without who looked or where",
    },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("day"),
        Column::plain("provider_id"),
        Column::plain("position"),
        Column::plain("providers"),
        Column::plain("times"),
    ],
};

const ORDER_COUNTER: Table = Table {
    name: "order_counter",
    link: Link::None { why: "a count" },
    network: "network",
    id: "network",
    on_erase: RowErasure::Clear,
    columns: &[Column::plain("network"), Column::plain("last_number")],
};

const PROVIDER_FEED: Table = Table {
    name: "provider_feed",
    link: Link::None { why: "a count" },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("last_change"),
    ],
};

/// The provider's technical order at the network: the customer's, where it delivers an order of theirs. The provider's ids are
/// in the clear because they are looked at in every list, and no identity number is taken for one.
const TECHNICAL_ORDER: Table = Table {
    name: technical_order::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("subject_id"),
        Column::plain("customer_order_id"),
        Column::plain("operation"),
        Column::plain("service"),
        Column::plain("service_type"),
        Column::plain("subscription_id"),
        Column::plain("forced_takeover"),
        Column::plain("state"),
        Column::plain("requested_at"),
        Column::plain("created_at"),
        Column::plain("changed_at"),
        Column::plain("version"),
        Column::open("access_id", ORDER, "access id"),
        Column::open("sp_reference", ORDER, "reference of the provider"),
        Column::open("sp_subscription_id", ORDER, "subscription of the provider"),
        Column::sealed("external_note", ORDER, "note"),
        Column::sealed("characteristics", ORDER, "addresses on the net"),
        Column::sealed("equipment", ORDER, "equipment"),
        Column::sealed("message", ORDER, "message of the network"),
    ],
};

const SUBSCRIPTION: Table = Table {
    name: subscription::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("subject_id"),
        Column::plain("customer_order_id"),
        Column::plain("service"),
        Column::plain("service_type"),
        Column::plain("state"),
        Column::plain("connection_date"),
        Column::plain("disconnection_date"),
        Column::plain("changed_at"),
        Column::open("access_id", ORDER, "access id"),
        Column::open("sp_reference", ORDER, "reference of the provider"),
        Column::open("sp_subscription_id", ORDER, "subscription of the provider"),
        Column::sealed("characteristics", ORDER, "addresses on the net"),
        Column::sealed("equipment", ORDER, "equipment"),
    ],
};

/// What a port carries is not who lives there (decisions.md 19): it stays while the service works, and the subscription that
/// it leads to names nobody once its customer is erased.
const SERVICE_CLAIM: Table = Table {
    name: "service_claim",
    link: Link::None {
        why: "which provider's service a port carries",
    },
    network: "network",
    id: "access_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("access_id"),
        Column::plain("service_type"),
        Column::plain("provider_id"),
        Column::plain("service"),
        Column::plain("order_id"),
        Column::plain("subscription_id"),
    ],
};

const TECHNICAL_EVENT: Table = Table {
    name: "technical_event",
    link: Link::None {
        why: "that an order or a subscription has changed, by its id",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("position"),
        Column::plain("at"),
        Column::plain("object_type"),
        Column::plain("object_id"),
        Column::plain("kind"),
        Column::plain("state"),
    ],
};

const TECHNICAL_FEED: Table = Table {
    name: "technical_feed",
    link: Link::None { why: "a count" },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("last_position"),
    ],
};

const WEBHOOK_ENDPOINT: Table = Table {
    name: "webhook_endpoint",
    link: Link::None {
        why: "where a company's system is told of events",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("name"),
        Column::plain("url"),
        Column::plain("kinds"),
        Column::plain("active"),
        Column::plain("disabled_reason"),
        Column::plain("disabled_at"),
        Column::plain("secret"),
        Column::plain("previous_secret"),
        Column::plain("previous_secret_until"),
        Column::plain("changed_at"),
    ],
};

const WEBHOOK_DELIVERY: Table = Table {
    name: "webhook_delivery",
    link: Link::None {
        why: "that an order, a notice or a subscription has changed, by its id",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("position"),
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("endpoint_id"),
        Column::plain("kind"),
        Column::plain("object_id"),
        Column::plain("at"),
        Column::plain("state"),
        Column::plain("attempts"),
        Column::plain("begun_at"),
        Column::plain("next_attempt_at"),
        Column::plain("lease_owner"),
        Column::plain("lease_until"),
        Column::plain("last_status"),
        Column::plain("last_failure"),
        Column::plain("finished_at"),
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
