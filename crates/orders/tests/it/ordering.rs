use api as pb;
use futures::future::join_all;
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::Code;

use crate::world::{PATIENCE, UNCONNECTED, World, request};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_gets_a_number_an_event_and_two_mails() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        assert_eq!(placed.order_number, "HAM-000001");

        let hide = |text: &str| {
            text.replace(&placed.follow_token, "[token]")
                .replace(&placed.order_id, "[order]")
                .replace(&offering, "[offering]")
        };
        let customer = &world
            .mail
            .wait_for("anna.provsson@example.com", 1, PATIENCE)
            .await[0];
        insta::assert_snapshot!(
            "mail_customer",
            hide(&format!("{}\n\n{}", customer.subject, customer.text))
        );
        let provider = &world
            .mail
            .wait_for("order@nordbredband.example.se", 1, PATIENCE)
            .await[0];
        insta::assert_snapshot!(
            "mail_provider",
            hide(&format!("{}\n\n{}", provider.subject, provider.text))
        );
        let raw = String::from_utf8_lossy(&provider.raw).into_owned();
        for personal in ["Anna", "Provsson", "9811", "70174", "Kungsgatan", "HAM-A-1"] {
            assert!(
                !raw.contains(personal) && !provider.text.contains(personal),
                "{personal}"
            );
        }

        let events = world.events("orders.order.placed.v1", 1).await;
        let event: pb::events::OrderPlaced = events[0].decode().unwrap();
        insta::assert_snapshot!("event_order_placed", hide(&format!("{event:#?}")));
        assert_eq!(
            (events[0].network.as_str(), &events[0].partition_key),
            ("HAM", &placed.order_id)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_english_is_confirmed_in_english() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let asked = pb::orders::PlaceOrderRequest {
            acceptance_language: "en".to_owned(),
            requested_date: String::new(),
            ..request(&offering)
        };
        let placed = world.visitor().place_order(asked).await.unwrap();
        let mail = &world
            .mail
            .wait_for("anna.provsson@example.com", 1, PATIENCE)
            .await[0];
        insta::assert_snapshot!(
            "mail_customer_en",
            format!("{}\n\n{}", mail.subject, mail.text)
                .replace(&placed.into_inner().follow_token, "[token]")
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customer_and_provider_read_which_flat_of_a_house_where_flats_have_no_number() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        for answer in world.known.places.lock().unwrap().values_mut() {
            let place = answer.place.as_mut().unwrap();
            place.address.as_mut().unwrap().apartment_number.clear();
            "2 tr vänster".clone_into(&mut place.distinguisher);
        }
        let placed = world.visitor().place_order(request(&offering)).await;
        let asked = pb::orders::GetPersonalDataRequest {
            order_id: placed.unwrap().into_inner().order_id,
            purpose: "delivery".to_owned(),
        };
        let told = world
            .provider("nordbredband")
            .get_personal_data(asked)
            .await;
        assert_eq!(told.unwrap().into_inner().distinguisher, "2 tr vänster");
        let to = "anna.provsson@example.com";
        let mail = &world.mail.wait_for(to, 1, PATIENCE).await[0];
        let line = "Adress: Kungsgatan 10G (2 tr vänster), 721 34 Västerås";
        assert!(mail.text.contains(line), "{}", mail.text);
        assert!(!mail.text.contains("HAM-A-1"), "the access id is nobody's");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_submit_gives_one_order() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let asked = request(&offering);
        let tries = (0..8).map(|_| {
            let (mut client, asked) = (world.visitor(), asked.clone());
            async move { client.place_order(asked).await.unwrap().into_inner() }
        });
        let answers = join_all(tries).await;
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));

        // The handle has expired meanwhile: the order is still the answer.
        world.known.places.lock().unwrap().clear();
        assert_eq!(
            world
                .visitor()
                .place_order(asked.clone())
                .await
                .unwrap()
                .into_inner(),
            answers[0]
        );

        let mut other = asked;
        other.customer.as_mut().unwrap().phone = "+46701740606".to_owned();
        let conflict = world.visitor().place_order(other).await.unwrap_err();
        assert_eq!(conflict.code(), Code::AlreadyExists);
        assert_eq!(reason_of(&conflict).as_deref(), Some("COMMAND_CONFLICT"));

        world
            .mail
            .wait_for("anna.provsson@example.com", 1, PATIENCE)
            .await;
        assert_eq!(world.events("orders.order.placed.v1", 1).await.len(), 1);
        let page = pb::orders::ListOrdersRequest {
            network: "HAM".to_owned(),
            ..Default::default()
        };
        assert_eq!(
            world
                .admin()
                .list_orders(page)
                .await
                .unwrap()
                .into_inner()
                .orders
                .len(),
            1
        );
        assert_eq!(world.mail.mails().len(), 2);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_orders_are_numbered_without_a_gap() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let mut numbers: Vec<String> = join_all((0..16).map(|_| world.order(&offering)))
            .await
            .into_iter()
            .map(|o| o.order_number)
            .collect();
        numbers.sort();
        let expected: Vec<String> = (1..=16).map(|count| format!("HAM-{count:06}")).collect();
        assert_eq!(numbers, expected);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_at_once() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let asked = pb::orders::PlaceOrderRequest {
            network: "HAM".to_owned(),
            requested_date: "2026-11-21".to_owned(),
            customer: Some(pb::orders::Customer {
                name: " ".to_owned(),
                identity_number: "900118-9812".to_owned(),
                email: "anna".to_owned(),
                phone: "12".to_owned(),
            }),
            ..Default::default()
        };
        let refused = world.visitor().place_order(asked).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let wrong: Vec<String> = violations_of(&refused)
            .iter()
            .map(|v| format!("{} = {:?}: {}", v.field, v.value, v.rule))
            .collect();
        insta::assert_snapshot!("violations", wrong.join("\n"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_not_ordered() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let place = |asked| async {
            reason_of(&world.visitor().place_order(asked).await.unwrap_err()).unwrap()
        };
        let asked = pb::orders::PlaceOrderRequest {
            place_handle: UNCONNECTED.to_owned(),
            ..request(&offering)
        };
        assert_eq!(place(asked).await, "PLACE_NOT_CONNECTED");
        let asked = pb::orders::PlaceOrderRequest {
            place_handle: "forged".to_owned(),
            ..request(&offering)
        };
        assert_eq!(place(asked).await, "PLACE_NOT_FOUND");
        let asked = request(&uuid::Uuid::new_v4().to_string());
        assert_eq!(place(asked).await, "OFFERING_NOT_FOUND");
        for place in world.known.places.lock().unwrap().values_mut() {
            place.place.as_mut().unwrap().services.clear();
        }
        assert_eq!(place(request(&offering)).await, "SERVICE_NOT_DELIVERABLE");
        assert!(world.mail.mails().is_empty());
        world.stop().await;
    })
    .await;
}
