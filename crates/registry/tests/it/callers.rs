//! Who may not: other networks, other roles, nobody at all.

use api::registry::{
    GetAccessRequest, GetImportRequest, ImportMode, ListAccessesRequest, ListImportsRequest,
    SearchPlacesRequest,
};
use service_kit::caller::CallerKind;
use testkit::store::for_each_store;
use tonic::Code;

use crate::world::{NETWORK, World, header, lived_in};

#[tokio::test(flavor = "multi_thread")]
async fn another_network_sees_and_changes_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let report = world
            .rows(ImportMode::Full, &[&lived_in("1", 1, "Åsa Provsson")])
            .await;
        let mut stranger = world.caller(
            CallerKind::Staff,
            "OTHER",
            &["admin", "importer", "customer_service"],
        );
        let (own, theirs) = ("OTHER".to_owned(), NETWORK.to_owned());
        let purpose = "fault report".to_owned();
        for (network, code) in [(theirs, Code::PermissionDenied), (own, Code::NotFound)] {
            let get = GetAccessRequest {
                network: network.clone(),
                access_id: "1".into(),
                purpose: purpose.clone(),
            };
            assert_eq!(stranger.get_access(get).await.unwrap_err().code(), code);
            let get = GetImportRequest {
                network: network.clone(),
                import_id: report.import_id.clone(),
            };
            assert_eq!(stranger.get_import(get).await.unwrap_err().code(), code);
            let list = ListAccessesRequest {
                network: network.clone(),
                ..Default::default()
            };
            let listed = stranger
                .list_accesses(list)
                .await
                .map(|a| a.into_inner().accesses.len());
            let imports = ListImportsRequest {
                network: network.clone(),
                page: None,
            };
            let imported = stranger
                .list_imports(imports)
                .await
                .map(|a| a.into_inner().imports.len());
            let search = SearchPlacesRequest {
                network,
                query: "götgatan".into(),
                limit: 0,
            };
            let found = stranger
                .search_places(search)
                .await
                .map(|a| a.into_inner().places.len());
            for outcome in [listed, imported, found] {
                match outcome {
                    Ok(rows) => assert_eq!((rows, code), (0, Code::NotFound)),
                    Err(status) => assert_eq!(status.code(), code),
                }
            }
        }
        let foreign = api::registry::ImportHeader {
            network: "OTHER".into(),
            ..header(ImportMode::Full)
        };
        assert_eq!(
            world.send(foreign, b"x").await.unwrap_err().code(),
            Code::PermissionDenied
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_held_to_the_matrix() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let list = || ListAccessesRequest {
            network: NETWORK.into(),
            ..Default::default()
        };
        let get = || GetAccessRequest {
            network: NETWORK.into(),
            access_id: "1".into(),
            purpose: "x".into(),
        };
        for roles in [&[][..], &["compliance"], &["dpo"]] {
            assert_eq!(
                world
                    .staff(roles)
                    .list_accesses(list())
                    .await
                    .unwrap_err()
                    .code(),
                Code::PermissionDenied
            );
        }
        assert!(
            world
                .staff(&["importer"])
                .list_accesses(list())
                .await
                .is_ok()
        );
        assert_eq!(
            world
                .staff(&["importer"])
                .get_access(get())
                .await
                .unwrap_err()
                .code(),
            Code::PermissionDenied
        );
        assert_eq!(
            world
                .visitor()
                .list_accesses(list())
                .await
                .unwrap_err()
                .code(),
            Code::PermissionDenied
        );
        let nobody = world
            .client("nonsense".to_owned())
            .list_accesses(list())
            .await
            .unwrap_err();
        assert_eq!(nobody.code(), Code::Unauthenticated);
        world.stop().await;
    })
    .await;
}
