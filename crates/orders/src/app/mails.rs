//! The mails of this service: to the customer who receives what, to the provider that there is something to fetch.

use kernel::{Email, NetworkCode};
use mailer::{Mail, TemplateSource};
use messaging::Work;
use privacy::{Seals, SubjectId};
use serde_json::json;

use super::Orders;
use super::error::OrdersError;
use super::sale::Sale;
use crate::domain::acceptance::{self, Language};
use crate::domain::catalogue::Provider;
use crate::domain::order::Order;
use crate::domain::status::{OrderStatus, WITHDRAWAL_DAYS};
use crate::domain::swedish_time;
use crate::store::{notice, order, provider};

/// The language of mails to providers.
pub(super) const PROVIDER_LANGUAGE: &str = "sv";

/// The templates of this service.
pub const TEMPLATES: &[TemplateSource] = &[
    (
        "order_customer",
        "sv",
        include_str!("../mail/order_customer.sv.txt"),
    ),
    (
        "order_customer",
        "en",
        include_str!("../mail/order_customer.en.txt"),
    ),
    (
        "end_customer",
        "sv",
        include_str!("../mail/end_customer.sv.txt"),
    ),
    (
        "end_customer",
        "en",
        include_str!("../mail/end_customer.en.txt"),
    ),
    (
        "end_provider",
        "sv",
        include_str!("../mail/end_provider.sv.txt"),
    ),
    (
        "order_provider",
        "sv",
        include_str!("../mail/order_provider.sv.txt"),
    ),
    (
        "reminder_provider",
        "sv",
        include_str!("../mail/reminder_provider.sv.txt"),
    ),
    (
        "escalation_network",
        "sv",
        include_str!("../mail/escalation_network.sv.txt"),
    ),
    (
        "handover_network",
        "sv",
        include_str!("../mail/handover_network.sv.txt"),
    ),
    (
        "notice_provider",
        "sv",
        include_str!("../mail/notice_provider.sv.txt"),
    ),
];

/// Who has ended an order.
#[derive(Clone, Copy)]
pub(crate) enum Ending<'a> {
    /// The customer.
    Customer,
    /// Staff of the network.
    Network {
        /// Why, in their words: for the customer alone.
        reason: &'a str,
    },
    /// The provider's system, which has refused it.
    Provider {
        /// Why, in its words to the customer; or empty.
        reason: &'a str,
    },
}

impl Orders {
    /// To the customer and the provider; a service without mail configured sends none.
    pub(crate) async fn mail_order(
        &self,
        work: &mut Work,
        seals: &Seals,
        order: &Order,
        sale: &Sale<'_>,
    ) -> Result<(), OrdersError> {
        let Some(queue) = &self.mail else {
            return Ok(());
        };
        let controller = self.names.of(work.tx(), &order.state().network).await?;
        let follow = self.follow_url(order, sale.request.language);
        let mails = vec![
            to_customer(seals.subject(), order, sale, (&controller, &follow)),
            order_to_provider(order, &sale.provider, &controller),
        ];
        Ok(queue.enqueue_sealed_in(work, seals, mails).await?)
    }

