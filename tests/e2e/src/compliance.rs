//! Compliance staff: requests, decisions, certificates.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use api::privacy::{NameAtAccess, SearchKeys};
use api::rights::rights_service_client::RightsServiceClient;
use api::rights::{
    DecideRequestRequest, GetCertificateRequest, GetCertificateResponse, GetPackageRequest,
    GetRequestRequest, GetRequestResponse, OpenRequestRequest, RequestKind, RequestState,
};
use service_kit::grpc::ClientChannel;
use tonic::Code;
use uuid::Uuid;

use crate::doors::Doors;
use crate::people::Person;
use crate::town::{NETWORK, PATIENCE};

/// Compliance staff, who may call while services come and go.
#[derive(Clone)]
pub struct Compliance {
    client: RightsServiceClient<ClientChannel>,
}

impl Compliance {
    /// Somebody with the role.
    ///
    /// # Errors
    /// The gateway's identity cannot be read.
    pub fn of(doors: &Doors) -> anyhow::Result<Self> {
        Ok(Self {
            client: RightsServiceClient::new(doors.staff("rights", &["compliance"])?),
        })
    }

    /// Opens a request; repeats the call, with the same command id, while the service is away.
    ///
    /// # Errors
    /// It is refused.
    pub async fn open(&self, kind: RequestKind, person: &Person) -> anyhow::Result<String> {
        let request = OpenRequestRequest {
            network: NETWORK.to_owned(),
            command_id: Uuid::now_v7().to_string(),
            kind: kind.into(),
            keys: Some(SearchKeys {
                identity_numbers: vec![person.identity_number.clone()],
                emails: vec![person.email.clone()],
                phones: Vec::new(),
                names_at_access: vec![NameAtAccess {
                    name: person.name.clone(),
                    access_id: person.access_id.clone(),
                }],
            }),
            identity_proof: "in_person".to_owned(),
            note: String::new(),
            language: "sv".to_owned(),
        };
        let answer = insist(|| {
            let (mut client, request) = (self.client.clone(), request.clone());
            async move { client.open_request(request).await }
        })
        .await?;
        Ok(answer.into_inner().request_id)
    }

    /// Where the request stands.
    ///
    /// # Errors
    /// There is none.
    pub async fn look(&self, request: &str) -> anyhow::Result<GetRequestResponse> {
        let ask = GetRequestRequest {
            network: NETWORK.to_owned(),
            request_id: request.to_owned(),
        };
        let answer = insist(|| {
            let (mut client, ask) = (self.client.clone(), ask.clone());
            async move { client.get_request(ask).await }
        });
        Ok(answer.await?.into_inner())
    }

    /// The state of the request.
    ///
    /// # Errors
    /// There is none.
    pub async fn state(&self, request: &str) -> anyhow::Result<RequestState> {
        let view = self.look(request).await?.request.context("no summary")?;
        Ok(view.state())
    }

    /// Decides to go on.
    ///
    /// # Errors
    /// It cannot be decided now.
    pub async fn proceed(&self, request: &str) -> anyhow::Result<()> {
        let ask = DecideRequestRequest {
            network: NETWORK.to_owned(),
            request_id: request.to_owned(),
            decision: "proceed".to_owned(),
            reason: String::new(),
        };
        let decided = insist(|| {
            let (mut client, ask) = (self.client.clone(), ask.clone());
            async move { client.decide_request(ask).await }
        })
        .await;
        match decided {
            Ok(_) => Ok(()),
            // The answer to an earlier try was lost; what counts is where the request stands.
            Err(error) => match self.state(request).await? {
                RequestState::AwaitingDecision => Err(error.into()),
                _ => Ok(()),
            },
        }
    }

    /// The certificate.
    ///
    /// # Errors
    /// There is none yet.
    pub async fn certificate(&self, request: &str) -> anyhow::Result<GetCertificateResponse> {
        let ask = GetCertificateRequest {
            network: NETWORK.to_owned(),
            request_id: request.to_owned(),
        };
        Ok(self.client.clone().get_certificate(ask).await?.into_inner())
    }

    /// The whole way of an erasure: opened, discovered, decided, proven. Answers the request.
    ///
    /// # Errors
    /// It stops somewhere.
    pub async fn erase(&self, person: &Person) -> anyhow::Result<String> {
        let request = self.open(RequestKind::Erasure, person).await?;
        let decide = [RequestState::AwaitingDecision];
        self.reaches(&request, &decide, PATIENCE).await?;
        self.proceed(&request).await?;
        self.reaches(&request, &PROVEN, PATIENCE).await?;
        Ok(request)
    }

    /// The package of a completed access request, as text.
    ///
    /// # Errors
    /// There is none yet.
    pub async fn package(&self, request: &str) -> anyhow::Result<String> {
        let ask = GetPackageRequest {
            network: NETWORK.to_owned(),
            request_id: request.to_owned(),
            format: "json".to_owned(),
            purpose: "hand it to the person".to_owned(),
        };
        let mut pieces = self.client.clone().get_package(ask).await?.into_inner();
        let mut package = Vec::new();
        while let Some(piece) = pieces.message().await? {
            package.extend(piece.chunk);
        }
        Ok(String::from_utf8(package)?)
    }

    /// Waits until the request is in one of these states.
    ///
    /// # Errors
    /// It is not in time; says whom it waits for.
    pub async fn reaches(
        &self,
        request: &str,
        states: &[RequestState],
        patience: Duration,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let view = self.look(request).await?.request.context("no summary")?;
            if states.contains(&view.state()) {
                return Ok(());
            }
            anyhow::ensure!(
                started.elapsed() < patience,
                "after {patience:?} the request is {:?}, waiting for {:?}",
                view.state(),
                view.waiting_for
            );
            testkit::pause().await;
        }
    }
}

/// States in which every holder has given proof.
pub const PROVEN: [RequestState; 2] = [RequestState::Completed, RequestState::PartiallyRetained];

/// Calls again while the service is away: what a client with a retry policy does.
async fn insist<T, F>(call: impl Fn() -> F) -> Result<T, tonic::Status>
where
    F: Future<Output = Result<T, tonic::Status>>,
{
    let started = Instant::now();
    loop {
        match call().await {
            Err(status) if is_away(&status) && started.elapsed() < PATIENCE => {
                testkit::pause().await;
            }
            settled => return settled,
        }
    }
}

fn is_away(status: &tonic::Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Internal
    )
}
