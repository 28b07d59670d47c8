//! Orders that nobody receives: the provider is reminded, then the network is told.

use std::collections::BTreeSet;

use api as pb;
use chrono::Duration;
use orders::domain::reminder::ReminderRules;
use pb::orders::{ListOrdersRequest, Order, Unfetched};
use serde_json::json;
use testkit::store::for_each_store;

use crate::world::{PATIENCE, World};

const PROVIDER: &str = "order@nordbredband.example.se";
const NETWORK: &str = "kundtjanst@ham.example.se";

/// After a day, twelve hours later again, and twelve hours later the network.
fn rules() -> ReminderRules {
    let rules = json!({
        "working_hours": false, "first_after_hours": 24, "every_hours": 12, "times": 2, "escalate_to": NETWORK
    });
    serde_json::from_value(rules).unwrap()
}

async fn listed(world: &World, unfetched: Unfetched) -> Vec<Order> {
    let asked = ListOrdersRequest {
        network: "HAM".to_owned(),
        unfetched: unfetched.into(),
        ..ListOrdersRequest::default()
    };
    let page = world.admin().list_orders(asked).await.unwrap();
    page.into_inner().orders
}

async fn numbers(world: &World, unfetched: Unfetched) -> Vec<String> {
    let orders = listed(world, unfetched).await;
    orders.into_iter().map(|order| order.order_number).collect()
}

async fn log(world: &World, order_id: &str) -> Vec<String> {
    let asked = pb::orders::GetOrderRequest {
        network: "HAM".to_owned(),
        order_id: order_id.to_owned(),
    };
    let view = world.admin().get_order(asked).await.unwrap().into_inner();
    let line = |line: pb::orders::OrderLogEntry| {
        format!(
            "{} · {} · {} · {:?}",
            line.kind, line.actor, line.text, line.details
        )
    };
    view.log.into_iter().map(line).collect()
}

