//! What the server says decides.

use std::time::Duration;

use testkit::eventually;
use testkit::smtp::Refusal;
use testkit::store::for_each_store;

use crate::world::{PATIENCE, TO, World};

const SOON: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_mail_is_sent_once_and_then_emptied() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.enqueue(TO).await;
        assert_eq!(
            world
                .count("recipient IS NOT NULL AND content IS NOT NULL")
                .await,
            1
        );
        let mailer = world.mailer(SOON, LONG);
        assert_eq!(mailer.deliver_due().await.unwrap(), 1);
        assert_eq!(mailer.deliver_due().await.unwrap(), 0);
        let mails = world.sink.mails_to(TO);
        assert_eq!(
            (mails.len(), mails[0].subject.as_str()),
            (1, "Hej på dig Åsa")
        );
        assert!(mails[0].text.contains(".Rad två börjar med en prick: åäö."));
        assert!(String::from_utf8_lossy(&mails[0].raw).contains("Auto-Submitted: auto-generated"));
        assert_eq!(
            world
                .count("status = 'sent' AND recipient IS NULL AND content IS NULL")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_now_comes_again() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.sink.refuse(TO, Refusal::Temporary, 2);
        world.enqueue(TO).await;
        let mailer = world.mailer(SOON, LONG);
        eventually!(PATIENCE, {
            mailer.deliver_due().await.unwrap();
            world.count("status = 'sent' AND attempts = 3").await == 1
        });
        assert_eq!(world.sink.mails_to(TO).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_good_stops_and_keeps_nothing() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.sink.refuse(TO, Refusal::Permanent, 99);
        world.enqueue(TO).await;
        let mailer = world.mailer(SOON, LONG);
        mailer.deliver_due().await.unwrap();
        assert_eq!(mailer.deliver_due().await.unwrap(), 0);
        assert_eq!(
            world
                .count("status = 'failed' AND last_error = 'smtp 550' AND recipient IS NULL")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn we_give_up_after_a_while() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.sink.refuse(TO, Refusal::Temporary, 99);
        world.enqueue(TO).await;
        world
            .mailer(SOON, Duration::ZERO)
            .deliver_due()
            .await
            .unwrap();
        assert_eq!(
            world
                .count("status = 'failed' AND last_error = 'smtp 450'")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_server_that_falls_silent_is_asked_again() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.sink.refuse(TO, Refusal::Silence, 1);
        world.enqueue(TO).await;
        let mailer = world.mailer(SOON, LONG);
        eventually!(PATIENCE, {
            mailer.deliver_due().await.unwrap();
            world.count("status = 'sent'").await == 1
        });
        assert_eq!(world.sink.mails_to(TO).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_person_who_was_erased_meanwhile() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let subject = world.enqueue(TO).await;
        world
            .privacy
            .vault()
            .destroy(&[subject], &["mail"])
            .await
            .unwrap();
        world.mailer(SOON, LONG).deliver_due().await.unwrap();
        assert_eq!(
            world
                .count("status = 'dropped' AND recipient IS NULL")
                .await,
            1
        );
        assert!(world.sink.mails().is_empty());
    })
    .await;
}

#[tokio::test]
async fn instances_share_the_work_and_send_nothing_twice() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        for number in 0..40 {
            world.enqueue(&format!("person{number}@example.se")).await;
        }
        let instances = [
            world.mailer(SOON, LONG),
            world.mailer(SOON, LONG),
            world.mailer(SOON, LONG),
        ];
        let drained = instances
            .iter()
            .map(|mailer| async move { while mailer.deliver_due().await.unwrap() > 0 {} });
        futures::future::join_all(drained).await;
        assert_eq!(world.count("status = 'sent' AND attempts = 1").await, 40);
        let mut recipients: Vec<_> = world
            .sink
            .mails()
            .into_iter()
            .flat_map(|mail| mail.to)
            .collect();
        recipients.sort();
        recipients.dedup();
        assert_eq!((recipients.len(), world.sink.mails().len()), (40, 40));
    })
    .await;
}
