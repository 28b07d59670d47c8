//! An address file comes in, an order goes out, one erasure reaches every service.

use api::rights::{RequestKind, RequestState};
use e2e::compliance::{Compliance, PROVEN};
use e2e::partners::{self, System};
use e2e::people::person;
use e2e::story::{self, PROVIDER};
use e2e::town::{PATIENCE, Town};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn one_erasure_reaches_every_service() {
    let town = Town::start().await.unwrap();
    let doors = town.doors();
    let customer = person(1);
    let report = story::import(&doors, std::slice::from_ref(&customer))
        .await
        .unwrap();
    assert_eq!((report.outcome.as_str(), report.added), ("applied", 1));
    story::open_shop(&doors).await.unwrap();
    let order = story::order(&doors, &customer, 1).await.unwrap();
    partners::befriend(&doors, &town.mailbox, &customer)
        .await
        .unwrap();

    let system = System::of(&doors, PROVIDER).unwrap();
    assert_eq!(system.orders().await.unwrap(), [order.as_str()]);
    let disclosed = system.fetch(&order).await.unwrap().unwrap();
    assert_eq!(disclosed.name, customer.name);

    let compliance = Compliance::of(&doors).unwrap();
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
    for holder in ["registry", "orders", "crm"] {
        assert!(rows(holder) > 0, "{holder} does not find the person");
    }

    compliance.proceed(&request).await.unwrap();
    compliance
        .reaches(&request, &PROVEN, PATIENCE)
        .await
        .unwrap();
    let certificate = compliance.certificate(&request).await.unwrap();
    rights::certificate::verify_with(&certificate.document, &town.anchor()).unwrap();
    let told = compliance.look(&request).await.unwrap().recipients;
    assert_eq!(told.len(), 1);
    assert!(told[0].acknowledged_at.is_none());

    let noticed = async || system.notices().await.unwrap().len() == 1;
    testkit::eventually!(PATIENCE, noticed().await);
    let notice = system.notices().await.unwrap().remove(0);
    system.acknowledge(notice).await.unwrap();
    let amended = async || {
        let now = compliance.certificate(&request).await.unwrap();
        assert_eq!(now.document, certificate.document);
        now.amendments
    };
    testkit::eventually!(PATIENCE, amended().await.len() == 1);
    let amendment: Value = serde_json::from_slice(&amended().await[0]).unwrap();
    assert!(amendment.to_string().contains(PROVIDER));

    let after = system.fetch(&order).await;
    assert!(after.is_err(), "the provider still fetches the person");
    nothing_is_left(&compliance, &customer).await;
}

/// An access request finds what the law keeps, and nobody's name.
async fn nothing_is_left(compliance: &Compliance, customer: &e2e::people::Person) {
    let access = compliance
        .open(RequestKind::Access, customer)
        .await
        .unwrap();
    compliance
        .reaches(&access, &PROVEN, PATIENCE)
        .await
        .unwrap();
    let package: Value = serde_json::from_str(&compliance.package(&access).await.unwrap()).unwrap();
    let holders = package["holders"].as_array().unwrap();
    assert!(holders.len() >= 5, "only {} holders answer", holders.len());
    // The rights service holds this very request, which staff have just typed the person into.
    for part in holders.iter().filter(|part| part["holder"] != "rights") {
        let text = part.to_string();
        for trace in [&customer.name, &customer.email, &customer.phone] {
            assert!(!text.contains(trace), "{} knows the person", part["holder"]);
        }
    }
}
