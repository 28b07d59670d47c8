//! Systems that do not answer as they should, and a service that is killed meanwhile: an order is sent again only where it is
//! certain that it has not arrived.

use std::time::Duration;

use api as pb;
use chrono::TimeDelta;
use orders::domain::reminder::ReminderRules;
use pb::orders::{
    ConfirmHandoverRequest, HandoverState as State, OrderStatus, ResendHandoverRequest,
};
use serde_json::json;
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tokio::net::TcpListener;

use super::orders::{log, order, status};
use super::sp::{self, Sp};
use super::{NORD, handover, handovers, keyed_offering, put, system};
use crate::world::{PATIENCE, World};

const NETWORK: &str = "kundtjanst@ham.example.se";
const CAUSE: &str = r#"{"cause":"Kunden Anna har skulder (4711)"}"#;

fn rules() -> ReminderRules {
    let rules = json!({
        "working_hours": false, "first_after_hours": 720, "every_hours": 12, "times": 2, "escalate_to": NETWORK
    });
    serde_json::from_value(rules).unwrap()
}

fn resend(id: &str, expected: State) -> ResendHandoverRequest {
    ResendHandoverRequest {
        network: "HAM".to_owned(),
        handover_id: id.to_owned(),
        expected: expected.into(),
    }
}

fn confirm(id: &str, expected: State) -> ConfirmHandoverRequest {
    ConfirmHandoverRequest {
        network: "HAM".to_owned(),
        handover_id: id.to_owned(),
        expected: expected.into(),
    }
}

