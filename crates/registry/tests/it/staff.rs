//! Staff look for accesses.

use api::registry::{
    Access, EditAccessRequest, FindResidentsRequest, FindResidentsResponse, GetAccessRequest,
    ImportMode, ListAccessesRequest, ListAccessesResponse,
};
use service_kit::error::violations_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::people::erase;
use crate::world::{NETWORK, PATIENCE, World, lived_in};

async fn list(world: &World, query: &str, size: u32, token: &str) -> ListAccessesResponse {
    let request = ListAccessesRequest {
        network: NETWORK.to_owned(),
        query: query.to_owned(),
        page: Some(api::common::PageRequest {
            page_size: size,
            page_token: token.to_owned(),
        }),
    };
    world
        .staff(&["customer_service"])
        .list_accesses(request)
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn accesses_are_listed_by_page_id_and_text_without_residents() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let rows: Vec<String> = (1..=25)
            .map(|n| lived_in(&format!("A-{n:03}"), n, "Åsa Provsson"))
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        world.rows(ImportMode::Full, &rows).await;
        for query in ["", "götgatan"] {
            let (mut seen, mut token) = (Vec::new(), String::new());
            loop {
                let page = list(&world, query, 10, &token).await;
                assert!(page.accesses.len() <= 10);
                assert!(page.accesses.iter().all(|a| a.resident_name.is_empty()));
                seen.extend(page.accesses.into_iter().map(|a| a.access_id));
                token = page.next_page_token;
                if token.is_empty() {
                    break;
                }
            }
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 25, "{query}");
        }
        let one = list(&world, "A-007", 0, "").await.accesses;
        assert_eq!(one.len(), 1);
        assert_eq!(
            (
                one[0].premises_type.as_str(),
                one[0].onapi_premises_type.as_str()
            ),
            ("RENTAL_APARTMENT", "MDU_APARTMENT")
        );
        let page = api::common::PageRequest {
            page_size: 201,
            page_token: String::new(),
        };
        let request = ListAccessesRequest {
            network: NETWORK.into(),
            query: String::new(),
            page: Some(page),
        };
        let status = world
            .staff(&["admin"])
            .list_accesses(request)
            .await
            .unwrap_err();
        assert_eq!(violations_of(&status)[0].field, "page.page_size");
        world.stop().await;
    })
    .await;
}

/// The ids that a text leads staff to.
async fn ids(world: &World, query: &str) -> Vec<String> {
    let page = list(world, query, 0, "").await;
    page.accesses.into_iter().map(|a| a.access_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn accesses_are_found_by_legacy_id_property_outlet_and_apartment_and_by_the_public_not() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let file = "coID;accessId;streetName;streetNumber;postalCode;city;premisesType;mduApartmentNumber;\
            propertyUnitDesignation;legacyAccessId;outlet\n\
            SNFDMO;A-1;Kungsgatan;10;72134;Västerås;RENTAL_APARTMENT;1101;Västerås Åby 1:66;OLD-17;UTTAG-A\n\
            SNFDMO;A-2;Kungsgatan;10;72134;Västerås;RENTAL_APARTMENT;1102;Västerås Åby 1:66;OLD-18;UTTAG-B\n\
            SNFDMO;A-3;Storgatan;2;72134;Västerås;RESIDENTIAL_HOUSE;;DRAGVERKET 166;;UTTAG-A\n\
            SNFDMO;A-4;Storgatan;4;72134;Västerås;RESIDENTIAL_HOUSE;;100% Procent_et 1;;\n";
        let report = world.import(ImportMode::Full, file.as_bytes()).await.report.unwrap();
        assert_eq!(report.added, 4, "{report:?}");
        for (query, expected) in [
            ("a-3", vec!["A-3"]),
            ("OLD-17", vec!["A-1"]),
            ("old-18", vec!["A-2"]),
            ("Västerås Åby 1:66", vec!["A-1", "A-2"]),
            ("VÄSTERÅS  ÅBY 1:66", vec!["A-1", "A-2"]),
            ("åby 1:66", vec!["A-1", "A-2"]),
            ("Dragverket 166", vec!["A-3"]),
            ("dragverket", vec!["A-3"]),
            ("uttag-a", vec!["A-1", "A-3"]),
            ("kungsgatan 10 lgh 1102", vec!["A-2"]),
            ("100%", vec!["A-4"]),
            ("%%%", vec![]),
            ("___", vec![]),
            ("' OR 1=1 --", vec![]),
        ] {
            assert_eq!(ids(&world, query).await, expected, "{query}");
        }
        let mut visitor = world.visitor();
        for query in ["OLD-17", "Västerås Åby 1:66", "dragverket 166", "UTTAG-A", "A-1"] {
            let request = api::registry::SearchPlacesRequest {
                network: NETWORK.to_owned(),
                query: query.to_owned(),
                limit: 0,
            };
            let found = visitor.search_places(request).await.unwrap().into_inner();
            assert!(found.places.is_empty(), "{query}: {found:?}");
        }
        world.stop().await;
    })
    .await;
}

