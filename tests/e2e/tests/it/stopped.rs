//! With one service stopped a request waits for it by name, and completes by itself when it is back.

use api::rights::{RequestKind, RequestState};
use e2e::compliance::{Compliance, PROVEN};
use e2e::people::person;
use e2e::story;
use e2e::town::{PATIENCE, Town};

/// Holders other than the rights service, which does not answer questions about itself while it is stopped.
const HOLDERS: [&str; 4] = ["registry", "orders", "crm", "gateway"];

#[tokio::test(flavor = "multi_thread")]
async fn a_request_waits_for_whoever_is_stopped() {
    let mut town = Town::start().await.unwrap();
    let doors = town.doors();
    let people: Vec<_> = (1..=HOLDERS.len() + 1)
        .map(|number| person(u16::try_from(number).unwrap()))
        .collect();
    story::import(&doors, &people).await.unwrap();
    let compliance = Compliance::of(&doors).unwrap();

    for (service, person) in HOLDERS.iter().zip(&people) {
        let request = decidable(&compliance, person).await;
        town.stop(service).unwrap();
        compliance.proceed(&request).await.unwrap();
        let waits = async || {
            let view = compliance.look(&request).await.unwrap().request.unwrap();
            view.waiting_for == [*service]
        };
        testkit::eventually!(PATIENCE, waits().await);
        let state = compliance.state(&request).await.unwrap();
        assert_eq!(state, RequestState::Executing);

        town.launch(service, &[]).unwrap();
        compliance
            .reaches(&request, &PROVEN, PATIENCE)
            .await
            .unwrap();
    }

    // The rights service itself: everybody else waits for it, and it goes on where it stopped.
    let request = decidable(&compliance, &people[HOLDERS.len()]).await;
    town.stop("registry").unwrap();
    compliance.proceed(&request).await.unwrap();
    town.stop("rights").unwrap();
    town.launch("registry", &[]).unwrap();
    let fenced = async || town.reasons("registry").await;
    testkit::eventually!(
        PATIENCE,
        fenced().await.is_some_and(|why| why.contains("fence"))
    );
    town.launch("rights", &[]).unwrap();
    compliance
        .reaches(&request, &PROVEN, PATIENCE)
        .await
        .unwrap();
    town.ready("registry").await.unwrap();
}

async fn decidable(compliance: &Compliance, person: &e2e::people::Person) -> String {
    let request = compliance.open(RequestKind::Erasure, person).await.unwrap();
    compliance
        .reaches(&request, &[RequestState::AwaitingDecision], PATIENCE)
        .await
        .unwrap();
    request
}
