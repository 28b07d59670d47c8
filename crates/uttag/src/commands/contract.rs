//! `uttag contract`: what providers may see of a network's accesses, and what they were given.

use std::process::ExitCode;

use anyhow::Context as _;
use api::registry::contract_service_client::ContractServiceClient;
use api::registry::{
    ListMarketContractsRequest, ListMarketExtractsRequest, MarketContract, MarketExtract,
    MarketInterface, PutMarketContractRequest,
};
use chassis::say;
use chrono_tz::Europe::Stockholm;
use kernel::SharedClock;
use service_kit::grpc::ClientChannel;

use super::operator::{Operator, refusal};
use crate::cli::{Contract, OfContract, PutContract};

/// As what the operator decides.
const ROLE: &str = "admin";
/// Extracts that are asked for at a time.
const PAGE: u32 = 200;

type Client = ContractServiceClient<ClientChannel>;

/// Carries out what was asked for.
pub async fn run(command: Contract, clock: SharedClock) -> anyhow::Result<ExitCode> {
    match command {
        Contract::Put(wanted) => put(wanted, clock).await?,
        Contract::List(of) => list(&of, clock).await?,
        Contract::Extracts(of) => extracts(&of, clock).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn connect(of: &OfContract, clock: SharedClock) -> anyhow::Result<(Client, String)> {
    let operator = Operator::of(&of.data, of.network.as_deref(), clock).await?;
    let client = ContractServiceClient::new(operator.registry(ROLE).await?);
    Ok((client, operator.network.to_string()))
}

async fn put(wanted: PutContract, clock: SharedClock) -> anyhow::Result<()> {
    let today = clock.now().with_timezone(&Stockholm).date_naive();
    let (mut client, network) = connect(&wanted.of, clock).await?;
    let contract = MarketContract {
        contract_id: wanted.id.unwrap_or_default(),
        provider_id: wanted.of.provider.unwrap_or_default(),
        columns: wanted.columns,
        premises_types: wanted.premises,
        on_api: wanted.on_api,
        valid_from: wanted.from.unwrap_or_else(|| today.to_string()),
        valid_until: wanted.until.unwrap_or_default(),
        changed_at: None,
        version: wanted.read_version.unwrap_or_default(),
    };
    let request = PutMarketContractRequest {
        network,
        contract: Some(contract),
    };
    let answer = client.put_market_contract(request).await;
    let answer = answer.map_err(|status| refusal(&status))?.into_inner();
    show(&answer.contract.context("the registry sent no contract")?);
    Ok(())
}

async fn list(of: &OfContract, clock: SharedClock) -> anyhow::Result<()> {
    let (mut client, network) = connect(of, clock).await?;
    let request = ListMarketContractsRequest {
        network,
        provider_id: of.provider.clone().unwrap_or_default(),
    };
    let answer = client.list_market_contracts(request).await;
    let contracts = answer.map_err(|status| refusal(&status))?.into_inner();
    for contract in &contracts.contracts {
        show(contract);
    }
    Ok(())
}

async fn extracts(of: &OfContract, clock: SharedClock) -> anyhow::Result<()> {
    let (mut client, network) = connect(of, clock).await?;
    let mut page_token = String::new();
    loop {
        let page = api::common::PageRequest {
            page_size: PAGE,
            page_token,
        };
        let request = ListMarketExtractsRequest {
            network: network.clone(),
            provider_id: of.provider.clone().unwrap_or_default(),
            page: Some(page),
        };
        let answer = client.list_market_extracts(request).await;
        let answer = answer.map_err(|status| refusal(&status))?.into_inner();
        for extract in &answer.extracts {
            show_extract(extract);
        }
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return Ok(());
        }
    }
}

fn show(contract: &MarketContract) {
    let until = match contract.valid_until.as_str() {
        "" => "…",
        day => day,
    };
    say!(
        "{}  {}  {} – {until}  on-api {}",
        contract.contract_id,
        contract.provider_id,
        contract.valid_from,
        if contract.on_api { "yes" } else { "no" }
    );
    say!("  version   {}", contract.version);
    say!("  columns   {}", contract.columns.join(","));
    if !contract.premises_types.is_empty() {
        say!("  premises  {}", contract.premises_types.join(","));
    }
}

fn show_extract(extract: &MarketExtract) {
    let time = |time: Option<prost_types::Timestamp>| match time {
        Some(time) => chrono::DateTime::from_timestamp(time.seconds, 0)
            .map(|time| time.with_timezone(&Stockholm).to_rfc3339())
            .unwrap_or_default(),
        None => "not ended".to_owned(),
    };
    let interface = match extract.interface() {
        MarketInterface::Unspecified => "market",
        MarketInterface::OnApi => "on-api",
    };
    say!(
        "{} – {}  {}  {interface}  {}  given {}  taken away {}  withheld {}  after {:?} until {:?}",
        time(extract.begun_at),
        time(extract.ended_at),
        extract.provider_id,
        extract.caller_id,
        extract.put,
        extract.removed,
        extract.withheld,
        extract.after,
        extract.until
    );
}