async fn named(world: &World, name: &str, purpose: &str) -> Result<FindResidentsResponse, Status> {
    let request = FindResidentsRequest {
        network: NETWORK.to_owned(),
        name: name.to_owned(),
        purpose: purpose.to_owned(),
    };
    let mut staff = world.staff(&["customer_service"]);
    Ok(staff.find_residents(request).await?.into_inner())
}

async fn homes(world: &World, name: &str) -> Vec<String> {
    let found = named(world, name, "fault report").await.unwrap();
    found.accesses.into_iter().map(|a| a.access_id).collect()
}

async fn protect(world: &World, id: &str) {
    let mut staff = world.staff(&["customer_service"]);
    let request = GetAccessRequest {
        network: NETWORK.to_owned(),
        access_id: id.to_owned(),
        purpose: "test".to_owned(),
    };
    let answer = staff.get_access(request).await.unwrap().into_inner();
    let access: Access = answer.access.unwrap();
    let request = EditAccessRequest {
        network: NETWORK.to_owned(),
        version: access.version.clone(),
        access: Some(access),
        reason: "test".to_owned(),
        resident_protected: Some(true),
        not_to_providers: None,
    };
    staff.edit_access(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_is_found_by_the_whole_name_and_every_reading_is_logged() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mut rows = vec![
            lived_in("1", 1, "Åsa Provsson"),
            lived_in("2", 2, "ÅSA  PROVSSON"),
            lived_in("3", 3, "Asa Provsson"),
            lived_in("4", 4, "Cia Provsson"),
        ];
        rows.extend((5..=26).map(|n| lived_in(&format!("{n:02}"), n, "Många Provsson")));
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        world.rows(ImportMode::Full, &rows).await;

        let logged = "access_log WHERE purpose = 'fault report'";
        assert_eq!(homes(&world, "åsa provsson").await, ["1", "2"]);
        assert_eq!(
            world.count(logged).await,
            2,
            "one line for each who was read"
        );
        for part in ["Åsa", "Provsson", "Åsa Provsso", "%"] {
            let found = named(&world, part, "fault report").await;
            assert!(
                found.is_err() || found.unwrap().accesses.is_empty(),
                "{part}"
            );
        }
        assert_eq!(world.count(logged).await, 2);
        let many = named(&world, "Många Provsson", "too many").await.unwrap();
        assert_eq!((many.accesses.len(), many.more), (20, true));
        assert!(
            !format!("{many:?}").contains("Provsson"),
            "nor is a name repeated"
        );
        for (name, purpose, field) in [("", "x", "name"), ("Åsa Provsson", " ", "purpose")] {
            let refused = named(&world, name, purpose).await.unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, field);
        }

        protect(&world, "1").await;
        assert_eq!(homes(&world, "Åsa Provsson").await, ["2"], "protected");
        world
            .rows(
                ImportMode::Full,
                &[
                    &rows[1..3],
                    &rows[4..],
                    &[&lived_in("4", 4, "Dag Provsson")],
                ]
                .concat(),
            )
            .await;
        assert!(homes(&world, "Cia Provsson").await.is_empty(), "moved out");
        assert_eq!(homes(&world, "Dag Provsson").await, ["4"]);
        world.clock.advance(chrono::Duration::minutes(1));
        erase(&world, "Åsa Provsson", "2").await;
        assert!(homes(&world, "Åsa Provsson").await.is_empty(), "erased");

        let importer = FindResidentsRequest {
            network: NETWORK.to_owned(),
            name: "Dag Provsson".to_owned(),
            purpose: "x".to_owned(),
        };
        for mut refused in [world.staff(&["importer"]), world.visitor()] {
            let status = refused.find_residents(importer.clone()).await.unwrap_err();
            assert_eq!(status.code(), Code::PermissionDenied);
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_who_was_there_before_the_tokens_is_found_soon() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world
            .rows(ImportMode::Full, &[&lived_in("1", 1, "Åsa Provsson")])
            .await;
        world.execute("UPDATE resident SET name_token = ''").await;
        testkit::eventually!(PATIENCE, homes(&world, "Åsa Provsson").await == ["1"]);
        world.stop().await;
    })
    .await;
}
