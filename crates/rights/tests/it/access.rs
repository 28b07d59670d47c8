use api::rights as pb;
use serde_json::Value;
use service_kit::error::reason_of;

use testkit::eventually;

use crate::world::{EMAIL, NETWORK, NUMBER, PATIENCE, World, on_both};

async fn package(world: &World, id: &str, format: &str) -> Result<Vec<u8>, tonic::Status> {
    let asked = pb::GetPackageRequest {
        network: NETWORK.into(),
        request_id: id.into(),
        format: format.into(),
        purpose: "handed to the person".into(),
    };
    let mut stream = world.staff("kim").get_package(asked).await?.into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = stream.message().await? {
        bytes.extend(piece.chunk);
    }
    Ok(bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_request_yields_everything_from_everybody() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        beta.note(NETWORK, None, EMAIL).await;
        let id = world.open(pb::RequestKind::Access).await;
        world.reaches(&id, pb::RequestState::Completed).await;

        let json: Value =
            serde_json::from_slice(&package(&world, &id, "json").await.unwrap()).unwrap();
        let holders: Vec<_> = json["holders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| h["holder"].as_str().unwrap())
            .collect();
        assert_eq!(holders, ["alpha", "beta", "rights"]);
        for holder in [0, 1] {
            let note = &json["holders"][holder]["categories"][0];
            assert_eq!(note["records"][0]["fields"]["email"], EMAIL);
            assert_eq!(note["purpose_sv"], "Svara på det som du har frågat");
        }
        let page = String::from_utf8(package(&world, &id, "html").await.unwrap()).unwrap();
        assert!(
            page.starts_with("<!doctype html>")
                && page.contains("lang=\"sv\"")
                && page.contains(EMAIL)
        );

        // Before the first byte the intent, after the last one the count.
        let ends = format!(
            "SELECT count(*) AS n FROM access_log WHERE record = 'package:{id}' AND intent IS NOT NULL AND count > 0"
        );
        eventually!(PATIENCE, world.count(&ends).await == 2);

        // A package that was read stands in the next one; the package itself does not.
        let second = world.open(pb::RequestKind::Access).await;
        assert_ne!(second, id);
        world.reaches(&second, pb::RequestState::Completed).await;
        let next: Value =
            serde_json::from_slice(&package(&world, &second, "json").await.unwrap()).unwrap();
        let log = next["holders"][2]["access_log"].as_array().unwrap();
        assert!(
            log.iter()
                .any(|line| line["record"] == format!("package:{id}")),
            "{log:?}"
        );
        let text = next.to_string();
        assert!(
            !text.contains("exported_at\\\":"),
            "no package within a package"
        );
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_waits_for_the_open_access_request_and_takes_its_package_along() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        let erasure = world.open(pb::RequestKind::Erasure).await;
        world
            .reaches(&erasure, pb::RequestState::AwaitingDecision)
            .await;
        beta.stop().await;
        let access = world.open(pb::RequestKind::Access).await;
        let refused = world.decide("kim", &erasure).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("ACCESS_REQUEST_OPEN"));
        let early = package(&world, &access, "json").await.unwrap_err();
        assert_eq!(reason_of(&early).as_deref(), Some("PACKAGE_NOT_FOUND"));
        let beta = world.holder(crate::test_holder::BETA).await;
        world.reaches(&access, pb::RequestState::Completed).await;
        package(&world, &access, "html").await.unwrap();
        world.decide("kim", &erasure).await.unwrap();
        world.reaches(&erasure, pb::RequestState::Completed).await;
        let gone = package(&world, &access, "json").await.unwrap_err();
        assert_eq!(reason_of(&gone).as_deref(), Some("PACKAGE_NOT_FOUND"));
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}
