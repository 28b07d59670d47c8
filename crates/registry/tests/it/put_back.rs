//! A copy of the database from before takes its place, beside the newer key store: every reader hears of it, whether it
//! goes by cursor or by time.

use api::registry::access_change::Change;
use api::registry::{ImportMode, StreamAccessesRequest};
use chrono::{DateTime, Duration, Timelike as _, Utc};
use kernel::Clock as _;
use prost_types::Timestamp;
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::Status;

use crate::market::{PROVIDER, contract, put};
use crate::world::{NETWORK, PATIENCE, World, access};

const EXPIRED: &str = "CURSOR_EXPIRED";

/// What a reader was told, and from where it goes on.
#[derive(Debug, Default)]
struct Read {
    told: Vec<String>,
    cursor: String,
    as_of: Option<Timestamp>,
}

async fn read(world: &World, request: StreamAccessesRequest) -> Result<Read, Status> {
    let mut client = world.provider(NETWORK, PROVIDER);
    let mut pages = client.stream_accesses(request).await?.into_inner();
    let mut read = Read::default();
    while let Some(page) = pages.message().await? {
        let said = |change: Change| match change {
            Change::Put(access) => access.access_id,
            Change::Removed(id) => format!("-{id}"),
        };
        let changes = page.changes.into_iter();
        read.told.extend(changes.map(|c| said(c.change.unwrap())));
        (read.cursor, read.as_of) = (page.cursor, page.as_of);
    }
    Ok(read)
}

async fn everything(world: &World) -> Read {
    read(world, StreamAccessesRequest::default()).await.unwrap()
}

async fn since(world: &World, time: Timestamp) -> Result<Read, Status> {
    let request = StreamAccessesRequest {
        modified_since: Some(time),
        ..StreamAccessesRequest::default()
    };
    read(world, request).await
}

/// As a reader asks who has whole seconds only: for the second of this time and what is later.
fn of_its_second(time: Timestamp) -> Timestamp {
    Timestamp {
        seconds: time.seconds - 1,
        nanos: 999_999_000,
    }
}

fn moment(time: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(time.seconds, time.nanos.try_into().unwrap()).unwrap()
}

/// Why a reader was refused, or what it was told.
fn refusal(answer: Result<Read, Status>) -> String {
    match answer {
        Ok(read) => format!("{:?}", read.told),
        Err(status) => reason_of(&status).unwrap_or_else(|| format!("{status:?}")),
    }
}

/// Two accesses and a copy of them; then a third and a fourth, an hour later each, which a reader has seen.
async fn saved_and_gone_on(world: &mut World) -> (std::path::PathBuf, Read) {
    put(world, contract()).await.unwrap();
    let rows = [access("1", 1), access("2", 2)];
    let rows: Vec<_> = rows.iter().map(String::as_str).collect();
    world.rows(ImportMode::Full, &rows).await;
    let saved = world.save().await;
    for id in [3, 4] {
        world.clock.advance(Duration::hours(1));
        let row = access(&id.to_string(), id);
        world.rows(ImportMode::Delta, &[&row]).await;
    }
    let seen = everything(world).await;
    assert_eq!(seen.told, ["1", "2", "3", "4"]);
    let since_then = since(world, seen.as_of.unwrap()).await.unwrap();
    assert_eq!(since_then.told, [""; 0], "nothing has happened since");
    world
        .clock
        .advance(Duration::hours(1) + Duration::milliseconds(300));
    (saved, seen)
}

