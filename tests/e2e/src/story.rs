//! What happens in a town, through its public doors.

use anyhow::Context as _;
use api::orders::orders_service_client::OrdersServiceClient;
use api::orders::{
    AcceptanceText, Customer, ListOffersRequest, Offering, PlaceOrderRequest, Provider,
    PutOfferingRequest, PutProviderRequest,
};
use api::registry::import_address_file_request::Part;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{
    ImportAddressFileRequest, ImportHeader, ImportMode, ImportReport, SearchPlacesRequest,
};
use uuid::Uuid;

use crate::doors::Doors;
use crate::people::Person;
use crate::town::NETWORK;

/// The provider that gets the orders.
pub const PROVIDER: &str = "nordbredband";

/// A provider with something to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Who gets its orders.
    pub provider: &'static str,
    offering: &'static str,
}

/// The one of [`PROVIDER`].
pub const SHOP: Shop = Shop {
    provider: PROVIDER,
    offering: "01960000-0000-7000-8000-000000000001",
};
/// One that sells the same.
pub const OTHER_SHOP: Shop = Shop {
    provider: "sydbredband",
    offering: "01960000-0000-7000-8000-000000000002",
};

const HEADER: &str = "coId\taccessId\tstreetName\tstreetNumber\tpostalCode\tcity\tpremisesType\tresidentName\tactiveServices\n";
/// The technical service that the town has.
pub const SERVICE: &str = "BB-100-100";

/// Imports an address file in which each person lives at an access of their own.
///
/// # Errors
/// The registry refuses.
pub async fn import(doors: &Doors, people: &[Person]) -> anyhow::Result<ImportReport> {
    let rows = people.iter().enumerate().map(|(number, person)| {
        let (access, name, house) = (&person.access_id, &person.name, number + 1);
        format!(
            "{NETWORK}\t{access}\tProvvägen\t{house}\t72134\tVästerås\tRESIDENTIAL_HOUSE\t{name}\t{SERVICE}\n"
        )
    });
    let file = HEADER.to_owned() + &rows.collect::<Vec<_>>().concat();
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
    let mut registry = RegistryServiceClient::new(doors.staff("registry", &["importer"])?);
    let answer = registry
        .import_address_file(tokio_stream::iter(parts))
        .await?;
    answer.into_inner().report.context("no report")
}

/// Enters [`SHOP`].
///
/// # Errors
/// The orders service refuses.
pub async fn open_shop(doors: &Doors) -> anyhow::Result<()> {
    open_shops(doors, &[SHOP]).await
}

/// Enters providers with an offering each.
///
/// # Errors
/// The orders service refuses.
pub async fn open_shops(doors: &Doors, shops: &[Shop]) -> anyhow::Result<()> {
    for shop in shops {
        sell(doors, shop.provider, shop.offering).await?;
    }
    Ok(())
}

/// Enters a provider with an offering of that id.
///
/// # Errors
/// The orders service refuses.
pub async fn sell(doors: &Doors, provider: &str, offering: &str) -> anyhow::Result<()> {
    let mut orders = OrdersServiceClient::new(doors.staff("orders", &["admin"])?);
    let seller = Provider {
        provider_id: provider.to_owned(),
        name: format!("{provider} AB"),
        order_email: format!("order@{provider}.example"),
        privacy_url: format!("https://{provider}.example/integritet"),
        ..Provider::default()
    };
    orders
        .put_provider(PutProviderRequest {
            network: NETWORK.to_owned(),
            provider: Some(seller),
        })
        .await?;
    let offering = Offering {
        offering_id: offering.to_owned(),
        provider_id: provider.to_owned(),
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
pub async fn order(doors: &Doors, person: &Person, house: usize) -> anyhow::Result<String> {
    let home = home(doors, house).await?;
    let mut orders = OrdersServiceClient::new(doors.staff("orders", &["customer_service"])?);
    let placed = orders.place_order(home.wanted_by(person)).await?;
    Ok(placed.into_inner().order_id)
}

/// A house that broadband can be ordered to.
#[derive(Clone, Debug)]
pub struct Home {
    handle: String,
    text: AcceptanceText,
}

/// Looks for the house, and at what there is to accept.
///
/// # Errors
/// It is not found, or nothing can be had there.
pub async fn home(doors: &Doors, house: usize) -> anyhow::Result<Home> {
    let network = NETWORK.to_owned();
    let mut registry = RegistryServiceClient::new(doors.staff("registry", &["customer_service"])?);
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
    let mut orders = OrdersServiceClient::new(doors.staff("orders", &["customer_service"])?);
    let ask = ListOffersRequest {
        network,
        place_handle: handle.clone(),
        ..ListOffersRequest::default()
    };
    let offers = orders.list_offers(ask).await?.into_inner();
    let text = offers.acceptance_texts.into_iter().next();
    let text = text.context("no text to accept")?;
    Ok(Home { handle, text })
}

impl Home {
    /// What the guide calls the house.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// The person's order at [`SHOP`], a new one with each call.
    pub fn wanted_by(&self, person: &Person) -> PlaceOrderRequest {
        self.wanted_from(SHOP, person)
    }

    /// The person's order there, a new one with each call.
    pub fn wanted_from(&self, shop: Shop, person: &Person) -> PlaceOrderRequest {
        PlaceOrderRequest {
            network: NETWORK.to_owned(),
            command_id: Uuid::now_v7().to_string(),
            place_handle: self.handle.clone(),
            offering_id: shop.offering.to_owned(),
            customer: Some(Customer {
                name: person.name.clone(),
                identity_number: person.identity_number.clone(),
                email: person.email.clone(),
                phone: person.phone.clone(),
            }),
            acceptance_version: self.text.version.clone(),
            acceptance_language: self.text.language.clone(),
            accepted: true,
            channel: "phone".to_owned(),
            requested_date: String::new(),
            ..PlaceOrderRequest::default()
        }
    }
}
