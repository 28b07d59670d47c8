//! Those besides the network's staff: a contact at their mailbox, a provider's system.

use api::crm::crm_service_client::CrmServiceClient;
use api::crm::{
    ConfirmContactRequest, ContactSource, CreateContactRequest, PeekConfirmationRequest,
};
use api::orders::provider_service_client::ProviderServiceClient;
use api::orders::{
    AcknowledgeNoticeRequest, Customer, GetPersonalDataRequest, ListNoticesRequest,
    StreamOrdersRequest,
};
use service_kit::grpc::ClientChannel;
use testkit::smtp::SmtpSink;
use uuid::Uuid;

use crate::doors::Doors;
use crate::people::Person;
use crate::town::{NETWORK, PATIENCE};

/// Staff enter a contact, and the person confirms by the link in the mail.
///
/// # Errors
/// The CRM refuses, or no mail comes.
pub async fn befriend(doors: &Doors, mailbox: &SmtpSink, person: &Person) -> anyhow::Result<()> {
    let mut staff = CrmServiceClient::new(doors.staff("crm", &["customer_service"])?);
    let contact = CreateContactRequest {
        network: NETWORK.to_owned(),
        command_id: Uuid::now_v7().to_string(),
        name: person.name.clone(),
        email: person.email.clone(),
        phone: person.phone.clone(),
        source: ContactSource::Fair.into(),
        language: "sv".to_owned(),
        ..Default::default()
    };
    staff.create_contact(contact).await?;
    let token = link(mailbox, person).await?;
    let mut visitor = CrmServiceClient::new(doors.visitor("crm")?);
    let peek = PeekConfirmationRequest {
        token: token.clone(),
    };
    let state = visitor.peek_confirmation(peek).await?.into_inner().state;
    anyhow::ensure!(state == "open", "the link is {state} before it is used");
    let outcome = visitor
        .confirm_contact(ConfirmContactRequest { token })
        .await?
        .into_inner()
        .outcome;
    anyhow::ensure!(outcome == "confirmed", "confirming is {outcome}");
    Ok(())
}

/// Waits for the mail with the link; other mails to the same person may come before it.
async fn link(mailbox: &SmtpSink, person: &Person) -> anyhow::Result<String> {
    let mut count = 1;
    loop {
        let mails = mailbox.arrived(&person.email, count, PATIENCE).await?;
        if let Some(token) = mails.iter().find_map(|mail| token(&mail.text)) {
            return Ok(token);
        }
        count = mails.len() + 1;
    }
}

fn token(mail: &str) -> Option<String> {
    let link = mail
        .split_whitespace()
        .find(|word| word.contains("/confirm/"))?;
    let token = link.trim_matches(['<', '>']).rsplit('/').next()?;
    Some(token.to_owned())
}

/// A provider's system.
#[derive(Clone)]
pub struct System(ProviderServiceClient<ClientChannel>);

impl System {
    /// Of that provider.
    ///
    /// # Errors
    /// The gateway's identity cannot be read.
    pub fn of(doors: &Doors, provider: &str) -> anyhow::Result<Self> {
        Ok(Self(ProviderServiceClient::new(doors.provider(provider)?)))
    }

    /// The orders that it can see.
    ///
    /// # Errors
    /// The stream breaks.
    pub async fn orders(&self) -> anyhow::Result<Vec<String>> {
        let ask = StreamOrdersRequest::default();
        let mut answers = self.0.clone().stream_orders(ask).await?.into_inner();
        let mut orders = Vec::new();
        while let Some(answer) = answers.message().await? {
            orders.extend(answer.order.map(|order| order.order_id));
        }
        Ok(orders)
    }

    /// Follows its orders from a cursor, as far as the stream goes: `seen` is given each order and the cursor behind it.
    ///
    /// # Errors
    /// The stream breaks, as it does when a service is killed.
    pub async fn follow(
        &self,
        cursor: String,
        mut seen: impl FnMut(String, String),
    ) -> Result<(), tonic::Status> {
        let ask = StreamOrdersRequest {
            cursor,
            follow: true,
        };
        let mut answers = self.0.clone().stream_orders(ask).await?.into_inner();
        while let Some(answer) = answers.message().await? {
            if let Some(order) = answer.order {
                seen(order.order_id, answer.cursor);
            }
        }
        Ok(())
    }

    /// The person of an order: a disclosure.
    ///
    /// # Errors
    /// The order is not its own, or its person is erased.
    pub async fn fetch(&self, order: &str) -> Result<Option<Customer>, tonic::Status> {
        let ask = GetPersonalDataRequest {
            order_id: order.to_owned(),
            purpose: "deliver the order".to_owned(),
        };
        let answer = self.0.clone().get_personal_data(ask).await?;
        Ok(answer.into_inner().customer)
    }

    /// The notices that wait for an acknowledgement.
    ///
    /// # Errors
    /// The service does not answer.
    pub async fn notices(&self) -> anyhow::Result<Vec<String>> {
        let ask = ListNoticesRequest {
            include_acknowledged: false,
        };
        let notices = self.0.clone().list_notices(ask).await?.into_inner().notices;
        Ok(notices.into_iter().map(|one| one.notice_id).collect())
    }

    /// Says that a notice was acted on.
    ///
    /// # Errors
    /// There is no such notice.
    pub async fn acknowledge(&self, notice: String) -> anyhow::Result<()> {
        let ask = AcknowledgeNoticeRequest { notice_id: notice };
        self.0.clone().acknowledge_notice(ask).await?;
        Ok(())
    }
}