/// The service has gone on with the copy: whoever read before is told so, whoever reads now loses nothing.
async fn every_reader_begins_anew(world: &World, seen: &Read) {
    let put_back_at = world.clock.now();
    world.clock.advance(Duration::minutes(5));
    world.rows(ImportMode::Delta, &[&access("5", 5)]).await;
    let as_of = seen.as_of.unwrap();
    assert_eq!(
        refusal(since(world, as_of).await),
        EXPIRED,
        "a time of then"
    );
    assert_eq!(refusal(since(world, of_its_second(as_of)).await), EXPIRED);
    let just_before = Timestamp {
        seconds: put_back_at.timestamp(),
        nanos: put_back_at.nanosecond().try_into().unwrap(),
    };
    assert_eq!(refusal(since(world, just_before).await), EXPIRED);
    let cursor = StreamAccessesRequest {
        cursor: seen.cursor.clone(),
        ..StreamAccessesRequest::default()
    };
    assert_eq!(refusal(read(world, cursor).await), EXPIRED, "a cursor");

    let anew = everything(world).await;
    assert_eq!(anew.told, ["1", "2", "5"], "3 and 4 were taken back");
    world.clock.advance(Duration::minutes(5));
    world.rows(ImportMode::Delta, &[&access("6", 6)]).await;
    let next = since(world, anew.as_of.unwrap()).await.unwrap();
    assert_eq!(next.told, ["6"]);
    let seconds = since(world, of_its_second(anew.as_of.unwrap())).await;
    assert_eq!(seconds.unwrap().told, ["5", "6"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_copy_under_a_stopped_service_every_reader_begins_anew() {
    for_each_store(|url| async {
        let mut world = World::start(url).await;
        let (saved, seen) = saved_and_gone_on(&mut world).await;
        world.put_back_stopped(&saved).await;
        every_reader_begins_anew(&world, &seen).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_copy_under_a_running_service_every_reader_begins_anew() {
    for_each_store(|url| async {
        let on_postgres = url.starts_with("postgres");
        let mut world = World::start(url).await;
        let (saved, seen) = saved_and_gone_on(&mut world).await;
        assert_eq!(world.count("network_turn").await, 3);
        let fenced = tokio::spawn(world.passes_the_fence());
        world.put_back(&saved).await;
        if on_postgres {
            // Nothing but the mark tells.
            fenced.abort();
        } else {
            let passed = tokio::time::timeout(PATIENCE, fenced).await;
            passed.expect("the file is another").unwrap();
        }
        world.look_anew().await;
        // Nobody has asked. The copy has one turn, the new epoch is another.
        testkit::eventually!(PATIENCE, world.count("network_turn").await == 2);
        every_reader_begins_anew(&world, &seen).await;
        world.stop().await;
    })
    .await;
}

/// Nothing has been changed since the copy was put back: the epoch alone is what the reader has come to know.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_begun_anew_is_told_nothing_twice() {
    for_each_store(|url| async {
        let mut world = World::start(url).await;
        let (saved, seen) = saved_and_gone_on(&mut world).await;
        let before = world.clock.now();
        world.put_back_stopped(&saved).await;
        let late = since(&world, seen.as_of.unwrap()).await;
        assert_eq!(refusal(late), EXPIRED);
        let anew = everything(&world).await;
        assert_eq!(anew.told, ["1", "2"]);
        let as_of = moment(anew.as_of.unwrap());
        assert!(
            before < as_of && as_of <= before + Duration::seconds(1),
            "{as_of} is not the beginning of the epoch"
        );
        assert_eq!(as_of.nanosecond(), 0, "HTTP can say it");
        for time in [anew.as_of.unwrap(), of_its_second(anew.as_of.unwrap())] {
            assert_eq!(since(&world, time).await.unwrap().told, [""; 0]);
        }
        // In the very same moment: later than the epoch all the same.
        world.rows(ImportMode::Delta, &[&access("5", 5)]).await;
        for time in [anew.as_of.unwrap(), of_its_second(anew.as_of.unwrap())] {
            assert_eq!(since(&world, time).await.unwrap().told, ["5"]);
        }
        world.restart().await;
        let known = since(&world, anew.as_of.unwrap()).await.unwrap();
        assert_eq!(known.told, ["5"], "a restart is no new epoch");
        world.stop().await;
    })
    .await;
}
