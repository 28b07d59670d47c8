//! A large network: its address file comes in, comes in again unchanged, is searched over gRPC and read to the end by a
//! provider. The services are processes of their own, PostgreSQL and RabbitMQ over TLS.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use api::registry::contract_service_client::ContractServiceClient;
use api::registry::import_address_file_request::Part;
use api::registry::market_service_client::MarketServiceClient;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{
    ImportAddressFileRequest, ImportHeader, ImportMode, ImportReport, MarketContract,
    MarketInterface, PutMarketContractRequest, StreamAccessesRequest,
};
use e2e::doors::Doors;
use e2e::town::{NETWORK, Town};
use futures::{StreamExt as _, stream};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use testkit::addresses::{Addresses, InventedAccess};

use crate::asking::Asked;
use crate::cost::{Costs, peak_mib};
use crate::table::{Row, Series, Target};
use crate::{machine, on_api};

/// Accesses of one piece of the upload.
const PIECE: u32 = 2_000;
/// What the import writes, by database, apart from what it stages on the way.
const WRITTEN: [(&str, &[&str]); 2] = [
    (
        "registry",
        &["access", "resident", "subject", "subject_token"],
    ),
    ("registry_keys", &["person_key"]),
];
const PROVIDER: &str = "nordbredband";
/// An upload of a large file goes on for so long at most.
const PATIENCE: Duration = Duration::from_mins(30);

/// The rows of the table.
///
/// # Errors
/// The registry refuses the file, loses a row, or a server does not start.
pub async fn measure(runs: u16, accesses: u32, costs: Costs) -> anyhow::Result<Vec<Row>> {
    println!("\n== registry: {accesses} accesses with a resident each");
    let addresses = Addresses::default();
    let (mut first, mut again, mut copy, mut memory) =
        <(Series, Series, Series, Series)>::default();
    let (mut searches, mut look_ups, mut nothings) = <(Series, Series, Series)>::default();
    let (mut feed, mut megabytes) = <(Series, Series)>::default();
    let (mut on_api, mut held, mut starts) = <(Series, Series, Series)>::default();
    for run in 0..runs {
        let mut town = Town::start_on(costs.database()).await?;
        if run == 0 {
            machine::servers(&town.postgres, &town.rabbit).await?;
        }
        let before = peak_mib("registry")?;
        first.push(import(&town, &addresses, accesses, "applied", costs).await?);
        memory.push(peak_mib("registry")? - before);
        again.push(import(&town, &addresses, accesses, "nothing_changed", costs).await?);
        copy.push(bare_copy(&town).await?);
        let doors = town.doors();
        let asked = Asked {
            doors: &doors,
            addresses: &addresses,
            accesses,
            costs,
            postgres: &town.postgres,
        };
        searches.push(asked.searches().await?);
        look_ups.push(asked.look_ups().await?);
        nothings.push(asked.nothings().await?);
        let (rate, size) = pull(&doors, accesses).await?;
        feed.push(rate);
        megabytes.push(size);
        let pulled = on_api::pull(&town, PROVIDER, accesses, costs).await?;
        on_api.push(pulled.megabytes);
        held.push(pulled.memory);
        starts.push(start(&mut town).await?);
        machine::load(&format!("after run {}", run + 1))?;
    }
    let by_copy = first.ratio(&copy);
    let by_first = again.ratio(&first);
    let alone = |what: &str, series, target| Row::alone(what, series, target);
    Ok(vec![
        alone("import of the file, s", first, Target::None),
        alone(
            "bare COPY of what it writes, into the same tables, s",
            copy,
            Target::None,
        ),
        alone(
            "the import takes so many times the COPY",
            by_copy,
            Target::AtMost(4.0),
        ),
        alone("the same file again, s", again, Target::None),
        alone(
            "it takes so much of the first import",
            by_first,
            Target::AtMost(0.5),
        ),
        alone(
            "memory that the import added at its peak, index included, MiB",
            memory,
            Target::None,
        ),
        alone(
            "searches over gRPC, 8 clients, a second",
            searches,
            Target::AtLeast(10_000.0),
        ),
        Row {
            what: "look-ups of an address over gRPC, 8 clients, a second; baseline: an empty call"
                .to_owned(),
            value: look_ups,
            baseline: Some(nothings),
            target: Target::Ratio(0.6),
        },
        alone(
            "all accesses for a provider over gRPC, accesses/s",
            feed,
            Target::None,
        ),
        alone("the same, MB/s", megabytes, Target::None),
        alone(
            "all accesses over ON-API, JSON, MB/s",
            on_api,
            Target::AtLeast(100.0),
        ),
        alone(
            "memory that it added to the gateway at its peak, MiB",
            held,
            Target::None,
        ),
        alone(
            "start of the registry until it is ready, its index built from the database, s",
            starts,
            Target::AtMost(5.0),
        ),
    ])
}

/// Seconds from the start of the process until it says that it is ready, which it is with its index.
async fn start(town: &mut Town) -> anyhow::Result<f64> {
    town.stop("registry")?;
    let started = Instant::now();
    town.launch("registry", &[])?;
    town.ready("registry").await?;
    Ok(started.elapsed().as_secs_f64())
}

