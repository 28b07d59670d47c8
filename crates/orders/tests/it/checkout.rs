//! Several services in one checkout: all of them or none, once, and each with what its own provider asks.

use api as pb;
use futures::future::join_all;
use pb::orders::{FormScope, Offering, OrderItem, PlaceOrdersRequest, PlaceOrdersResponse};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::forms;
use crate::world::{PATIENCE, World, request};

/// An offering over a technical service.
async fn sold(world: &World, provider: &str, service: &str) -> String {
    world.provider_of(provider).await;
    let offering = Offering {
        provider_id: provider.to_owned(),
        service: service.to_owned(),
        name: format!("{service} av {provider}"),
        monthly_price_ore: 19_900,
        ..Offering::default()
    };
    let put = pb::orders::PutOfferingRequest {
        network: "HAM".to_owned(),
        offering: Some(offering),
    };
    let put = world.admin().put_offering(put).await.unwrap();
    put.into_inner().offering.unwrap().offering_id
}

fn item(offering_id: &str) -> OrderItem {
    OrderItem {
        offering_id: offering_id.to_owned(),
        ..OrderItem::default()
    }
}

/// Anna's checkout, with a command id of its own.
fn checkout(offerings: &[&str]) -> PlaceOrdersRequest {
    let one = request("");
    PlaceOrdersRequest {
        network: one.network,
        command_id: one.command_id,
        place_handle: one.place_handle,
        items: offerings.iter().map(|id| item(id)).collect(),
        customer: one.customer,
        acceptance_version: one.acceptance_version,
        acceptance_language: one.acceptance_language,
        accepted: one.accepted,
        channel: one.channel,
        requested_date: one.requested_date,
        ..PlaceOrdersRequest::default()
    }
}

