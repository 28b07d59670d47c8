//! What happens in a town, through its public doors.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use api::orders::orders_service_client::OrdersServiceClient;
use api::orders::{
    Customer, ListOffersRequest, Offering, PlaceOrderRequest, Provider, PutOfferingRequest,
    PutProviderRequest,
};
use api::privacy::{NameAtAccess, SearchKeys};
use api::registry::import_address_file_request::Part;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{
    ImportAddressFileRequest, ImportHeader, ImportMode, ImportReport, SearchPlacesRequest,
};
use api::rights::rights_service_client::RightsServiceClient;
use api::rights::{
    DecideRequestRequest, GetCertificateRequest, GetCertificateResponse, GetRequestRequest,
    GetRequestResponse, OpenRequestRequest, RequestKind, RequestState,
};
use service_kit::grpc::ClientChannel;
use tonic::Code;
use uuid::Uuid;

use crate::people::Person;
use crate::town::{NETWORK, Town};

/// The provider that gets the orders.
pub const PROVIDER: &str = "nordbredband";

const OFFERING: &str = "nordbredband-100";
const SERVICE: &str = "BB-100-100";

/// Imports an address file in which each person lives at an access of their own.
///
/// # Errors
/// The registry refuses.
pub async fn import(town: &Town, people: &[Person]) -> anyhow::Result<ImportReport> {
    let mut file = String::from(
        "coId\taccessId\tstreetName\tstreetNumber\tpostalCode\tcity\tpremisesType\tresidentName\tactiveServices\n",
    );
    for (number, person) in people.iter().enumerate() {
        let (access, name) = (&person.access_id, &person.name);
        file.push_str(&format!(
            "{NETWORK}\t{access}\tProvvägen\t{}\t72134\tVästerås\tRESIDENTIAL_HOUSE\t{name}\t{SERVICE}\n",
            number + 1
        ));
    }
    let header = ImportHeader {
        network: NETWORK.to_owned(),
        mode: ImportMode::Delta.into(),
        ..Default::default()
    };
    let parts = [
        ImportAddressFileRequest {
            part: Some(Part::Header(header)),
        },
        ImportAddressFileRequest {
            part: Some(Part::Chunk(file.into_bytes())),
        },
    ];
    let mut registry = RegistryServiceClient::new(town.as_staff("registry", &["importer"])?);
    let answer = registry
        .import_address_file(tokio_stream::iter(parts))
        .await?;
    answer.into_inner().report.context("no report")
}

/// Enters the provider and its offering.
///
/// # Errors
/// The orders service refuses.
pub async fn open_shop(town: &Town) -> anyhow::Result<()> {
    let mut orders = OrdersServiceClient::new(town.as_staff("orders", &["admin"])?);
    let provider = Provider {
        provider_id: PROVIDER.to_owned(),
        name: "Nordbredband AB".to_owned(),
        order_email: "order@nordbredband.example".to_owned(),
        privacy_url: "https://nordbredband.example/integritet".to_owned(),
    };
    orders
        .put_provider(PutProviderRequest {
            network: NETWORK.to_owned(),
            provider: Some(provider),
        })
        .await?;
    let offering = Offering {
        offering_id: OFFERING.to_owned(),
        provider_id: PROVIDER.to_owned(),
        service: SERVICE.to_owned(),
        name: "Bredband 100".to_owned(),
        monthly_price_ore: 29_900,
        ..Default::default()
    };
    orders
        .put_offering(PutOfferingRequest {
            network: NETWORK.to_owned(),
            offering: Some(offering),
        })
        .await?;
    Ok(())
}

/// The person orders broadband at home.
///
/// # Errors
/// Their home is not found, or the order is refused.
pub async fn order(town: &Town, person: &Person, house: usize) -> anyhow::Result<String> {
    let network = NETWORK.to_owned();
    let mut registry =
        RegistryServiceClient::new(town.as_staff("registry", &["customer_service"])?);
    let query = format!("Provvägen {house}");
    let found = registry
        .search_places(SearchPlacesRequest {
            network: network.clone(),
            query,
            limit: 10,
        })
        .await?;
    let handle = found
        .into_inner()
        .places
        .into_iter()
        .find(|place| {
            place
                .address
                .as_ref()
                .is_some_and(|address| address.street_number == house.to_string())
        })
        .with_context(|| format!("house {house} is not found"))?
        .handle;
    let mut orders = OrdersServiceClient::new(town.as_staff("orders", &["customer_service"])?);
    let ask = ListOffersRequest {
        network: network.clone(),
        place_handle: handle.clone(),
    };
    let offers = orders.list_offers(ask).await?.into_inner();
    let text = offers
        .acceptance_texts
        .first()
        .context("no text to accept")?;
    let request = PlaceOrderRequest {
        network,
        command_id: Uuid::now_v7().to_string(),
        place_handle: handle,
        offering_id: OFFERING.to_owned(),
        customer: Some(Customer {
            name: person.name.clone(),
            identity_number: person.identity_number.clone(),
            email: person.email.clone(),
            phone: person.phone.clone(),
        }),
        acceptance_version: text.version.clone(),
        acceptance_language: text.language.clone(),
        accepted: true,
        channel: "phone".to_owned(),
        requested_date: String::new(),
    };
    Ok(orders.place_order(request).await?.into_inner().order_id)
}

/// Compliance staff, who may call while services come and go.
pub struct Compliance {
    client: RightsServiceClient<ClientChannel>,
}

impl Compliance {
    /// Somebody with the role.
    ///
    /// # Errors
    /// The gateway's identity cannot be read.
    pub fn of(town: &Town) -> anyhow::Result<Self> {
        Ok(Self {
            client: RightsServiceClient::new(town.as_staff("rights", &["compliance"])?),
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
            Err(status) if is_away(&status) && started.elapsed() < crate::town::PATIENCE => {
                testkit::pause().await
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