async fn state_of(world: &World, id: &str) -> State {
    let all = handovers(world).await;
    let found = all.iter().find(|one| one.handover_id == id).unwrap();
    found.state()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_have_arrived_is_sent_again_and_disclosed_once() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = keyed_offering(&world, NORD).await;
        // Nobody listens there, for now.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        put(&world, system(&format!("http://{address}/onapi"))).await;
        let placed = world.order(&offering).await;
        testkit::eventually!(
            PATIENCE,
            handovers(&world).await[0].last_failure == "unreachable"
        );
        let waiting = handover(&world, State::Waiting).await;
        assert_eq!((waiting.attempts, waiting.last_status), (1, 0));
        let sp = Sp::serve_at(TcpListener::bind(address).await.unwrap());
        sp.says(429, "{}");
        world.clock.advance(TimeDelta::seconds(11));
        testkit::eventually!(PATIENCE, handovers(&world).await[0].last_failure == "busy");
        sp.answers(|_| (Duration::ZERO, sp::confirmed("")));
        world.clock.advance(TimeDelta::seconds(21));
        let over = handover(&world, State::Confirmed).await;
        assert_eq!((over.attempts, sp.count()), (3, 2));
        assert_eq!(
            status(&world, &placed.order_id).await,
            OrderStatus::Received
        );
        assert_eq!(world.rows("disclosure").await, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_is_for_staff_to_decide() {
    for_each_store(|url| async {
        let world = World::start_reminding(url, rules()).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        put(&world, system(&sp.base())).await;
        sp.says(500, CAUSE);
        let placed = world.order(&offering).await;
        let uncertain = handover(&world, State::Uncertain).await;
        assert_eq!(
            (uncertain.last_status, &*uncertain.last_failure),
            (500, "status")
        );
        let mail = world.mail.wait_for(NETWORK, 1, PATIENCE).await.remove(0);
        assert!(
            mail.text.contains("ovisst") && !mail.text.contains("Anna"),
            "{}",
            mail.text
        );
        let view = order(&world, &placed.order_id).await.order.unwrap();
        assert!(view.escalated_at.is_some(), "staff see it in their list");
        let told = log(&world, &placed.order_id).await;
        let line = "handover · provider:nordbredband · Kunden Anna har skulder (4711) · uncertain";
        assert!(told.contains(&line.to_owned()), "{told:?}");
        let follow = pb::orders::FollowOrderRequest {
            network: "HAM".to_owned(),
            token: placed.follow_token.clone(),
        };
        let seen = world
            .visitor()
            .follow_order(follow)
            .await
            .unwrap()
            .into_inner();
        assert!(
            !format!("{seen:?}").contains("skulder"),
            "never the customer"
        );
        world.clock.advance(TimeDelta::hours(30));
        // Turns have passed when another provider's order has come.
        let (other, of_other) = (Sp::serve().await, keyed_offering(&world, "sydfiber").await);
        put(&world, super::system_of("sydfiber", &other.base())).await;
        world.order(&of_other).await;
        other.asked(1).await;
        assert_eq!(sp.count(), 1, "not again by itself");

        let mut staff = world.systems("HAM", "customer_service");
        let id = &uncertain.handover_id;
        let stale = staff
            .resend_handover(resend(id, State::GivenUp))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&stale).as_deref(), Some("HANDOVER_MOVED"));
        let mut others = world.systems("BRF", "admin");
        let mut theirs = resend(id, State::Uncertain);
        theirs.network = "BRF".to_owned();
        let unknown = others.resend_handover(theirs).await.unwrap_err();
        assert_eq!(reason_of(&unknown).as_deref(), Some("HANDOVER_NOT_FOUND"));
        staff
            .resend_handover(resend(id, State::Uncertain))
            .await
            .unwrap();
        sp.asked(2).await;
        testkit::eventually!(PATIENCE, state_of(&world, id).await == State::Uncertain);
        staff
            .confirm_handover(confirm(id, State::Uncertain))
            .await
            .unwrap();
        assert_eq!(state_of(&world, id).await, State::Confirmed);
        assert_eq!(
            status(&world, &placed.order_id).await,
            OrderStatus::Received
        );
        let told = log(&world, &placed.order_id).await;
        let line = "status · staff:user-1 · new → received · new,received";
        assert!(told.contains(&line.to_owned()), "{told:?}");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_wrong_is_not_made_again() {
    for_each_store(|url| async {
        let world = World::start_reminding(url, rules()).await;
        let sp = Sp::serve().await;
        // An offering that the provider's system would not know.
        let offering = world.offering_of(NORD).await;
        put(&world, system(&sp.base())).await;
        world.order(&offering).await;
        let refused = handover(&world, State::Refused).await;
        assert_eq!((refused.attempts, sp.count()), (0, 0));
        assert_eq!(world.rows("disclosure").await, 0);
        let keyed = keyed_offering(&world, "sydfiber").await;
        put(&world, super::system_of("sydfiber", &sp.base())).await;
        sp.says(400, CAUSE);
        let placed = world.order(&keyed).await;
        let is_refused = |one: &pb::orders::Handover| {
            one.provider_id == "sydfiber" && one.state() == State::Refused
        };
        testkit::eventually!(PATIENCE, handovers(&world).await.iter().any(is_refused));
        assert_eq!(
            status(&world, &placed.order_id).await,
            OrderStatus::New,
            "nobody has refused the customer"
        );
        let asked = pb::orders::ListHandoversRequest {
            network: "HAM".to_owned(),
            provider_id: "sydfiber".to_owned(),
            needs_staff: true,
            ..pb::orders::ListHandoversRequest::default()
        };
        let mut staff = world.systems("HAM", "admin");
        let listed = staff
            .list_handovers(asked)
            .await
            .unwrap()
            .into_inner()
            .handovers;
        assert_eq!((listed.len(), listed[0].last_status), (1, 400));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_deadline_staff_are_told() {
    for_each_store(|url| async {
        let world = World::start_reminding(url, rules()).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        let mut asked = system(&sp.base());
        asked.password = "wrong".to_owned();
        put(&world, asked).await;
        let placed = world.order(&offering).await;
        testkit::eventually!(
            PATIENCE,
            handovers(&world).await[0].last_failure == "credential"
        );
        world.clock.advance(TimeDelta::hours(24));
        let given_up = handover(&world, State::GivenUp).await;
        assert!(given_up.finished_at.is_some());
        assert_eq!(
            given_up.last_failure, "credential",
            "why, not only since when"
        );
        let mail = world.mail.wait_for(NETWORK, 1, PATIENCE).await.remove(0);
        assert!(
            mail.text.contains("inte kommit fram inom tiden"),
            "{}",
            mail.text
        );
        assert_eq!(status(&world, &placed.order_id).await, OrderStatus::New);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_killed_during_a_call_does_not_order_twice() {
    for_each_store(|url| async {
        let mut world = World::start_reminding(url, rules()).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        put(&world, system(&sp.base())).await;
        world.restart().await;
        sp.answers(|_| (Duration::from_mins(1), sp::confirmed("")));
        world.order(&offering).await;
        sp.asked(1).await;
        world.kill().await;
        assert_eq!(handover(&world, State::Sending).await.attempts, 1);
        world.clock.advance(TimeDelta::minutes(3));
        let uncertain = handover(&world, State::Uncertain).await;
        assert_eq!((&*uncertain.last_failure, sp.count()), ("broken_off", 1));
        assert_eq!(
            world.rows("disclosure").await,
            1,
            "what may have arrived was disclosed"
        );
        world.stop().await;
    })
    .await;
}
