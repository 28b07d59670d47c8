//! Those who change contracts at the same time, and those who read under them at the same time.

use api::registry::{
    ImportMode, ListMarketContractsRequest, MarketContract, StreamAccessesRequest,
};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::market::{PROVIDER, contract, put};
use crate::world::{NETWORK, PATIENCE, World, access};

/// What `MARKET_STREAMS` of the registry says.
const STREAMS: usize = 16;
/// Together more than the buffers of a connection hold of one stream.
const ACCESSES: u32 = 5_000;

fn with_columns(read: &MarketContract, columns: &[&str]) -> MarketContract {
    MarketContract {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        ..read.clone()
    }
}

async fn kept(world: &World) -> MarketContract {
    let request = ListMarketContractsRequest {
        network: NETWORK.to_owned(),
        ..ListMarketContractsRequest::default()
    };
    let answer = world
        .contracts(&["admin"])
        .list_market_contracts(request)
        .await
        .unwrap();
    let [contract] = answer.into_inner().contracts.try_into().unwrap();
    contract
}

fn edited(answer: Result<MarketContract, Status>) -> bool {
    answer.is_err_and(|status| {
        status.code() == Code::FailedPrecondition
            && reason_of(&status).as_deref() == Some("CONTRACT_EDITED")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_a_contract_at_once_one_is_told_of_the_other() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        // The clock stands still: what was read is another version all the same.
        let read = put(&world, contract()).await.unwrap();
        let (one, other) = (
            with_columns(&read, &["city"]),
            with_columns(&read, &["capacity"]),
        );
        let (first, second) = tokio::join!(put(&world, one.clone()), put(&world, other.clone()));
        let [done, refused] = if first.is_ok() {
            [first, second]
        } else {
            [second, first]
        };
        assert!(edited(refused));
        let done = done.unwrap();
        assert_ne!(done.version, read.version);
        assert_eq!(kept(&world).await, done);
        for late in [one, other] {
            assert!(edited(put(&world, late).await));
        }
        assert_eq!(kept(&world).await, done, "nothing was changed");

        let unread = MarketContract {
            version: String::new(),
            ..done.clone()
        };
        let refused = put(&world, unread).await.unwrap_err();
        assert_eq!(violations_of(&refused)[0].field, "version");
        let again = put(&world, with_columns(&done, &["city", "capacity"])).await;
        assert_eq!(kept(&world).await, again.unwrap());
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_opens_all_streams_that_it_may_keeps_no_other_out() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        put(&world, contract()).await.unwrap();
        let other = MarketContract {
            provider_id: "otherfiber".to_owned(),
            ..contract()
        };
        put(&world, other).await.unwrap();
        let street = "Långa gatan ".repeat(20);
        let row = |n: u32| access(&n.to_string(), n).replace("Götgatan", street.trim());
        let rows: Vec<_> = (1..=ACCESSES).map(row).collect();
        let rows: Vec<_> = rows.iter().map(String::as_str).collect();
        let report = world.rows(ImportMode::Full, &rows).await;
        assert_eq!(report.added, u64::from(ACCESSES), "{report:?}");

        let open = async |provider: &str| {
            let mut market = world.provider(NETWORK, provider);
            market
                .stream_accesses(StreamAccessesRequest::default())
                .await
        };
        let mut streams = Vec::new();
        for _ in 0..STREAMS {
            streams.push(open(PROVIDER).await.unwrap());
        }
        let refused = open(PROVIDER).await.unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted);
        assert_eq!(reason_of(&refused).as_deref(), Some("TOO_MANY_STREAMS"));
        let mut others = open("otherfiber").await.unwrap().into_inner();
        let mut read = 0;
        while let Some(page) = others.message().await.unwrap() {
            read += page.changes.len();
        }
        assert_eq!(read, ACCESSES as usize, "the other reads to the end");
        streams.pop();
        testkit::eventually!(PATIENCE, open(PROVIDER).await.is_ok());
        world.stop().await;
    })
    .await;
}
