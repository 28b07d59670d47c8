//! How long technical events are kept, and that a restore of the database is not skipped silently.

use api as pb;
use chrono::Duration;
use pb::orders::{ListTechnicalEventsRequest, ListTechnicalEventsResponse};
use prost_types::Timestamp;
use sea_orm::ConnectionTrait as _;
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::Status;

use crate::technical::{activate, created};
use crate::world::{PATIENCE, World};

fn first() -> ListTechnicalEventsRequest {
    ListTechnicalEventsRequest {
        size: 100,
        ..ListTechnicalEventsRequest::default()
    }
}

fn after(id: &str) -> ListTechnicalEventsRequest {
    ListTechnicalEventsRequest {
        after_event_id: id.to_owned(),
        ..first()
    }
}

fn since(world: &World, ago: Duration) -> ListTechnicalEventsRequest {
    use kernel::Clock as _;
    let at = world.clock.now() - ago;
    ListTechnicalEventsRequest {
        since: Some(Timestamp {
            seconds: at.timestamp(),
            nanos: 0,
        }),
        ..first()
    }
}

async fn ask(
    world: &World,
    asked: ListTechnicalEventsRequest,
) -> Result<ListTechnicalEventsResponse, Status> {
    let mut system = world.provider("nordbredband");
    let told = system.list_technical_events(asked).await;
    told.map(tonic::Response::into_inner)
}

async fn ids(world: &World, asked: ListTechnicalEventsRequest) -> Vec<String> {
    let told = ask(world, asked).await.unwrap();
    told.events
        .into_iter()
        .map(|event| event.event_id)
        .collect()
}

async fn is_expired(world: &World, asked: ListTechnicalEventsRequest) -> bool {
    let refused = ask(world, asked).await.err();
    refused.and_then(|status| reason_of(&status)).as_deref() == Some("CURSOR_EXPIRED")
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_deleted_after_their_days_and_who_asks_for_them_is_told() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        created(&mut world.provider("nordbredband"), activate("BB-100-100")).await;
        world.clock.advance(Duration::seconds(2));
        let old = ids(&world, first()).await;
        assert!(old.len() > 2, "{old:?}");
        world.clock.advance(Duration::days(89));
        assert_eq!(ids(&world, after(&old[0])).await, old[1..]);
        world.clock.advance(Duration::days(2));
        let last = old.last().unwrap();
        testkit::eventually!(PATIENCE, ids(&world, first()).await == [last.clone()]);
        // Who has read everything goes on; who has not is told.
        assert_eq!(ids(&world, after(last)).await, Vec::<String>::new());
        assert!(is_expired(&world, after(&old[0])).await);
        assert!(is_expired(&world, since(&world, Duration::days(91))).await);
        let recent = since(&world, Duration::days(89));
        assert_eq!(ids(&world, recent).await, Vec::<String>::new());
        let malformed = ask(&world, after("x")).await.unwrap_err();
        assert_eq!(reason_of(&malformed).as_deref(), Some("REQUEST_INVALID"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_told_of_what_a_restore_has_lost_begins_anew() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        created(&mut world.provider("nordbredband"), activate("BB-100-100")).await;
        world.clock.advance(Duration::seconds(2));
        let told = ids(&world, first()).await;
        let (kept, lost) = told.split_at(told.len() - 1);
        // The database as it was before the last event.
        let database = world.database().await;
        for statement in [
            "DELETE FROM technical_event WHERE position = (SELECT max(position) FROM technical_event)",
            "UPDATE technical_feed SET last_position = last_position - 1",
        ] {
            database.execute_unprepared(statement).await.unwrap();
        }
        assert!(is_expired(&world, after(&lost[0])).await);
        world.clock.advance(Duration::seconds(2));
        // What was told before the restore may not have happened: by time, too, everything is read anew.
        assert!(is_expired(&world, since(&world, Duration::days(1))).await);
        assert_eq!(ids(&world, first()).await, kept);
        assert_eq!(ids(&world, after(&kept[0])).await, kept[1..]);
        world.clock.advance(Duration::seconds(2));
        assert_eq!(
            ids(&world, since(&world, Duration::seconds(1))).await,
            Vec::<String>::new()
        );
        world.stop().await;
    })
    .await;
}