async fn place(world: &World, asked: PlaceOrdersRequest) -> Result<PlaceOrdersResponse, Status> {
    let placed = world.visitor().place_orders(asked).await;
    placed.map(tonic::Response::into_inner)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_of_two_providers_are_two_orders_of_one_person() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let broadband = sold(&world, "nordbredband", "BB-100-100").await;
        let television = sold(&world, "ostnet", "IPTV").await;
        let asked = checkout(&[&television, &broadband]);
        let tries = (0..4).map(|_| place(&world, asked.clone()));
        let answers: Vec<_> = join_all(tries)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert!(
            answers.windows(2).all(|pair| pair[0] == pair[1]),
            "{answers:?}"
        );
        let numbers: Vec<_> = answers[0]
            .orders
            .iter()
            .map(|o| o.order_number.as_str())
            .collect();
        assert_eq!(numbers, ["HAM-000001", "HAM-000002"]);
        assert!(answers[0].orders.iter().all(|o| !o.follow_token.is_empty()));
        assert_eq!(world.rows("customer_order").await, 2);
        assert_eq!(world.rows("subject").await, 1, "one person");

        // Each provider has its own, and hears of no other.
        for (provider, order) in [("ostnet", 0), ("nordbredband", 1)] {
            let everything = pb::orders::ListProviderOrdersRequest {
                placed_since: Some(prost_types::Timestamp::default()),
                page: None,
            };
            let listed = world
                .provider(provider)
                .list_provider_orders(everything)
                .await;
            let listed = listed.unwrap().into_inner().orders;
            let ids: Vec<_> = listed.into_iter().map(|order| order.order_id).collect();
            assert_eq!(ids, [answers[0].orders[order].order_id.as_str()]);
            let mail = format!("order@{provider}.example.se");
            assert_eq!(world.mail.wait_for(&mail, 1, PATIENCE).await.len(), 1);
        }
        let mails = world
            .mail
            .wait_for("anna.provsson@example.com", 2, PATIENCE);
        assert_eq!(mails.await.len(), 2, "a confirmation and a link of each");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sold_takes_the_whole_checkout_with_it_and_is_named() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let broadband = sold(&world, "nordbredband", "BB-100-100").await;
        let other = sold(&world, "ostnet", "BB-100-100").await;
        let television = sold(&world, "ostnet", "IPTV").await;
        let nowhere = sold(&world, "ostnet", "TELEPHONY").await;

        let twice = place(&world, checkout(&[&broadband, &television, &other])).await;
        let wrong = violations_of(&twice.unwrap_err());
        assert_eq!(wrong[0].field, "items[2].offering_id");
        assert!(wrong[0].rule.contains("once"), "{wrong:?}");

        let refused = place(&world, checkout(&[&broadband, &nowhere]))
            .await
            .unwrap_err();
        assert_eq!(
            reason_of(&refused).as_deref(),
            Some("SERVICE_NOT_DELIVERABLE")
        );
        assert!(refused.message().starts_with("items[1]: "), "{refused:?}");

        let mut dear = checkout(&[&broadband, &television]);
        dear.items[1].price_mark = "another".to_owned();
        let refused = place(&world, dear).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("PRICE_CHANGED"));
        assert_eq!(refused.code(), Code::FailedPrecondition);

        let mut wrong = checkout(&["no id", &television]);
        wrong.customer.as_mut().unwrap().email = "nowhere".to_owned();
        wrong.items[1].campaign_code = "NONE".to_owned();
        let wrong = violations_of(&place(&world, wrong).await.unwrap_err());
        let fields: Vec<_> = wrong.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            ["items[0].offering_id", "customer.email"],
            "once each"
        );

        let empty = place(&world, checkout(&[])).await.unwrap_err();
        assert_eq!(violations_of(&empty)[0].field, "items");
        assert_eq!(world.rows("customer_order").await, 0);
        assert_eq!(world.rows("subject").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_one_checkout_and_no_part_or_more_of_it() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let broadband = sold(&world, "nordbredband", "BB-100-100").await;
        let television = sold(&world, "ostnet", "IPTV").await;
        let asked = checkout(&[&broadband, &television]);
        let placed = place(&world, asked.clone()).await.unwrap();

        // The answer is the same when the handle has expired.
        world.known.places.lock().unwrap().clear();
        assert_eq!(place(&world, asked.clone()).await.unwrap(), placed);
        for items in [
            vec![item(&broadband)],
            vec![item(&television), item(&broadband)],
            vec![item(&broadband), item(&television), item(&broadband)],
        ] {
            let other = PlaceOrdersRequest {
                items,
                ..asked.clone()
            };
            let refused = place(&world, other).await.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some("COMMAND_CONFLICT"));
        }
        assert_eq!(world.rows("customer_order").await, 2);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_asks_once_and_each_provider_hears_its_own_answers() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let broadband = forms::asking(&world).await;
        let television = sold(&world, "ostnet", "IPTV").await;
        let answered = forms::answered(&broadband);
        let (network, provider): (Vec<_>, Vec<_>) = answered
            .answers
            .into_iter()
            .partition(|answer| answer.scope() == FormScope::Network);
        let mut asked = checkout(&[&television, &broadband]);
        asked.network_form_version = answered.network_form_version;
        asked.answers = network;
        asked.items[1].provider_form_version = answered.provider_form_version;

        asked.items[1].answers = vec![forms::say(FormScope::Provider, "router", "theirs")];
        let refused = place(&world, asked.clone()).await.unwrap_err();
        let fields: Vec<_> = violations_of(&refused)
            .into_iter()
            .map(|v| v.field)
            .collect();
        assert!(
            !fields.is_empty()
                && fields
                    .iter()
                    .all(|f| f.starts_with("items[1].answers.provider.")),
            "{fields:?}"
        );
        asked.items[1].answers = provider;
        let placed = place(&world, asked).await.unwrap().orders;
        let of_network = forms::seen_by_staff(&world, &placed[0].order_id).await;
        let of_both = forms::seen_by_staff(&world, &placed[1].order_id).await;
        assert!(of_network.iter().all(|a| a.scope() == FormScope::Network));
        assert!(!of_network.is_empty() && of_both.len() > of_network.len());
        world.stop().await;
    })
    .await;
}
