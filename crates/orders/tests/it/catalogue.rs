use api as pb;
use pb::orders::Offering;
use service_kit::error::{reason_of, violations_of};
use testkit::eventually;
use testkit::store::for_each_store;
use tonic::Code;

use crate::world::{HANDLE, PATIENCE, UNCONNECTED, World};

fn offers_at(handle: &str) -> pb::orders::ListOffersRequest {
    pb::orders::ListOffersRequest {
        network: "HAM".to_owned(),
        place_handle: handle.to_owned(),
        ..Default::default()
    }
}

async fn information(world: &World) -> String {
    let offers = world
        .visitor()
        .list_offers(offers_at(HANDLE))
        .await
        .unwrap();
    offers.into_inner().acceptance_texts[0].information.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_controller_is_called_what_the_gateway_calls_the_network() {
    for_each_store(|url| async {
        let world = World::start_unnamed(url).await;
        assert!(information(&world).await.contains("är HAM."));
        world.name_network("Falska Nätet", false).await;
        world.name_network("Hamnstads Stadsnät", true).await;
        eventually!(
            PATIENCE,
            information(&world).await.contains("är Hamnstads Stadsnät.")
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_at_a_place_is_shown_with_who_sells_it_and_what_is_accepted() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.offering_of("nordbredband").await;
        let offers = world
            .visitor()
            .list_offers(offers_at(HANDLE))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(offers.offers.len(), 1);
        assert_eq!(offers.offers[0].provider_name, "nordbredband AB");
        assert_eq!(
            offers.offers[0].privacy_url,
            "https://nordbredband.example.se/privacy"
        );
        assert_eq!(offers.address.unwrap().street_name, "Kungsgatan");
        let languages: Vec<_> = offers
            .acceptance_texts
            .iter()
            .map(|text| text.language.as_str())
            .collect();
        assert_eq!(languages, ["sv", "en"]);
        assert!(
            offers.acceptance_texts[0]
                .text
                .contains("Hamnstads Stadsnät")
        );

        let nothing = world
            .visitor()
            .list_offers(offers_at(UNCONNECTED))
            .await
            .unwrap()
            .into_inner();
        assert!(nothing.offers.is_empty());
        let unknown = world
            .visitor()
            .list_offers(offers_at("forged"))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&unknown).as_deref(), Some("PLACE_NOT_FOUND"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_changed_by_its_own_network_only() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let id = world.offering_of("nordbredband").await;
        let mut offering = pb::orders::Offering {
            offering_id: id,
            provider_id: "nordbredband".to_owned(),
            service: "BB-100-100".to_owned(),
            name: "Bredband 100 Höst".to_owned(),
            monthly_price_ore: 24_900,
            ..pb::orders::Offering::default()
        };
        let put = |network: &str, offering: &pb::orders::Offering| pb::orders::PutOfferingRequest {
            network: network.to_owned(),
            offering: Some(offering.clone()),
        };
        world
            .admin()
            .put_offering(put("HAM", &offering))
            .await
            .unwrap();
        let offers = world
            .visitor()
            .list_offers(offers_at(HANDLE))
            .await
            .unwrap()
            .into_inner()
            .offers;
        assert_eq!(
            (offers.len(), offers[0].name.as_str()),
            (1, "Bredband 100 Höst")
        );

        let other = world.staff_of("ALM", &["admin"]);
        let refused = other
            .clone()
            .put_offering(put("HAM", &offering))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("OTHER_NETWORK"));
        let refused = other
            .clone()
            .put_offering(put("ALM", &offering))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("PROVIDER_NOT_FOUND"));

        offering.name.clear();
        offering.monthly_price_ore = -1;
        let refused = world
            .admin()
            .put_offering(put("HAM", &offering))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(violations_of(&refused).len(), 2);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_has_room_for_so_many_offerings_and_may_change_those_it_has() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let id = world.offering_of("nordbredband").await;
        let columns = "network, provider_id, service, name, description, monthly_price_ore, start_price_ore, \
            commitment_months, changed_at, product_name, categories, down_mbps, up_mbps, consumer_types, \
            price_groups, price_period_months, notice_months, delivery, documents, draft, campaigns";
        let fill = |id: &str, numbers: &str| {
            format!(
                "{numbers} INSERT INTO offering (id, {columns}) SELECT {id}, {columns} FROM offering, n"
            )
        };
        let count = orders::domain::catalogue::offering::OFFERINGS_MAX - 1;
        let sqlite = format!(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {count})"
        );
        let postgres = format!("WITH n AS (SELECT generate_series(1, {count}))");
        let sqlite = fill("randomblob(16)", &sqlite);
        let postgres = fill("gen_random_uuid()", &postgres);
        world.execute(&sqlite, &postgres).await;

        let one_more = pb::orders::PutOfferingRequest {
            network: "HAM".to_owned(),
            offering: Some(Offering {
                provider_id: "nordbredband".to_owned(),
                service: "BB-100-100".to_owned(),
                name: "Bredband 100".to_owned(),
                ..Offering::default()
            }),
        };
        let refused = world.admin().put_offering(one_more.clone()).await;
        let wrong = violations_of(&refused.unwrap_err());
        assert_eq!(wrong[0].field, "provider_id");
        assert!(wrong[0].rule.contains("2,000"), "{wrong:?}");
        let mut changed = one_more;
        changed.offering.as_mut().unwrap().offering_id = id;
        world.admin().put_offering(changed).await.unwrap();
        world.stop().await;
    })
    .await;
}