    /// To the customer, whose order has ended: of what they did themselves the receipt on a durable medium with day and time
    /// (distansavtalslagen 2005:59, 2 kap. 10 §). To the provider: there is something to fetch, and nothing of why.
    pub(crate) async fn mail_ended(
        &self,
        work: &mut Work,
        row: &order::Model,
        order: &Order,
        (language, ending): (Language, Ending<'_>),
    ) -> Result<(), OrdersError> {
        let Some(queue) = &self.mail else {
            return Ok(());
        };
        let state = order.state();
        let provider = provider::find(work.tx(), &state.network, &state.provider).await?;
        let provider = provider.ok_or(OrdersError::ProviderNotFound)?;
        let controller = self.names.of(work.tx(), &state.network).await?;
        let mut context = json!({
            "order_number": state.number.to_string(),
            "order_id": state.id.to_string(),
            "offering": state.offering_name,
            "provider": provider.name,
            "provider_id": provider.id.as_str(),
            "network": state.network.as_str(),
            "controller": controller,
            "status": state.status.as_str(),
            "withdrawn": state.status == OrderStatus::Withdrawn,
            "by_network": matches!(ending, Ending::Network { .. }),
            "by_provider": matches!(ending, Ending::Provider { .. }),
            "reason": "",
            "at": swedish_time::minute(state.changed_at),
        });
        if !matches!(ending, Ending::Provider { .. }) {
            let told = to_provider(&state.network, &provider, "end_provider", context.clone());
            queue.enqueue_in(work, told).await?;
        }
        let name = self
            .open(row, "customer_name", row.customer_name.as_deref())
            .await?;
        let email = self.open(row, "email", row.email.as_deref()).await?;
        let (Some(subject), Some(name), Some(email)) = (row.subject_id, name, email) else {
            return Ok(());
        };
        context["name"] = name.into();
        if let Ending::Network { reason } | Ending::Provider { reason } = ending {
            context["reason"] = reason.into();
        }
        let mail = Mail {
            network: state.network.clone(),
            subject: Some(SubjectId::from_uuid(subject)),
            to: Email::parse(&email).map_err(|_| OrdersError::CustomerErased)?,
            template: "end_customer",
            language: language.code().to_owned(),
            context,
        };
        queue.enqueue_in(work, mail).await?;
        Ok(())
    }

    /// The page on which the customer follows an order.
    fn follow_url(&self, order: &Order, language: Language) -> String {
        let state = order.state();
        let token = self.follow_links.token(&state.network, state.id);
        format!("{}/{}/follow/{token}", self.public_url, language.code())
    }

    /// To the provider: there is a notice to act on.
    pub(crate) async fn mail_notice(
        &self,
        work: &mut Work,
        notice: &notice::Model,
        provider: &Provider,
    ) -> Result<(), OrdersError> {
        let context = json!({
            "notice_id": notice.id.to_string(),
            "kind": notice.kind,
            "measure": if notice.kind == "erasure" { "radering" } else { notice.kind.as_str() },
            "network": notice.network,
            "controller": self.names.of(work.tx(), &provider.network).await?,
            "provider": provider.name,
        });
        if let Some(queue) = &self.mail {
            let mail = to_provider(&provider.network, provider, "notice_provider", context);
            queue.enqueue_in(work, mail).await?;
        }
        Ok(())
    }
}

/// To the customer: the number, who receives what, the rights.
fn to_customer(
    subject: SubjectId,
    order: &Order,
    sale: &Sale<'_>,
    (controller, follow): (&str, &str),
) -> Mail {
    let (request, offering, provider) = (sale.request, &sale.offering, &sale.provider);
    let state = order.state();
    let text = acceptance::current(request.language, controller);
    let context = json!({
        "name": request.customer.name.as_str(),
        "order_number": state.number.to_string(),
        "offering": offering.name,
        "monthly_price": kronor(sale.price.monthly_ore),
        "first_monthly_price": kronor(sale.price.first_monthly_ore),
        "campaign_months": sale.price.campaign.as_ref().map_or(0, |campaign| campaign.months),
        "start_price": kronor(sale.price.start_ore),
        "commitment_months": sale.price.commitment_months,
        "notice_months": sale.price.notice_months,
        "total_price": kronor(sale.price.total_ore),
        "total_months": sale.price.total_months,
        "provider": provider.name,
        "privacy_url": provider.privacy_url,
        "controller": controller,
        "address": sale.place.label(),
        "requested_date": state.requested_date.map(|day| day.to_string()),
        "text_version": text.version,
        "text": text.text,
        "information": text.information,
        "withdrawal_days": WITHDRAWAL_DAYS,
        "follow": follow,
    });
    Mail {
        network: state.network.clone(),
        subject: Some(subject),
        to: request.customer.email.clone(),
        template: "order_customer",
        language: request.language.code().to_owned(),
        context,
    }
}

/// To the provider: number and a part for its machines. Nothing that names a person, and no access id.
fn order_to_provider(order: &Order, provider: &Provider, controller: &str) -> Mail {
    let context = order_context(order, provider, controller);
    let network = &order.state().network;
    to_provider(network, provider, "order_provider", context)
}

/// What mails say of an order to who is not its customer.
pub(super) fn order_context(
    order: &Order,
    provider: &Provider,
    controller: &str,
) -> serde_json::Value {
    let state = order.state();
    json!({
        "order_number": state.number.to_string(),
        "order_id": state.id.to_string(),
        "network": state.network.as_str(),
        "controller": controller,
        "provider": provider.name,
        "provider_id": provider.id.as_str(),
        "offering": state.offering_name,
        "offering_id": state.offering_id.to_string(),
        "service": state.service,
    })
}

pub(super) fn to_provider(
    network: &NetworkCode,
    provider: &Provider,
    template: &'static str,
    context: serde_json::Value,
) -> Mail {
    Mail {
        network: network.clone(),
        subject: None,
        to: provider.order_email.clone(),
        template,
        language: PROVIDER_LANGUAGE.to_owned(),
        context,
    }
}

/// "299.00" of 29,900 öre.
pub(crate) fn kronor(ore: i64) -> String {
    format!("{}.{:02}", ore / 100, ore % 100)
}
