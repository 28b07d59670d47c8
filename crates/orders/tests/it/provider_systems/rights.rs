//! Customers who are erased or restricted, and several instances at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use kernel::Clock as _;
use pb::orders::HandoverState as State;
use testkit::store::for_each_store;

use super::sp::{self, Sp};
use super::{NORD, handover, handovers, keyed_offering, put, system};
use crate::erasure::erase_anna;
use crate::world::{PATIENCE, World};
use api as pb;

#[tokio::test(flavor = "multi_thread")]
async fn who_was_given_an_order_is_told_of_the_erasure() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        put(&world, system(&sp.base())).await;
        let placed = world.order(&offering).await;
        handover(&world, State::Confirmed).await;
        let (_, proof) = erase_anna(&world).await;
        assert_eq!(proof.recipients.len(), 1);
        assert_eq!(proof.recipients[0].recipient, "provider:nordbredband");
        assert_eq!(proof.recipients[0].record_ids, [placed.order_id]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_erased_customer_nothing_is_handed_over() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        let mut asked = system(&sp.base());
        asked.password = "not yet".to_owned();
        put(&world, asked).await;
        world.order(&offering).await;
        testkit::eventually!(
            PATIENCE,
            handovers(&world).await[0].last_failure == "credential"
        );
        erase_anna(&world).await;
        let mut right = system(&sp.base());
        right.expected_version = 1;
        put(&world, right).await;
        // Longer than any wait: it may have been tried again while she was erased.
        world.clock.advance(TimeDelta::hours(2));
        handover(&world, State::Superseded).await;
        assert_eq!(sp.count(), 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_restricted_customer_it_waits() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        let mut asked = system(&sp.base());
        asked.password = "not yet".to_owned();
        put(&world, asked).await;
        world.order(&offering).await;
        testkit::eventually!(
            PATIENCE,
            handovers(&world).await[0].last_failure == "credential"
        );
        world.restrict_first(Some(world.clock.now())).await;
        let mut right = system(&sp.base());
        right.expected_version = 1;
        put(&world, right).await;
        world.clock.advance(TimeDelta::seconds(11));
        testkit::eventually!(
            PATIENCE,
            handovers(&world).await[0].last_failure == "restricted"
        );
        assert_eq!(sp.count(), 0);
        world.restrict_first(None).await;
        world.clock.advance(TimeDelta::seconds(21));
        handover(&world, State::Confirmed).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_instances_one_hands_each_order_over_and_never_two_at_once() {
    const ORDERS: usize = 8;
    for_each_store(|url| async {
        let world = World::start(url).await;
        let another = world.another().await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        put(&world, system(&sp.base())).await;
        let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, seen) = (Arc::clone(&at_once), Arc::clone(&most));
        sp.answers(move |_| {
            let now = counted.fetch_add(1, Ordering::SeqCst) + 1;
            seen.fetch_max(now, Ordering::SeqCst);
            let left = Arc::clone(&counted);
            let wait = Duration::from_millis(50);
            // It is over for the provider before it answers.
            tokio::spawn(async move {
                tokio::time::sleep(wait / 2).await;
                left.fetch_sub(1, Ordering::SeqCst);
            });
            (wait, sp::confirmed(""))
        });
        let mut placed = BTreeSet::new();
        for _ in 0..ORDERS {
            placed.insert(world.order(&offering).await.order_id);
        }
        let is_over = |one: &pb::orders::Handover| one.state() == State::Confirmed;
        testkit::eventually!(PATIENCE, handovers(&world).await.iter().all(is_over));
        assert_eq!((sp.count(), most.load(Ordering::SeqCst)), (ORDERS, 1));
        let told: BTreeSet<_> = handovers(&world)
            .await
            .into_iter()
            .map(|h| h.order_id)
            .collect();
        assert_eq!(told, placed);
        if let Some(another) = another {
            another.0.shutdown_background();
        }
        world.stop().await;
    })
    .await;
}
