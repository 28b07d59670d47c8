//! Step 3: the provider's system, over gRPC with its own credential.

use anyhow::Context as _;
use api::orders::provider_service_client::ProviderServiceClient;
use api::orders::{
    AcknowledgeOrderRequest, GetPersonalDataRequest, GetProviderOrderRequest, Order, OrderStatus,
    SetStatusRequest, StreamOrdersRequest,
};
use gateway::credentials;
use kernel::{NetworkCode, ProviderId};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use service_kit::grpc::{self, ClientChannel, Endpoint};
use tonic::Code;

use super::people::{self, Provider};
use super::stage::Stage;
use crate::demo::Sabotage;

/// A provider's system with its token.
pub type System = ProviderServiceClient<ClientChannel>;

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// Streams, fetches the personal data of one order, acknowledges, sets the status; another provider sees nothing.
pub async fn play(stage: &mut Stage) -> anyhow::Result<String> {
    let mut first = sign_in(stage, &people::FIRST).await?;
    let mut second = sign_in(stage, &people::SECOND).await?;

    let orders = stream(&mut first).await?;
    anyhow::ensure!(
        orders.len() == 1,
        "the provider is handed {} orders",
        orders.len()
    );
    let order_id = orders[0].order_id.clone();
    anyhow::ensure!(
        stream(&mut second).await?.is_empty(),
        "the other provider is handed the order"
    );
    let peek = second
        .get_provider_order(GetProviderOrderRequest {
            order_id: order_id.clone(),
            ..GetProviderOrderRequest::default()
        })
        .await;
    anyhow::ensure!(
        peek.is_err_and(|s| s.code() == Code::NotFound),
        "the other provider can see the order"
    );

    let purpose = "deliver the order".to_owned();
    let ask = GetPersonalDataRequest {
        order_id: order_id.clone(),
        purpose,
    };
    anyhow::ensure!(
        second.get_personal_data(ask.clone()).await.is_err(),
        "the other provider is told the person"
    );
    let data = first.get_personal_data(ask).await?.into_inner();
    let customer = data.customer.context("no customer")?;
    anyhow::ensure!(
        customer.name == people::NAME && customer.email == people::EMAIL,
        "another person is disclosed"
    );
    anyhow::ensure!(
        !data.disclosure_id.is_empty(),
        "the disclosure is not recorded"
    );

    first
        .acknowledge_order(AcknowledgeOrderRequest {
            order_id: order_id.clone(),
        })
        .await?;
    let active = SetStatusRequest {
        order_id: order_id.clone(),
        status: OrderStatus::Active.into(),
        message: String::new(),
    };
    first.set_status(active).await?;
    let staff = stage
        .admin
        .browser
        .open(&format!("/en/staff/orders/{order_id}"))
        .await?;
    let log = staff.text();
    anyhow::ensure!(
        !log.contains(people::NAME) && !log.contains(people::EMAIL),
        "staff see the person unmasked"
    );
    let status = staff.text_of(".badge")?;
    anyhow::ensure!(status == "In progress", "staff see the order as {status}");
    Ok(format!(
        "disclosure {} recorded; received, active; the other provider sees nothing",
        data.disclosure_id
    ))
}

/// A credential made by the operator, exchanged for a token over HTTP.
pub async fn sign_in(stage: &Stage, provider: &Provider) -> anyhow::Result<System> {
    let network = NetworkCode::parse(people::NETWORK)?;
    let made =
        credentials::create(&stage.directory, &network, &ProviderId::parse(provider.id)?).await?;
    if stage.broken(Sabotage::Provider) {
        credentials::revoke(&stage.directory, &network, &made.client_id).await?;
    }
    let origin = format!("http://{}", stage.installation.addresses().http);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &made.client_id),
        ("client_secret", made.secret.expose_secret()),
    ];
    let answer = reqwest::Client::new()
        .post(format!("{origin}/oauth2/token"))
        .form(&form)
        .send()
        .await?;
    anyhow::ensure!(
        answer.status().is_success(),
        "the credential is refused: {}",
        answer.status()
    );
    let token: Token = answer.json().await?;
    let channel = grpc::channel(&Endpoint::plain(stage.installation.addresses().provider))?;
    Ok(ProviderServiceClient::new(grpc::with_token(
        channel,
        token.access_token,
    )))
}

async fn stream(system: &mut System) -> anyhow::Result<Vec<Order>> {
    let mut answers = system
        .stream_orders(StreamOrdersRequest::default())
        .await?
        .into_inner();
    let mut orders = Vec::new();
    while let Some(answer) = answers.message().await? {
        orders.extend(answer.order);
    }
    Ok(orders)
}
