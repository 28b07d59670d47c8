//! Many accesses: how soon the index is there, that changes come in, and how many searches a second are answered over gRPC.
//! The figures are printed (`--nocapture`), the bounds are generous for a debug build on a busy machine.
//! `UTTAG_SCALE_ROWS=1000000 cargo test --release …` measures a large network.

use std::time::{Duration, Instant};

use api::registry::SearchPlacesRequest;
use kernel::NetworkCode;
use registry::app::Indexes;
use sea_orm::{Statement, Value};
use testkit::addresses::{Addresses, Dice};
use testkit::store::for_each_store;
use uuid::Uuid;

use crate::world::{NETWORK, PATIENCE, World};

const ROWS: u32 = 3_000;
/// Rows of one statement: SQLite takes 32,766 parameters.
const ROWS_OF_STATEMENT: u32 = 3_000;
const CLIENTS: usize = 8;
const SEARCHES: u32 = 50;
/// Searches of each client when a large network is measured.
const SEARCHES_AT_SCALE: u32 = 5_000;

fn rows() -> u32 {
    let stated = std::env::var("UTTAG_SCALE_ROWS").ok();
    stated.map_or(ROWS, |text| text.parse().unwrap())
}

/// Puts accesses into the database itself, as an import of another instance would have.
async fn fill(world: &World, addresses: &Addresses, rows: u32) {
    for first in (0..rows).step_by(ROWS_OF_STATEMENT as usize) {
        let mut values: Vec<Value> = Vec::new();
        let mut places = Vec::new();
        for n in first..(first + ROWS_OF_STATEMENT).min(rows) {
            let row = addresses.access(n.into());
            let at = values.len();
            let place = |of: usize| format!("${}", at + of);
            places.push(format!(
                "({}, '{NETWORK}', {}, {}, {}, {}, {}, {}, {}, {}, 'SE', '', 'RENTAL_APARTMENT', 'RESIDENTIAL', '', '', '', '', 'CONNECTED', '2026-11-22 12:00:00+00:00')",
                place(1), place(2), place(3), place(4), place(5), place(6), place(7), place(8), place(9)
            ));
            let mut hash = [0; 32];
            // Never nothing: a test shifts it to have another.
            hash[..4].copy_from_slice(&(n + 1).to_be_bytes());
            values.extend::<[Value; 9]>([
                Uuid::from_u128(u128::from(n) + 1).into(),
                row.access_id.into(),
                row.street_name.into(),
                row.street_number.into(),
                row.street_littera.into(),
                row.postal_code.into(),
                row.city.into(),
                row.apartment_number.into(),
                hash.to_vec().into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO access (id, network, access_id, street_name, street_number, street_littera, postal_code, city, \
             apartment_number, content_hash, country_code, distinguisher, premises_type, onapi_premises_type, \
             property_designation, sweref_type, sweref_north, sweref_east, state, changed_at) VALUES {}",
            places.join(", ")
        );
        let backend = world.database.backend();
        let insert = Statement::from_sql_and_values(backend, sql, values);
        world.database.write(insert).await.unwrap();
    }
    let revision =
        format!("INSERT INTO network_revision (network, revision) VALUES ('{NETWORK}', 1)");
    world.execute(&revision).await;
}

/// What people type.
fn queries(addresses: &Addresses, rows: u32, seed: u64) -> Vec<String> {
    let mut dice = Dice::new(seed);
    let mut query = || {
        let row = addresses.access(dice.below(rows as usize) as u64);
        let whole = format!("{} {} {}", row.street_name, row.street_number, row.city);
        let length = 4 + dice.below(26);
        let typed: String = whole.chars().take(length).collect();
        if dice.below(3) == 0 {
            dice.typo(&typed)
        } else {
            typed
        }
    };
    (0..1_000).map(|_| query()).collect()
}

/// So many clients search at once; answers a second, all together.
async fn searches_a_second(world: &World, addresses: &Addresses, rows: u32) -> f64 {
    let each = if rows > ROWS {
        SEARCHES_AT_SCALE
    } else {
        SEARCHES
    };
    let started = Instant::now();
    let clients = (0_u64..).take(CLIENTS).map(|seed| {
        let (mut client, queries) = (world.visitor(), queries(addresses, rows, seed));
        tokio::spawn(async move {
            let mut found = 0;
            for query in queries.into_iter().cycle().take(each as usize) {
                let request = SearchPlacesRequest {
                    network: NETWORK.to_owned(),
                    query,
                    limit: 0,
                };
                let answer = client.search_places(request).await.unwrap().into_inner();
                found += u32::from(!answer.places.is_empty());
            }
            found
        })
    });
    let mut found = 0;
    for client in clients.collect::<Vec<_>>() {
        found += client.await.unwrap();
    }
    let took = started.elapsed();
    let all = each * u32::try_from(CLIENTS).unwrap();
    assert!(found * 10 >= all * 8, "{found} of {all} found something");
    f64::from(all) / took.as_secs_f64()
}

/// What the registry stamps on what it changes.
const NEXT_TURN: &str = "(SELECT revision + 1 FROM network_revision)";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures are the point")]
async fn many_accesses_are_indexed_and_searched() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (rows, addresses, backend) = (rows(), Addresses::default(), world.database.backend());
        fill(&world, &addresses, rows).await;
        let network = NetworkCode::parse(NETWORK).unwrap();
        let indexes = Indexes::new(world.database.clone(), registry::Settings::default());
        let started = Instant::now();
        indexes.follow().await.unwrap();
        let took = started.elapsed();
        let index = indexes.of(&network);
        assert_eq!(index.len(), rows as usize);
        println!("{backend:?}: index of {rows} from the database: {took:?}, {} bytes", index.bytes());
        assert!(rows > ROWS || took < Duration::from_secs(10), "{took:?}");

        let first = addresses.access(0);
        let moved = format!(
            "UPDATE access SET street_name = 'Zebragatan', content_hash = substr(content_hash, 2), \
             revision = {NEXT_TURN} WHERE access_id = '{}'",
            first.access_id
        );
        let gone = format!(
            "UPDATE access SET ended_at = changed_at, revision = {NEXT_TURN} WHERE access_id = '{}'",
            addresses.access(1).access_id
        );
        let raised = "UPDATE network_revision SET revision = revision + 1";
        for (change, left) in [(moved, rows), (gone, rows - 1)] {
            world.execute(&change).await;
            world.execute(raised).await;
            let started = Instant::now();
            indexes.follow().await.unwrap();
            println!("{backend:?}: one change followed: {:?}", started.elapsed());
            assert_eq!(indexes.of(&network).len(), left as usize);
        }
        let index = indexes.of(&network);
        assert_eq!(index.find("zebragatan", 10)[0].access_id, first.access_id);
        let started = Instant::now();
        indexes.check().await.unwrap();
        println!("{backend:?}: compared with the database: {:?}", started.elapsed());
        assert!(std::sync::Arc::ptr_eq(&index, &indexes.of(&network)), "it agrees");

        let ready = async || {
            let request = SearchPlacesRequest {
                network: NETWORK.to_owned(),
                query: "zebragatan".to_owned(),
                limit: 0,
            };
            let answer = world.visitor().search_places(request).await.unwrap();
            answer.into_inner().places.len() == 1
        };
        testkit::eventually!(PATIENCE, ready().await);
        let rate = searches_a_second(&world, &addresses, rows).await;
        println!("{backend:?}: {CLIENTS} clients over gRPC: {rate:.0} searches a second");
        world.stop().await;
    })
    .await;
}
