//! The part of the contract that is about one unit of work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use messaging::{Claim, Envelope, Handler, HandlerError, Outgoing, Work};
use testkit::eventually;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::world::{Counted, NETWORK, PATIENCE, TOPIC, World};

pub async fn a_work_that_is_not_committed_never_was(world: World) {
    let shop = world.start("shop", vec![]).await;
    let rung = Arc::new(AtomicBool::new(false));
    let mut work = shop.outbox.begin().await.unwrap();
    work.record(Outgoing::new(TOPIC, "a", NETWORK, &Counted { number: 1 }));
    let ring = Arc::clone(&rung);
    work.on_commit(move || ring.store(true, Ordering::SeqCst));
    drop(work);
    shop.send("a", [2]).await;
    assert_eq!(shop.count("SELECT count(*) AS n FROM outbox").await, 1);
    assert!(!rung.load(Ordering::SeqCst));
}

pub async fn a_command_takes_effect_once(world: World) {
    let shop = world.start("shop", vec![]).await;
    let id = Uuid::now_v7();
    let first = shop.outbox.begin().await.unwrap();
    assert_eq!(
        first.claim("things.count:anna", id).await.unwrap(),
        Claim::First
    );
    first
        .conclude("things.count:anna", id, b"counted")
        .await
        .unwrap();
    let outbox = shop.outbox.clone();
    // A repetition that comes meanwhile waits for the first.
    let repeated = tokio::spawn(async move {
        let work = outbox.begin().await.unwrap();
        let claim = work.claim("things.count:anna", id).await.unwrap();
        work.commit().await.unwrap();
        claim
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    first.commit().await.unwrap();
    assert_eq!(
        repeated.await.unwrap(),
        Claim::Repeated(b"counted".to_vec())
    );
    let other = shop.outbox.begin().await.unwrap();
    assert_eq!(
        other.claim("things.count:berta", id).await.unwrap(),
        Claim::First
    );
}

pub async fn a_consequence_names_its_cause(world: World) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let counter = world.start("counter", vec![Arc::new(Echo)]).await;
    let listener = world
        .start("listener", vec![Arc::new(Listen(Arc::clone(&seen)))])
        .await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", [1]).await;
    eventually!(PATIENCE, seen.lock().await.len() == 2);
    let seen = seen.lock().await;
    let cause = seen
        .iter()
        .find(|envelope| envelope.source == "shop")
        .unwrap();
    let consequence = seen
        .iter()
        .find(|envelope| envelope.source == "counter")
        .unwrap();
    assert_eq!(consequence.causation_id, Some(cause.message_id));
    assert_eq!(consequence.correlation_id, cause.message_id);
    assert_eq!(
        (cause.correlation_id, cause.causation_id),
        (cause.message_id, None)
    );
    drop((counter, listener));
}

/// Answers every number with an event of its own.
struct Echo;

#[async_trait]
impl Handler for Echo {
    fn topics(&self) -> Vec<String> {
        vec!["shop.#".to_owned()]
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let counted: Counted = envelope.decode()?;
        work.record(Outgoing::new(
            "counter.thing.echoed.v1",
            &envelope.partition_key,
            &envelope.network,
            &counted,
        ));
        Ok(())
    }
}

struct Listen(Arc<Mutex<Vec<Envelope>>>);

#[async_trait]
impl Handler for Listen {
    fn topics(&self) -> Vec<String> {
        vec!["*.thing.*.v1".to_owned()]
    }

    async fn handle(&self, _: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        self.0.lock().await.push(envelope.clone());
        Ok(())
    }
}
