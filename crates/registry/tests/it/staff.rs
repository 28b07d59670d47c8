//! Staff look for accesses.

use api::registry::{ImportMode, ListAccessesRequest, ListAccessesResponse};
use service_kit::error::violations_of;
use testkit::store::for_each_store;

use crate::world::{NETWORK, World, lived_in};

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
