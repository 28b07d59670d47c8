//! Places: found by text, pointed at by handles, never by access ids.

use api::registry::{
    AccessState, GetPlaceRequest, ImportMode, Place, ResolvePlaceRequest, SearchPlacesRequest,
};
use service_kit::caller::{Caller, CallerKind};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::Code;

use crate::world::{Client, NETWORK, World, access};

async fn search(client: &mut Client, query: &str) -> Vec<Place> {
    let request = SearchPlacesRequest {
        network: NETWORK.to_owned(),
        query: query.to_owned(),
        limit: 20,
    };
    client
        .search_places(request)
        .await
        .unwrap()
        .into_inner()
        .places
}

fn orders(world: &World) -> Client {
    let caller = Caller::service("orders");
    world.client(
        world
            .orders
            .issue(&caller, "registry", std::time::Duration::from_mins(10)),
    )
}

async fn world(url: String) -> World {
    let world = World::start(url).await;
    let rows = [
        access("SECRET-ID-1", 1),
        access("SECRET-ID-10", 10).replace(";RENTAL_APARTMENT;", ";RENTAL_APARTMENT;1101"),
        "SNFDMO;SECRET-ID-3;Bergbyvägen;652-16;A;186 70;Brottby;COUNTRYSIDE;;PLANNED;;;".to_owned(),
        "SNFDMO;SECRET-ID-4;Norrgården;;;792 90;Mora;RESIDENTIAL_HOUSE;;;;TV,BB-250-250;"
            .to_owned(),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let report = world.rows(ImportMode::Full, &rows).await;
    assert_eq!(report.added, 4, "{report:?}");
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_finds_places_and_learns_no_access_id() {
    for_each_store(|url| async {
        let world = world(url).await;
        let mut visitor = world.visitor();
        let found = search(&mut visitor, "gotgatan 1").await;
        let numbers: Vec<_> = found
            .iter()
            .map(|p| p.address.as_ref().unwrap().street_number.as_str())
            .collect();
        assert_eq!(numbers, ["1", "10"], "an exact number comes first");
        assert_eq!(
            found[0].services,
            ["BB-100-100", "BB-1000-1000"],
            "the network's default"
        );
        let meter = search(&mut visitor, "bergbyvägn 652-16A").await;
        assert_eq!(
            (meter.len(), meter[0].state()),
            (1, AccessState::Planned),
            "one typo"
        );
        assert!(
            meter[0].services.is_empty(),
            "nothing can be had where nothing is connected"
        );
        let village = search(&mut visitor, "norrgården mora").await;
        assert_eq!(
            village[0].services,
            ["BB-100-100", "BB-1000-1000", "BB-250-250", "TV"],
            "and what is active there"
        );
        assert!(search(&mut visitor, "storgatan").await.is_empty());
        for place in found.iter().chain(&meter).chain(&village) {
            assert!(!format!("{place:?}").contains("SECRET"));
        }
        let short = SearchPlacesRequest {
            network: NETWORK.to_owned(),
            query: "x".to_owned(),
            limit: 0,
        };
        assert_eq!(
            violations_of(&visitor.search_places(short).await.unwrap_err())[0].field,
            "query"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_leads_to_its_place_for_an_hour_and_to_the_access_for_orders_only() {
    for_each_store(|url| async {
        let world = world(url).await;
        let mut visitor = world.visitor();
        let place = search(&mut visitor, "götgatan 10").await.remove(0);
        let handle = place.handle.clone();
        let ask = GetPlaceRequest {
            network: NETWORK.to_owned(),
            handle: handle.clone(),
        };
        assert_eq!(
            visitor
                .get_place(ask.clone())
                .await
                .unwrap()
                .into_inner()
                .place
                .unwrap(),
            place
        );
        let resolve = ResolvePlaceRequest {
            network: NETWORK.to_owned(),
            handle: handle.clone(),
        };
        let resolved = orders(&world)
            .resolve_place(resolve.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(resolved.access_id, "SECRET-ID-10");
        assert_eq!(
            visitor.resolve_place(resolve).await.unwrap_err().code(),
            Code::PermissionDenied
        );

        let mut changed = handle.clone();
        changed.replace_range(20..21, if &handle[20..21] == "A" { "B" } else { "A" });
        let wrong = GetPlaceRequest {
            network: NETWORK.to_owned(),
            handle: changed,
        };
        assert_eq!(
            reason_of(&visitor.get_place(wrong).await.unwrap_err()).unwrap(),
            "PLACE_HANDLE_INVALID"
        );
        let mut neighbour = world.caller(CallerKind::Public, "OTHER", &[]);
        let theirs = GetPlaceRequest {
            network: "OTHER".to_owned(),
            handle,
        };
        assert_eq!(
            reason_of(&neighbour.get_place(theirs).await.unwrap_err()).unwrap(),
            "PLACE_HANDLE_INVALID"
        );

        world.clock.advance(chrono::Duration::minutes(66));
        let late = world.visitor().get_place(ask).await.unwrap_err();
        assert_eq!(reason_of(&late).unwrap(), "PLACE_HANDLE_EXPIRED");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_follows_an_import_at_once() {
    for_each_store(|url| async {
        let world = world(url).await;
        let mut visitor = world.visitor();
        assert!(search(&mut visitor, "nygatan").await.is_empty());
        let row = access("NEW", 7).replace("Götgatan", "Nygatan");
        world.rows(ImportMode::Delta, &[&row]).await;
        assert_eq!(search(&mut visitor, "nygatan 7").await.len(), 1);
        world.stop().await;
    })
    .await;
}
