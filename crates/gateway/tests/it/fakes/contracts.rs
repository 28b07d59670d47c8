//! The registry's contracts: kept in memory, with the rules that the pages must bring to their fields.

use api::registry::contract_service_server::ContractService;
use api::registry::*;
use kernel::Violation;
use prost_types::Timestamp;
use service_kit::error::{ErrorKind, ServiceError, refusal, to_status};
use tonic::{Request, Response, Status};

use super::Fakes;

/// As the registry refuses fields that break rules.
#[derive(Debug, thiserror::Error)]
#[error("fields break rules")]
pub(super) struct Broken(pub(super) Vec<Violation>);

impl ServiceError for Broken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }

    fn reason(&self) -> &'static str {
        "REQUEST_INVALID"
    }

    fn violations(&self) -> Vec<Violation> {
        self.0.clone()
    }
}

fn broken(contract: &MarketContract, others: &[MarketContract]) -> Vec<Violation> {
    let mut broken = Vec::new();
    if contract.columns.is_empty() {
        broken.push(Violation::new("columns", "", "at least one"));
    }
    if !contract.valid_until.is_empty() && contract.valid_until < contract.valid_from {
        let until = &contract.valid_until;
        broken.push(Violation::new(
            "valid_until",
            until,
            "not before the first day",
        ));
    }
    let open = |other: &&MarketContract| {
        other.provider_id == contract.provider_id
            && (other.valid_until.is_empty() || other.valid_until >= contract.valid_from)
    };
    if others.iter().any(|other| open(&other)) {
        let from = &contract.valid_from;
        broken.push(Violation::new(
            "valid_from",
            from,
            "another contract holds then",
        ));
    }
    broken
}

#[tonic::async_trait]
impl ContractService for Fakes {
    async fn put_market_contract(
        &self,
        request: Request<PutMarketContractRequest>,
    ) -> Result<Response<PutMarketContractResponse>, Status> {
        self.note("PutMarketContract", &request);
        let mut contract = request.into_inner().contract.unwrap();
        let mut seen = self.seen();
        let others: Vec<_> = seen
            .contracts
            .values()
            .filter(|other| other.contract_id != contract.contract_id)
            .cloned()
            .collect();
        let wrong = broken(&contract, &others);
        if !wrong.is_empty() {
            return Err(to_status(Broken(wrong)));
        }
        let version = i64::try_from(seen.contracts.len()).unwrap();
        if contract.contract_id.is_empty() {
            contract.contract_id = format!("0192b3c4-0000-7000-8000-{:012}", version + 1);
        } else if !seen.contracts.contains_key(&contract.contract_id) {
            return Err(refusal(
                ErrorKind::NotFound,
                "CONTRACT_NOT_FOUND",
                "there is none",
            ));
        }
        let before = seen.contracts.get(&contract.contract_id);
        if before.is_some_and(|before| before.version != contract.version) {
            let kind = ErrorKind::Precondition;
            return Err(refusal(kind, "CONTRACT_EDITED", "somebody was faster"));
        }
        let seconds = before
            .and_then(|before| before.changed_at)
            .map_or(0, |at| at.seconds)
            + 1;
        contract.changed_at = Some(Timestamp { seconds, nanos: 0 });
        contract.version = format!("v{seconds}");
        seen.contracts
            .insert(contract.contract_id.clone(), contract.clone());
        Ok(Response::new(PutMarketContractResponse {
            contract: Some(contract),
        }))
    }

    async fn list_market_contracts(
        &self,
        request: Request<ListMarketContractsRequest>,
    ) -> Result<Response<ListMarketContractsResponse>, Status> {
        self.note("ListMarketContracts", &request);
        let asked = request.into_inner().provider_id;
        let contracts = self.seen().contracts.values().cloned().collect::<Vec<_>>();
        let contracts = contracts
            .into_iter()
            .filter(|one| asked.is_empty() || one.provider_id == asked)
            .collect();
        Ok(Response::new(ListMarketContractsResponse { contracts }))
    }

    async fn list_market_extracts(
        &self,
        request: Request<ListMarketExtractsRequest>,
    ) -> Result<Response<ListMarketExtractsResponse>, Status> {
        self.note("ListMarketExtracts", &request);
        let asked = request.into_inner();
        let page = asked.page.unwrap();
        assert!((0..=200).contains(&page.page_size));
        let second = page.page_token == "two";
        let extract = MarketExtract {
            extract_id: "e-1".into(),
            provider_id: "nordbredband".into(),
            caller_id: "nordbredband-1".into(),
            interface: if second {
                MarketInterface::OnApi.into()
            } else {
                MarketInterface::Unspecified.into()
            },
            put: 4_711,
            removed: 13,
            withheld: 2,
            begun_at: Some(Timestamp {
                seconds: 1_790_000_000,
                nanos: 0,
            }),
            ended_at: second.then_some(Timestamp {
                seconds: 1_790_000_060,
                nanos: 0,
            }),
            ..MarketExtract::default()
        };
        let known = asked.provider_id.is_empty() || asked.provider_id == extract.provider_id;
        Ok(Response::new(ListMarketExtractsResponse {
            extracts: known.then_some(extract).into_iter().collect(),
            next_page_token: if second {
                String::new()
            } else {
                "two".to_owned()
            },
        }))
    }
}
