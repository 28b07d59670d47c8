//! A provider's system enters what it sells.

use api as pb;
use pb::orders::{ListOwnOfferingsRequest, Offering, PutOwnOfferingRequest};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;

use crate::world::{HANDLE, World, request};

fn upload(offering: &str, name: &str) -> PutOwnOfferingRequest {
    PutOwnOfferingRequest {
        offering: Some(Offering {
            service: "BB-100-100".to_owned(),
            name: name.to_owned(),
            monthly_price_ore: 29_900,
            external_product_id: "p-1".to_owned(),
            external_offering_id: offering.to_owned(),
            ..Offering::default()
        }),
    }
}

async fn put(world: &World, provider: &str, upload: PutOwnOfferingRequest) -> Offering {
    let put = world.provider(provider).put_own_offering(upload).await;
    put.unwrap().into_inner().offering.unwrap()
}

async fn own(world: &World, provider: &str, include_ended: bool) -> Vec<Offering> {
    let all = ListOwnOfferingsRequest {
        include_ended,
        page: None,
    };
    let listed = world.provider(provider).list_own_offerings(all).await;
    listed.unwrap().into_inner().offerings
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_upload_is_the_same_offering_and_another_providers_key_is_its_own() {
    for_each_store(|url| {
        Box::pin(async {
            let world = World::start(url).await;
            let early = world.provider("nordbredband");
            let refused = early.clone().put_own_offering(upload("o-1", "early")).await;
            let refused = refused.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some("PROVIDER_NOT_FOUND"));
            world.provider_of("nordbredband").await;
            world.provider_of("sydfiber").await;

            let first = put(&world, "nordbredband", upload("o-1", "Bredband 100")).await;
            let again = put(&world, "nordbredband", upload("o-1", "Bredband 100")).await;
            assert_eq!(first, again);
            let renamed = put(&world, "nordbredband", upload("o-1", "Bredband 100 Plus")).await;
            assert_eq!(renamed.offering_id, first.offering_id);
            put(&world, "nordbredband", upload("o-2", "Bredband 250")).await;
            let theirs = put(&world, "sydfiber", upload("o-1", "Fiber 100")).await;
            assert_ne!(theirs.offering_id, first.offering_id);
            let mine = own(&world, "nordbredband", true).await;
            let mut names: Vec<_> = mine.iter().map(|offering| offering.name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, ["Bredband 100 Plus", "Bredband 250"]);
            world.stop().await;
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_names_its_own_provider_and_a_key_that_is_free() {
    for_each_store(|url| {
        Box::pin(async {
            let world = World::start(url).await;
            world.provider_of("nordbredband").await;
            put(&world, "nordbredband", upload("o-1", "Bredband 100")).await;
            let second = put(&world, "nordbredband", upload("o-2", "Bredband 250")).await;
            let mut system = world.provider("nordbredband");
            let mut taken = upload("o-1", "Bredband 250");
            taken.offering.as_mut().unwrap().offering_id = second.offering_id;
            let refused = system.put_own_offering(taken).await.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some("EXTERNAL_KEY_TAKEN"));
            let mut wrong = upload("", "");
            wrong.offering.as_mut().unwrap().provider_id = "sydfiber".to_owned();
            let refused = system.put_own_offering(wrong).await.unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, "provider_id");
            let mut keyless = upload("", "Bredband");
            let offering = keyless.offering.as_mut().unwrap();
            offering.external_product_id.clear();
            let refused = system.put_own_offering(keyless).await.unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, "external_product_id");
            world.stop().await;
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_is_sold_no_more_but_its_orders_stay() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of("nordbredband").await;
        let offering = put(&world, "nordbredband", upload("o-1", "Bredband 100")).await;
        let order = world.order(&offering.offering_id).await;
        let remove = pb::orders::RemoveOwnOfferingRequest {
            external_product_id: "p-1".to_owned(),
            external_offering_id: "o-1".to_owned(),
            ..Default::default()
        };
        let mut system = world.provider("nordbredband");
        for _ in 0..2 {
            system.remove_own_offering(remove.clone()).await.unwrap();
        }
        assert!(own(&world, "nordbredband", false).await.is_empty());
        let ended = own(&world, "nordbredband", true).await;
        assert!(ended[0].ended_at.is_some());
        let offers = pb::orders::ListOffersRequest {
            network: "HAM".to_owned(),
            place_handle: HANDLE.to_owned(),
            ..Default::default()
        };
        let offers = world.visitor().list_offers(offers).await.unwrap();
        assert!(offers.into_inner().offers.is_empty());
        let again = request(&offering.offering_id);
        let refused = world.visitor().place_order(again).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("OFFERING_NOT_FOUND"));
        let kept = pb::orders::GetProviderOrderRequest {
            order_id: order.order_id,
            ..Default::default()
        };
        let kept = system.get_provider_order(kept).await.unwrap().into_inner();
        let kept = kept.order.unwrap();
        assert_eq!(kept.offering_name, "Bredband 100");
        assert_eq!(kept.price.unwrap().total_ore, 29_900);

        let back = put(&world, "nordbredband", upload("o-1", "Bredband 100")).await;
        assert_eq!(back.offering_id, offering.offering_id);
        world.order(&back.offering_id).await;
        world.stop().await;
    })
    .await;
}
