//! Whoever asks for what has changed since a time learns that the contract has changed since: no access tells of it.

use api::registry::access_change::Change;
use api::registry::{ImportMode, MarketContract, MarketInterface, StreamAccessesRequest};
use chrono::{DateTime, Duration, DurationRound as _, Utc};
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::Status;

use crate::market::{PROVIDER, contract, put};
use crate::world::{NETWORK, World, access};

/// Together more than the buffers of a connection hold of one stream.
const ACCESSES: u32 = 5_000;

/// What a reader was given, and the whole second that it knows everything before, as HTTP has it.
#[derive(Debug)]
struct Given {
    ids: Vec<String>,
    second: Option<DateTime<Utc>>,
}

/// Asks as the gateway does for ON-API: for what is in this second or later, or for everything.
async fn since(world: &World, second: Option<DateTime<Utc>>) -> Result<Given, Status> {
    let stamp = |time: DateTime<Utc>| prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos: time.timestamp_subsec_nanos().try_into().unwrap(),
    };
    let request = StreamAccessesRequest {
        interface: MarketInterface::OnApi.into(),
        modified_since: second.map(|second| stamp(second - Duration::microseconds(1))),
        ..StreamAccessesRequest::default()
    };
    let mut market = world.provider(NETWORK, PROVIDER);
    let mut feed = market.stream_accesses(request).await?.into_inner();
    let mut given = Given {
        ids: Vec::new(),
        second: None,
    };
    while let Some(page) = feed.message().await? {
        let as_of = page.as_of.unwrap();
        let as_of = DateTime::from_timestamp(as_of.seconds, as_of.nanos.try_into().unwrap());
        let second = as_of.unwrap().duration_trunc(Duration::seconds(1)).unwrap();
        given.second.get_or_insert(second);
        for change in page.changes {
            match change.change.unwrap() {
                Change::Put(access) => given.ids.push(access.access_id),
                Change::Removed(id) => given.ids.push(format!("-{id}")),
            }
        }
    }
    Ok(given)
}

async fn expired(world: &World, second: Option<DateTime<Utc>>) -> bool {
    let refused = since(world, second).await;
    refused.is_err_and(|status| reason_of(&status).as_deref() == Some("CURSOR_EXPIRED"))
}

async fn a_house_and_a_flat(world: &World) {
    let house = access("2", 2).replace("RENTAL_APARTMENT", "RESIDENTIAL_HOUSE");
    world
        .rows(ImportMode::Full, &[&access("1", 1), &house])
        .await;
}

fn houses() -> MarketContract {
    MarketContract {
        premises_types: vec!["RESIDENTIAL_HOUSE".to_owned()],
        ..contract()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_gives_more_or_less_is_told_in_the_same_second_and_once() {
    for_each_store(|url| async {
        // The clock stands still: everything happens within one second.
        let world = World::start(url).await;
        a_house_and_a_flat(&world).await;
        let narrow = put(&world, houses()).await.unwrap();
        let given = since(&world, None).await.unwrap();
        assert_eq!(given.ids, ["2"]);
        let unchanged = since(&world, given.second).await.unwrap();
        assert_eq!(unchanged.ids, [""; 0], "nothing has changed yet");

        let wide = MarketContract {
            premises_types: Vec::new(),
            ..narrow
        };
        let wide = put(&world, wide).await.unwrap();
        assert!(
            expired(&world, given.second).await,
            "the contract has changed"
        );
        let given = since(&world, None).await.unwrap();
        assert_eq!(given.ids, ["1", "2"]);
        assert_eq!(
            since(&world, given.second).await.unwrap().ids,
            [""; 0],
            "told once"
        );

        let narrow = MarketContract {
            premises_types: houses().premises_types,
            ..wide
        };
        put(&world, narrow).await.unwrap();
        assert!(expired(&world, given.second).await);
        let given = since(&world, None).await.unwrap();
        assert_eq!(given.ids, ["2"]);

        // What changes from now on is told as a change.
        world
            .rows(ImportMode::Delta, &[&access("3", 3), &access("2", 22)])
            .await;
        let ids = since(&world, given.second).await.unwrap().ids;
        assert_eq!(ids, ["-2", "-3"], "2 is a flat now, 3 always was");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_follows_another_is_told_on_its_first_day() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        a_house_and_a_flat(&world).await;
        let until_today = MarketContract {
            valid_until: "2026-11-22".to_owned(),
            ..houses()
        };
        put(&world, until_today).await.unwrap();
        let from_tomorrow = MarketContract {
            valid_from: "2026-11-23".to_owned(),
            ..contract()
        };
        put(&world, from_tomorrow).await.unwrap();
        let given = since(&world, None).await.unwrap();
        assert_eq!(given.ids, ["2"]);
        assert_eq!(since(&world, given.second).await.unwrap().ids, [""; 0]);

        world.clock.advance(Duration::days(1));
        assert!(expired(&world, given.second).await);
        let given = since(&world, None).await.unwrap();
        assert_eq!(given.ids, ["1", "2"]);
        assert_eq!(since(&world, given.second).await.unwrap().ids, [""; 0]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_being_read_ends_with_the_contract() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let wide = put(&world, contract()).await.unwrap();
        let street = "Långa gatan ".repeat(20);
        let row = |n: u32| access(&n.to_string(), n).replace("Götgatan", street.trim());
        let rows: Vec<_> = (1..=ACCESSES).map(row).collect();
        let rows: Vec<_> = rows.iter().map(String::as_str).collect();
        world.rows(ImportMode::Full, &rows).await;
        let mut market = world.provider(NETWORK, PROVIDER);
        let feed = market.stream_accesses(StreamAccessesRequest::default());
        let mut feed = feed.await.unwrap().into_inner();
        feed.message().await.unwrap().unwrap();
        let narrow = MarketContract {
            premises_types: houses().premises_types,
            ..wide
        };
        put(&world, narrow).await.unwrap();
        let refused = loop {
            match feed.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the list went on under what holds no more"),
                Err(refused) => break refused,
            }
        };
        assert_eq!(reason_of(&refused).as_deref(), Some("CONTRACT_CHANGED"));
        world.stop().await;
    })
    .await;
}
