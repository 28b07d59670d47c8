//! The holders' access logs, copied out of them: within seconds, once, and never silently wrong.

use std::time::{Duration, Instant};

use api::privacy as pp;
use api::rights as pb;
use kernel::NetworkCode;
use messaging::Outgoing;
use privacy::{AccessBatch, AccessEntry, SubjectId};
use sea_orm::ConnectionTrait as _;
use service_kit::caller::Caller;
use testkit::eventually;

use crate::test_holder::{ALPHA, GAMMA, TestHolder};
use crate::world::{NETWORK, PATIENCE, World, on_both};

const EVENT: &str = "gamma.access_log.sealed.v1";

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_is_copied_within_seconds_and_given_back_after_a_restore() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let alpha = world.holder(ALPHA).await;
        let started = Instant::now();
        read(&alpha, 3).await;
        eventually!(PATIENCE, copy(&world, "alpha").await.lines == 3);
        assert!(started.elapsed() < Duration::from_secs(20), "seconds");
        assert_eq!(copy(&world, "alpha").await.open_findings, 0);
        alpha.stop().await;

        // Put back to before anything was read.
        world
            .change(
                "alpha",
                "DELETE FROM access_log; DELETE FROM access_batch; DELETE FROM outbox; UPDATE access_chain SET \
                 number = 0, compared = 0",
            )
            .await;
        let alpha = world.holder(ALPHA).await;
        assert_eq!(lines(&alpha).await, 3);
        read(&alpha, 1).await;
        eventually!(PATIENCE, copy(&world, "alpha").await.lines == 4);
        let copied = copy(&world, "alpha").await;
        assert_eq!(copied.open_findings, 0, "{copied:?}");
        alpha.stop().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_copy_is_recorded_and_shown() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let gamma = world.holder(GAMMA).await;
        let one = batch(1, 1, AccessBatch::FIRST);
        let two = batch(1, 2, one.hash());
        let three = batch(1, 3, two.hash());
        let other = AccessBatch {
            lines: 9,
            ..three.clone()
        };
        let elsewhere = batch(1, 4, [9; 32]);
        let fork = batch(2, 3, two.hash());

        for batch in [&one, &one, &three, &one] {
            send(&gamma, signed(&gamma, batch)).await;
        }
        eventually!(PATIENCE, found(&world).await == ["gap:1/3"]);
        assert_eq!(copy(&world, "gamma").await.open_findings, 1);
        send(&gamma, signed(&gamma, &two)).await;
        eventually!(PATIENCE, copy(&world, "gamma").await.open_findings == 0);
        assert_eq!(copy(&world, "gamma").await.batches, 3, "once each");

        let mut altered = signed(&gamma, &batch(1, 4, three.hash()));
        altered.lines[0] ^= 1;
        let mut forged = signed(&gamma, &batch(1, 4, three.hash()));
        forged.batch.as_mut().unwrap().payload[9] ^= 1;
        send(&gamma, signed(&gamma, &other)).await;
        send(&gamma, altered).await;
        send(&gamma, forged.clone()).await;
        send(&gamma, forged).await;
        send(&gamma, signed(&gamma, &elsewhere)).await;
        send(&gamma, signed(&gamma, &fork)).await;
        let wanted = [
            "altered_lines:1/4",
            "broken_chain:1/4",
            "gap:1/3",
            "put_back:2/3",
            "reused_number:1/3",
            "signature:0/0",
        ];
        eventually!(PATIENCE, found(&world).await == wanted);
        let copied = copy(&world, "gamma").await;
        assert_eq!(
            copied.batches, 5,
            "what is signed is kept, a reused number is not"
        );
        gamma.stop().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_copies_of_another() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let (alpha, gamma) = (world.holder(ALPHA).await, world.holder(GAMMA).await);
        read(&alpha, 1).await;
        eventually!(PATIENCE, copy(&world, "alpha").await.lines == 1);
        assert_eq!(copies(&alpha).await, 1);
        assert_eq!(copies(&gamma).await, 0);
        // Signed by gamma in alpha's name: recorded as a forgery, and alpha's copy stays as it was.
        let forged = AccessBatch {
            holder: "alpha".into(),
            ..batch(1, 2, [1; 32])
        };
        let event = "alpha.access_log.sealed.v1";
        let message = pp::AccessLogSealed {
            batch: Some(
                gamma
                    .chassis
                    .identity
                    .sign_event(event, &forged.to_wire(b"x")),
            ),
            lines: b"x".to_vec(),
        };
        let mut work = gamma.chassis.outbox.begin().await.unwrap();
        work.record(Outgoing::new(event, "alpha", "", &message));
        work.commit().await.unwrap();
        eventually!(PATIENCE, copy(&world, "alpha").await.open_findings == 1);
        assert_eq!(copies(&alpha).await, 1);
        alpha.stop().await;
        gamma.stop().await;
        world.stop().await;
    })
    .await;
}