async fn receive(world: &World, order_id: &str) {
    let asked = pb::orders::AcknowledgeOrderRequest {
        order_id: order_id.to_owned(),
    };
    let mut provider = world.provider("nordbredband");
    provider.acknowledge_order(asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_is_reminded_twice_and_then_the_network_is_told() {
    for_each_store(|url| async {
        let world = World::start_reminding(url, rules()).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        let received = world.order(&offering).await;
        receive(&world, &received.order_id).await;
        world.clock.advance(Duration::hours(23));
        let late = world.order(&offering).await;
        world.mail.wait_for(PROVIDER, 3, PATIENCE).await;
        assert!(listed(&world, Unfetched::Reminded).await.is_empty());

        world.clock.advance(Duration::hours(1));
        let mails = world.mail.wait_for(PROVIDER, 4, PATIENCE).await;
        let text = mails[3].text.replace(&placed.order_id, "[order]");
        let text = text.replace(&offering, "[offering]");
        let text = format!("{}\n\n{text}", mails[3].subject);
        insta::assert_snapshot!("mail_reminder", text);
        for personal in ["Anna", "Provsson", "9811", "Kungsgatan", "HAM-A-1"] {
            assert!(!text.contains(personal), "{personal}");
        }
        assert_eq!(numbers(&world, Unfetched::Reminded).await, ["HAM-000001"]);
        assert!(listed(&world, Unfetched::Escalated).await.is_empty());

        world.clock.advance(Duration::hours(12));
        let mails = world.mail.wait_for(PROVIDER, 5, PATIENCE).await;
        assert!(mails[4].subject.starts_with("Påminnelse 2"));
        world.clock.advance(Duration::hours(12));
        let told = world.mail.wait_for(NETWORK, 1, PATIENCE).await;
        let text = told[0].text.replace(&placed.order_id, "[order]");
        let text = text.replace(&offering, "[offering]");
        insta::assert_snapshot!("mail_escalation", format!("{}\n\n{text}", told[0].subject));
        let lines = log(&world, &placed.order_id).await;
        insta::assert_snapshot!("log_of_an_escalation", lines.join("\n"));
        let escalated = listed(&world, Unfetched::Escalated).await;
        assert_eq!(escalated.len(), 1);
        assert_eq!(
            (escalated[0].order_number.as_str(), escalated[0].reminders),
            ("HAM-000001", 2)
        );
        assert!(escalated[0].escalated_at.is_some());

        // The other one is reminded by its own time; what was received is not.
        world.mail.wait_for(PROVIDER, 6, PATIENCE).await;
        assert_eq!(
            numbers(&world, Unfetched::Reminded).await,
            ["HAM-000003", "HAM-000001"]
        );
        let quiet = log(&world, &received.order_id).await;
        assert!(quiet.iter().all(|line| !line.starts_with("reminded")));

        // Received at last: nobody waits any more, and nothing more is sent.
        receive(&world, &placed.order_id).await;
        assert!(listed(&world, Unfetched::Escalated).await.is_empty());
        world.clock.advance(Duration::hours(24));
        let mails = world.mail.wait_for(PROVIDER, 7, PATIENCE).await;
        let about = |mail: &&testkit::smtp::ReceivedMail| mail.text.contains(&placed.order_id);
        assert_eq!(mails.iter().filter(about).count(), 3);
        assert!(mails[6].text.contains(&late.order_id));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_of_the_clock_and_a_restart_make_one_step_and_no_more() {
    for_each_store(|url| async {
        let mut world = World::start_reminding(url, rules()).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        world.clock.advance(Duration::days(5));
        world.mail.wait_for(PROVIDER, 2, PATIENCE).await;
        world.restart().await;
        // The second reminder is due after twelve hours, and not before.
        world.clock.advance(Duration::hours(11));
        let second = world.order(&offering).await;
        world.mail.wait_for(PROVIDER, 3, PATIENCE).await;
        world.clock.advance(Duration::hours(1));
        world.mail.wait_for(PROVIDER, 4, PATIENCE).await;
        world.clock.advance(Duration::hours(23));
        world.mail.wait_for(NETWORK, 1, PATIENCE).await;
        let mails = world.mail.wait_for(PROVIDER, 5, PATIENCE).await;
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        let (first, other) = (&placed.order_number, &second.order_number);
        assert_eq!(
            subjects,
            [
                format!("Ny beställning {first} (HAM)"),
                format!("Påminnelse 1: beställningen {first} väntar (HAM)"),
                format!("Ny beställning {other} (HAM)"),
                format!("Påminnelse 2: beställningen {first} väntar (HAM)"),
                format!("Påminnelse 1: beställningen {other} väntar (HAM)"),
            ]
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_instances_one_sends_each_reminder() {
    const ORDERS: usize = 8;
    for_each_store(|url| async {
        let world = World::start_reminding(url, rules()).await;
        let another = world.another().await;
        let offering = world.offering_of("nordbredband").await;
        for _ in 0..ORDERS {
            world.order(&offering).await;
        }
        world.clock.advance(Duration::hours(24));
        world.mail.wait_for(PROVIDER, 2 * ORDERS, PATIENCE).await;
        world.clock.advance(Duration::hours(12));
        let mails = world.mail.wait_for(PROVIDER, 3 * ORDERS, PATIENCE).await;
        world.clock.advance(Duration::hours(12));
        let told = world.mail.wait_for(NETWORK, ORDERS, PATIENCE).await;
        let different: BTreeSet<_> = mails
            .iter()
            .chain(&told)
            .map(|mail| &mail.subject)
            .collect();
        assert_eq!(different.len(), 4 * ORDERS, "each once");
        let lines = world.texts("order_log", "kind").await;
        let steps = |kind: &str| lines.iter().filter(|line| *line == kind).count();
        assert_eq!(
            (steps("reminded"), steps("escalated")),
            (2 * ORDERS, ORDERS)
        );
        if let Some((runtime, _)) = another {
            runtime.shutdown_background();
        }
        world.stop().await;
    })
    .await;
}
