//! The ways out of quarantine without a yes: a no, and time.

use chrono::Duration;
use testkit::eventually;
use testkit::store::for_each_store;

use crate::world::{PATIENCE, World, token_in};

/// Everything of the person is gone but the suppression.
async fn assert_only_suppression_left(world: &World) {
    for table in [
        "contact",
        "confirmation",
        "subject_token",
        "subject WHERE erased_at IS NULL",
    ] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
    assert_eq!(
        world
            .count("suppressed_token WHERE lifted_at IS NULL")
            .await,
        2,
        "e-mail and phone"
    );
    // The ledger is told, so that a restored backup does not bring the person back.
    let told = "outbox WHERE event_type = 'crm.opt_out.recorded.v1'";
    eventually!(PATIENCE, world.count(told).await == 1);
}

#[tokio::test]
async fn a_no_deletes_at_once_and_repeating_it_is_no_error() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.create(|_| {}).await;
        let token = world.token(1).await;
        assert_eq!(world.decline(&token).await, "deleted");
        assert_eq!(world.decline(&token).await, "gone");
        assert_eq!(world.confirm(&token).await, "gone");
        assert_eq!(world.peek(&token).await.state, "gone");
        assert!(world.list().await.is_empty());
        assert_only_suppression_left(&world).await;

        world.create(|_| {}).await;
        assert_eq!(
            world
                .count("suppressed_token WHERE lifted_at IS NULL")
                .await,
            0,
            "staff on a new basis lift it"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn three_reminders_and_then_removal() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.create(|_| {}).await;
        let first = world.token(1).await;
        for (days, mails) in [(3, 2), (4, 3), (5, 4)] {
            world.clock.advance(Duration::days(days));
            let mails = world.mails(mails).await;
            let last = mails.last().unwrap();
            assert!(last.subject.starts_with("Påminnelse"), "{}", last.subject);
            assert_eq!(world.peek(&token_in(last)).await.state, "open");
        }
        assert_eq!(
            world.peek(&first).await.state,
            "open",
            "every link of the contact lives as long as it"
        );

        world.clock.advance(Duration::days(2));
        eventually!(PATIENCE, world.count("contact").await == 0);
        assert_only_suppression_left(&world).await;
        assert_eq!(world.confirm(&first).await, "gone");
        assert_eq!(world.mails(4).await.len(), 4);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_confirmed_contact_is_not_reminded_and_not_removed() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let id = world.create(|_| {}).await;
        assert_eq!(world.confirm(&world.token(1).await).await, "confirmed");
        world.clock.advance(Duration::days(30));
        // The contact of another person shows that the sweeper has been here.
        world
            .create(|request| request.email = "annan@example.se".to_owned())
            .await;
        world.clock.advance(Duration::days(14));
        eventually!(PATIENCE, world.count("contact").await == 1);
        assert!(world.get(&id, "test").await.is_ok());
        assert_eq!(world.mails(1).await.len(), 1);
        world.stop().await;
    })
    .await;
}