async fn read(holder: &TestHolder, times: usize) {
    let caller = Caller::service("crm");
    let work = holder.chassis.outbox.begin().await.unwrap();
    for _ in 0..times {
        let entry = AccessEntry {
            network: NetworkCode::parse(NETWORK).unwrap(),
            caller: &caller,
            purpose: "test".to_owned(),
            subject: SubjectId::generate(holder.chassis.clock.as_ref()),
            record: "note:1".to_owned(),
            fields: &["email"],
        };
        let privacy = &holder.chassis.privacy;
        privacy.log_access(work.tx(), entry).await.unwrap();
    }
    work.commit().await.unwrap();
}

async fn lines(holder: &TestHolder) -> i64 {
    let reader = holder.chassis.database.reader();
    let count = "SELECT count(*) AS n FROM access_log";
    let count = sea_orm::Statement::from_string(reader.get_database_backend(), count);
    let row = reader.query_one_raw(count).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

/// How many copies the rights service hands to this holder.
async fn copies(holder: &TestHolder) -> usize {
    use api::rights::holder_service_client::HolderServiceClient;
    let mut rights = HolderServiceClient::new(holder.chassis.client("rights").unwrap());
    let asked = pb::StreamAccessBatchesRequest { after: 0 };
    let mut stream = rights
        .stream_access_batches(asked)
        .await
        .unwrap()
        .into_inner();
    let mut count = 0;
    while stream.message().await.unwrap().is_some() {
        count += 1;
    }
    count
}

async fn copy(world: &World, holder: &str) -> pb::AccessLogCopy {
    let listed = world
        .staff("kim")
        .list_holders(pb::ListHoldersRequest {})
        .await;
    let mut holders = listed.unwrap().into_inner().holders.into_iter();
    let found = holders.find(|h| h.holder == holder);
    found.and_then(|h| h.access_log).unwrap_or_default()
}

async fn found(world: &World) -> Vec<String> {
    let findings = copy(world, "gamma").await.findings.into_iter();
    let mut found: Vec<_> = findings
        .map(|f| format!("{}:{}/{}", f.reason, f.epoch, f.number))
        .collect();
    found.sort();
    found
}

fn batch(epoch: u64, number: u64, previous: [u8; 32]) -> AccessBatch {
    AccessBatch {
        holder: "gamma".into(),
        epoch,
        number,
        previous,
        root: [5; 32],
        lines: 2,
        sealed_at: chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
    }
}

fn signed(holder: &TestHolder, batch: &AccessBatch) -> pp::AccessLogSealed {
    let lines = b"opaque".to_vec();
    pp::AccessLogSealed {
        batch: Some(
            holder
                .chassis
                .identity
                .sign_event(EVENT, &batch.to_wire(&lines)),
        ),
        lines,
    }
}

async fn send(holder: &TestHolder, message: pp::AccessLogSealed) {
    let mut work = holder.chassis.outbox.begin().await.unwrap();
    work.record(Outgoing::new(EVENT, "gamma", "", &message));
    work.commit().await.unwrap();
}
