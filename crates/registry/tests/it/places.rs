//! Places: found by text, pointed at by handles, never by access ids.

use api::common::Address;
use api::registry::{
    AccessState, GetPlaceRequest, ImportMode, MarketContract, MatchAddressRequest,
    MatchAddressResponse, Place, ResolvePlaceRequest, SearchPlacesRequest,
};
use sea_orm::Statement;
use service_kit::caller::{Caller, CallerKind};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::Code;

use crate::market::{PROVIDER, contract, put};
use crate::world::{Client, NETWORK, PATIENCE, World, access};

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

pub fn orders(world: &World) -> Client {
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
            ["BB-100-100", "BB-1000-1000"],
            "and nothing of what is active there"
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
            ..ResolvePlaceRequest::default()
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

async fn matched(client: &mut Client, street: &str, apartment: &str) -> MatchAddressResponse {
    let request = MatchAddressRequest {
        network: NETWORK.to_owned(),
        address: Some(Address {
            street_name: street.to_owned(),
            apartment_number: apartment.to_owned(),
            ..Address::default()
        }),
        ..MatchAddressRequest::default()
    };
    client.match_address(request).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_says_why_it_was_found() {
    for_each_store(|url| async {
        let world = world(url).await;
        let request = SearchPlacesRequest {
            network: NETWORK.to_owned(),
            query: "norrgardn mora".to_owned(),
            limit: 0,
        };
        let answer = world.visitor().search_places(request).await.unwrap();
        let answer = answer.into_inner();
        assert_eq!((answer.places.len(), answer.reasons.len()), (1, 1));
        let words: Vec<_> = answer.reasons[0]
            .words
            .iter()
            .map(|w| (w.typed.as_str(), w.part.as_str(), w.how.as_str(), w.typos))
            .collect();
        assert_eq!(
            words,
            [
                ("norrgardn", "street", "typos", 1),
                ("mora", "city", "exact", 0)
            ]
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_address_is_matched_with_reasons() {
    for_each_store(|url| async {
        let world = world(url).await;
        let mut visitor = world.visitor();
        let exact = matched(&mut visitor, "Götgatan 10", "1101").await;
        assert_eq!(
            (exact.result.as_str(), exact.candidates.len()),
            ("exact", 1)
        );
        assert!(exact.candidates[0].differences.is_empty());
        let near = matched(&mut visitor, "Göttgatan 10", "1101").await;
        assert_eq!(near.result, "probable");
        let difference = &near.candidates[0].differences[0];
        assert_eq!(
            (
                difference.part.as_str(),
                difference.kind.as_str(),
                difference.typos
            ),
            ("street", "typos", 1)
        );
        assert_eq!(difference.found, "Götgatan");
        for (street, apartment, missing) in [
            ("Storgatan 1", "", "street"),
            ("Götgatan 77", "", "number"),
            ("Götgatan 10", "1102", "apartment"),
        ] {
            let none = matched(&mut visitor, street, apartment).await;
            assert_eq!(
                (none.result.as_str(), none.missing.as_str()),
                ("none", missing)
            );
            assert!(none.candidates.is_empty());
        }
        let nothing = MatchAddressRequest {
            network: NETWORK.to_owned(),
            ..MatchAddressRequest::default()
        };
        let refused = visitor.match_address(nothing).await.unwrap_err();
        assert_eq!(violations_of(&refused)[0].field, "streetName");
        assert!(!format!("{exact:?} {near:?}").contains("SECRET"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_is_told_connected_planned_or_neither() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let states = ["CONNECTED", "DEPLOYING", "HOMESPASSED", "OUTMIGRATION"];
        let rows: Vec<String> = (1..)
            .zip(states)
            .map(|(n, state)| {
                format!("SNFDMO;A-{n};Nygatan;{n};;186 70;Brottby;COUNTRYSIDE;;{state};;;")
            })
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let report = world.rows(ImportMode::Full, &rows).await;
        assert_eq!(report.added, 4, "{report:?}");
        let states = |places: Vec<Place>| places.iter().map(Place::state).collect::<Vec<_>>();
        assert_eq!(
            states(search(&mut world.visitor(), "nygatan").await),
            [
                AccessState::Connected,
                AccessState::Planned,
                AccessState::Planned,
                AccessState::Disconnected
            ]
        );
        assert_eq!(
            states(search(&mut world.staff(&["customer_service"]), "nygatan").await)[1],
            AccessState::Deploying
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_wrong_is_found_out_and_built_anew() {
    for_each_store(|url| async {
        let world = world(url).await;
        let mut visitor = world.visitor();
        assert_eq!(search(&mut visitor, "norrgården").await.len(), 1);
        // Behind the registry's back: nothing tells the index.
        let sql =
            "UPDATE access SET street_name = 'Söderby', content_hash = $1 WHERE access_id = $2";
        let values = [vec![7_u8; 32].into(), "SECRET-ID-4".into()];
        let backend = world.database.backend();
        let change = Statement::from_sql_and_values(backend, sql, values);
        world.database.write(change).await.unwrap();
        let anew = async || search(&mut world.visitor(), "söderby").await.len() == 1;
        testkit::eventually!(PATIENCE, anew().await);
        assert!(search(&mut visitor, "norrgården").await.is_empty());
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_is_resolved_for_a_provider_whose_contract_gives_it_over_on_api() {
    for_each_store(|url| async {
        let world = world(url).await;
        let resolve = |provider: &str, access: &str| ResolvePlaceRequest {
            network: NETWORK.to_owned(),
            access_id: access.to_owned(),
            provider_id: provider.to_owned(),
            ..ResolvePlaceRequest::default()
        };
        let refused = async |provider: &str, access: &str| {
            let mut client = orders(&world);
            let asked = client.resolve_place(resolve(provider, access));
            reason_of(&asked.await.unwrap_err()).unwrap()
        };
        assert_eq!(refused(PROVIDER, "SECRET-ID-1").await, "CONTRACT_MISSING");
        let without = MarketContract {
            on_api: false,
            ..contract()
        };
        let agreed = put(&world, without).await.unwrap();
        assert_eq!(
            refused(PROVIDER, "SECRET-ID-1").await,
            "INTERFACE_NOT_AGREED"
        );
        let with = MarketContract {
            contract_id: agreed.contract_id,
            version: agreed.version,
            ..contract()
        };
        put(&world, with).await.unwrap();
        let mut client = orders(&world);
        let found = client.resolve_place(resolve(PROVIDER, "SECRET-ID-1"));
        let found = found.await.unwrap().into_inner();
        assert_eq!(found.access_id, "SECRET-ID-1");
        assert!(!found.place.unwrap().services.is_empty());
        assert_eq!(refused("sydfiber", "SECRET-ID-1").await, "CONTRACT_MISSING");
        assert_eq!(refused(PROVIDER, "NONE").await, "ACCESS_NOT_FOUND");
        assert_eq!(refused("", "SECRET-ID-1").await, "REQUEST_INVALID");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flats_without_a_number_are_told_apart_by_what_the_network_calls_them() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let file = "coID;accessId;streetName;streetNumber;postalCode;city;premisesType;mduDistinguisher\n\
            SNFDMO;SECRET-1;Byvägen;1;72134;Västerås;RENTAL_APARTMENT;2 tr vä\n\
            SNFDMO;SECRET-2;Byvägen;1;72134;Västerås;RENTAL_APARTMENT;3 tr\n";
        let report = world.import(ImportMode::Full, file.as_bytes()).await.report.unwrap();
        assert_eq!(report.added, 2, "{report:?}");
        let mut visitor = world.visitor();
        let found = search(&mut visitor, "byvägen 1").await;
        let texts: Vec<_> = found.iter().map(|p| p.distinguisher.as_str()).collect();
        assert_eq!(texts, ["2 tr vä", "3 tr"]);

        for (typed, expected) in [
            ("byvägen 1 3 tr", "3 tr"),
            ("Byvägen 1 (2 tr vä), 721 34 Västerås", "2 tr vä"),
            ("byvagen 1 2 TR", "2 tr vä"),
        ] {
            let found = search(&mut visitor, typed).await;
            let texts: Vec<_> = found.iter().map(|p| p.distinguisher.as_str()).collect();
            assert_eq!(texts, [expected], "{typed}");
        }
        assert!(search(&mut visitor, "byvägen 1 4 tr").await.is_empty());

        let mut matched = async |distinguisher: &str| {
            let request = MatchAddressRequest {
                network: NETWORK.to_owned(),
                address: Some(Address {
                    street_name: "Byvägen 1".to_owned(),
                    ..Address::default()
                }),
                distinguisher: distinguisher.to_owned(),
                ..MatchAddressRequest::default()
            };
            visitor.match_address(request).await.unwrap().into_inner()
        };
        let both = matched("").await;
        assert_eq!((both.result.as_str(), both.candidates.len()), ("probable", 2));
        let missing = &both.candidates[0].differences[0];
        assert_eq!(
            (missing.part.as_str(), missing.kind.as_str(), missing.found.as_str()),
            ("distinguisher", "not_given", "2 tr vä")
        );
        let one = matched("3 TR").await;
        assert_eq!((one.result.as_str(), one.candidates.len()), ("exact", 1));
        let one = one.candidates[0].place.clone().unwrap();
        assert_eq!(one.distinguisher, "3 tr");
        let none = matched("4 tr").await;
        assert_eq!((none.result.as_str(), none.missing.as_str()), ("none", "apartment"));

        let handle = GetPlaceRequest {
            network: NETWORK.to_owned(),
            handle: one.handle,
        };
        let again = world.visitor().get_place(handle).await.unwrap().into_inner();
        assert_eq!(again.place.unwrap().distinguisher, "3 tr");
        world.stop().await;
    })
    .await;
}
