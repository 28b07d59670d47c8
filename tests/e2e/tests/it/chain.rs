//! An address file comes in, an order goes out, one erasure reaches every service.

use api::rights::{RequestKind, RequestState};
use e2e::people::person;
use e2e::story::{self, Compliance, PROVEN};
use e2e::town::{PATIENCE, Town};

#[tokio::test(flavor = "multi_thread")]
async fn one_erasure_reaches_every_service() {
    let town = Town::start().await.unwrap();
    let customer = person(1);
    let report = story::import(&town, std::slice::from_ref(&customer))
        .await
        .unwrap();
    assert_eq!((report.outcome.as_str(), report.added), ("applied", 1));
    story::open_shop(&town).await.unwrap();
    story::order(&town, &customer, 1).await.unwrap();

    let compliance = Compliance::of(&town).unwrap();
    let request = compliance
        .open(RequestKind::Erasure, &customer)
        .await
        .unwrap();
    compliance
        .reaches(&request, &[RequestState::AwaitingDecision], PATIENCE)
        .await
        .unwrap();
    let preview = compliance.look(&request).await.unwrap();
    let rows = |holder: &str| -> u64 {
        let view = preview
            .holders
            .iter()
            .find(|view| view.holder == holder)
            .unwrap();
        view.categories.iter().map(|category| category.rows).sum()
    };
    assert!(rows("registry") > 0, "the resident is not found");
    assert!(rows("orders") > 0, "the order is not found");

    compliance.proceed(&request).await.unwrap();
    compliance
        .reaches(&request, &PROVEN, PATIENCE)
        .await
        .unwrap();
    let certificate = compliance.certificate(&request).await.unwrap();
    rights::certificate::verify_with(&certificate.document, &town.anchor()).unwrap();
}