/// Seconds until the file is in.
async fn import(
    town: &Town,
    addresses: &Addresses,
    accesses: u32,
    outcome: &str,
    costs: Costs,
) -> anyhow::Result<f64> {
    let spending = costs.begin(&town.postgres).await?;
    let started = Instant::now();
    let report = send(&town.doors(), addresses, accesses).await?;
    let took = started.elapsed();
    anyhow::ensure!(
        report.outcome == outcome && report.rows == u64::from(accesses) && report.rejected == 0,
        "{outcome} was expected of {accesses} rows: {report:?}"
    );
    println!("  {outcome} after {took:.1?}");
    let thousands = usize::try_from(accesses / 1_000)?.max(1);
    spending
        .print(&town.postgres, "1,000 rows", thousands)
        .await?;
    Ok(took.as_secs_f64())
}

/// The file piece by piece, so that it is nobody's memory but the importer's.
async fn send(doors: &Doors, addresses: &Addresses, accesses: u32) -> anyhow::Result<ImportReport> {
    let header = ImportHeader {
        network: NETWORK.to_owned(),
        mode: ImportMode::Full.into(),
        ..ImportHeader::default()
    };
    let addresses = addresses.clone();
    let rows = move |piece: u32| {
        let first = piece * PIECE;
        let mut text = String::new();
        if piece == 0 {
            text.push_str(HEADER);
        }
        for n in first..(first + PIECE).min(accesses) {
            text.push_str(&line(&addresses.access(n.into()), n));
        }
        Part::Chunk(text.into_bytes())
    };
    let pieces = (0..accesses.div_ceil(PIECE)).map(rows);
    let parts = std::iter::once(Part::Header(header)).chain(pieces);
    let messages = parts.map(|part| ImportAddressFileRequest { part: Some(part) });
    let mut client = RegistryServiceClient::new(doors.staff("registry", &["importer"])?);
    let mut request = tonic::Request::new(stream::iter(messages));
    request.set_timeout(PATIENCE);
    let answer = client.import_address_file(request).await?;
    answer.into_inner().report.context("no report")
}

const HEADER: &str = "coId;accessId;streetName;streetNumber;streetLittera;postalCode;city;premisesType;\
    mduApartmentNumber;accessState;residentName\n";

fn line(row: &InventedAccess, n: u32) -> String {
    format!(
        "{NETWORK};{};{};{};{};{};{};RENTAL_APARTMENT;{};CONNECTED;Namn Provsson {n}\n",
        row.access_id,
        row.street_name,
        row.street_number,
        row.street_littera,
        row.postal_code,
        row.city,
        row.apartment_number
    )
}

/// How long PostgreSQL takes to copy the same rows into empty twins of the tables.
async fn bare_copy(town: &Town) -> anyhow::Result<f64> {
    let mut took = Duration::ZERO;
    for (database, tables) in WRITTEN {
        let connection = connect(town, database).await?;
        for table in tables {
            // The server writes it as a user of its own, which may not write into a folder of ours.
            let path = std::env::temp_dir().join(format!("{table}-{}.copy", std::process::id()));
            let path = path.display();
            for sql in [
                format!("COPY {table} TO '{path}'"),
                format!("CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)"),
            ] {
                connection.execute_unprepared(&sql).await?;
            }
            let started = Instant::now();
            let sql = format!("COPY bare_{table} FROM '{path}'");
            connection.execute_unprepared(&sql).await?;
            took += started.elapsed();
            connection
                .execute_unprepared(&format!("DROP TABLE bare_{table}"))
                .await?;
            std::fs::remove_file(path.to_string())?;
        }
        connection.close().await?;
    }
    println!("  bare COPY: {took:.1?}");
    Ok(took.as_secs_f64())
}

async fn connect(town: &Town, database: &str) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(superuser_url(town, database)?);
    options.max_connections(1).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

/// The server's own user: only that one copies from and to files. The database is the one of the service's url.
fn superuser_url(town: &Town, database: &str) -> anyhow::Result<String> {
    let service = url::Url::parse(&town.database_url(database)?)?;
    let name = service.path().trim_start_matches('/').to_owned();
    Ok(town.postgres.url(&name))
}

/// A provider reads everything: accesses and megabytes a second.
async fn pull(doors: &Doors, accesses: u32) -> anyhow::Result<(f64, f64)> {
    let contract = MarketContract {
        provider_id: PROVIDER.to_owned(),
        columns: vec!["streetName".to_owned()],
        on_api: true,
        valid_from: "2020-01-01".to_owned(),
        ..MarketContract::default()
    };
    let request = PutMarketContractRequest {
        network: NETWORK.to_owned(),
        contract: Some(contract),
    };
    ContractServiceClient::new(doors.staff("registry", &["admin"])?)
        .put_market_contract(request)
        .await?;
    let mut market = MarketServiceClient::new(doors.market(PROVIDER)?);
    let request = StreamAccessesRequest {
        interface: MarketInterface::OnApi.into(),
        ..StreamAccessesRequest::default()
    };
    let started = Instant::now();
    let mut batches = market.stream_accesses(request).await?.into_inner();
    let (mut read, mut bytes) = (0_u32, 0_usize);
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        read += u32::try_from(batch.changes.len())?;
        bytes += prost::Message::encoded_len(&batch);
    }
    let took = started.elapsed().as_secs_f64();
    anyhow::ensure!(read == accesses, "{read} of {accesses} accesses were given");
    let megabytes = f64::from(u32::try_from(bytes / 1_000)?) / 1_000.0;
    Ok((f64::from(read) / took, megabytes / took))
}