/// What is sold is kept in memory; what one instance changes is seen at the next look at another, whatever it was.
#[tokio::test(flavor = "multi_thread")]
async fn no_instance_shows_what_another_has_changed() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let Some((runtime, there)) = world.another().await else {
            world.stop().await;
            return;
        };
        let there = world.staff_at(&there, "HAM", &["admin"]);
        let seen = || async {
            let asked = pb::orders::ListOffersRequest {
                network: "HAM".to_owned(),
                place_handle: HANDLE.to_owned(),
                ..pb::orders::ListOffersRequest::default()
            };
            let offers = there.clone().list_offers(asked).await.unwrap();
            let offers = offers.into_inner().offers.into_iter();
            offers
                .map(|o| (o.provider_name, o.name, o.monthly_price_ore))
                .collect::<Vec<_>>()
        };
        assert_eq!(seen().await, []);
        let id = world.offering_of("nordbredband").await;
        let offer = |provider: &str, ore| {
            let names = (format!("{provider} AB"), "Bredband 100".to_owned());
            vec![(names.0, names.1, ore)]
        };
        assert_eq!(seen().await, offer("nordbredband", 29_900));
        let dearer = pb::orders::PutOfferingRequest {
            network: "HAM".to_owned(),
            offering: Some(Offering {
                offering_id: id.clone(),
                provider_id: "nordbredband".to_owned(),
                service: "BB-100-100".to_owned(),
                name: "Bredband 100".to_owned(),
                monthly_price_ore: 31_900,
                ..Offering::default()
            }),
        };
        world.admin().put_offering(dearer).await.unwrap();
        assert_eq!(seen().await, offer("nordbredband", 31_900));
        let renamed = pb::orders::PutProviderRequest {
            network: "HAM".to_owned(),
            provider: Some(pb::orders::Provider {
                provider_id: "nordbredband".to_owned(),
                name: "Nord AB".to_owned(),
                order_email: "order@nordbredband.example.se".to_owned(),
                privacy_url: "https://nordbredband.example.se/privacy".to_owned(),
                ..pb::orders::Provider::default()
            }),
        };
        world.admin().put_provider(renamed).await.unwrap();
        assert_eq!(seen().await, offer("Nord", 31_900));
        runtime.shutdown_background();
        world.stop().await;
    })
    .await;
}
