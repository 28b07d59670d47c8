//! A fifth holder joins by announcing itself, after a request was opened; it is killed and restored.

use std::sync::Arc;

use api::rights::{RequestKind, RequestState};
use e2e::compliance::{Compliance, PROVEN};
use e2e::dump;
use e2e::people::person;
use e2e::survey::{self, DATA_MAP, SERVICE};
use e2e::town::{NETWORK, PATIENCE, Town};
use kernel::{Clock as _, Email, IdentityNumber, NetworkCode, SystemClock};
use messaging::Outbox;
use privacy::{Privacy, Tokens, Vault};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::secret::Key32;

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_nobody_knew_joins_an_open_request() {
    let mut town = Town::start().await.unwrap();
    let someone = person(7);
    let compliance = Compliance::of(&town.doors()).unwrap();
    let request = compliance
        .open(RequestKind::Erasure, &someone)
        .await
        .unwrap();
    compliance
        .reaches(&request, &[RequestState::AwaitingDecision], PATIENCE)
        .await
        .unwrap();

    town.settle(SERVICE).await.unwrap();
    let (database, privacy) = open(&town).await;
    let number =
        IdentityNumber::parse(&someone.identity_number, SystemClock.now().date_naive()).unwrap();
    let email = Email::parse(&someone.email).unwrap();
    let work = Outbox::new(database.clone(), SERVICE, Arc::new(SystemClock))
        .begin()
        .await
        .unwrap();
    let network = NetworkCode::parse(NETWORK).unwrap();
    survey::answer(&privacy, work, &network, (&number, &email), "Nöjd.")
        .await
        .unwrap();
    assert_eq!(survey::count(&database.reader()).await.unwrap(), 1);

    let backup = town.folder.path().join("survey.dump");
    dump::save(&town.database_url(SERVICE).unwrap(), &backup).unwrap();

    town.launch(SERVICE, &[]).unwrap();
    town.ready(SERVICE).await.unwrap();
    let asked = async || {
        let view = compliance.look(&request).await.unwrap();
        view.holders
            .iter()
            .any(|holder| holder.holder == SERVICE && holder.state == "discovered")
    };
    testkit::eventually!(PATIENCE, asked().await);
    compliance
        .reaches(&request, &[RequestState::AwaitingDecision], PATIENCE)
        .await
        .unwrap();

    town.kill(SERVICE).unwrap();
    compliance.proceed(&request).await.unwrap();
    let waits = async || {
        let view = compliance.look(&request).await.unwrap().request.unwrap();
        view.waiting_for == [SERVICE]
    };
    testkit::eventually!(PATIENCE, waits().await);
    town.launch(SERVICE, &[]).unwrap();
    compliance
        .reaches(&request, &PROVEN, PATIENCE)
        .await
        .unwrap();
    assert_eq!(survey::count(&database.reader()).await.unwrap(), 0);

    // Its administrator puts back yesterday's dump, and the ledger is out of reach at first.
    town.kill(SERVICE).unwrap();
    town.kill("rights").unwrap();
    let url = town.database_url(SERVICE).unwrap();
    dump::replace(town.postgres.admin_url(), &url, &backup).unwrap();
    assert_eq!(survey::count(&database.reader()).await.unwrap(), 1);
    town.launch(SERVICE, &[]).unwrap();
    let fenced = async || town.reasons(SERVICE).await;
    testkit::eventually!(
        PATIENCE,
        fenced().await.is_some_and(|why| why.contains("fence"))
    );
    town.launch("rights", &[]).unwrap();
    town.ready(SERVICE).await.unwrap();
    assert_eq!(survey::count(&database.reader()).await.unwrap(), 0);
}

async fn open(town: &Town) -> (Database, Privacy) {
    let clock: kernel::SharedClock = Arc::new(SystemClock);
    let connect = async |name: &str| {
        Database::connect(&DatabaseConfig::new(town.database_url(name).unwrap()))
            .await
            .unwrap()
    };
    let database = connect(SERVICE).await;
    database.migrate::<survey::Migrator>().await.unwrap();
    let master = Key32::load(town.secrets(SERVICE).join("master.key")).unwrap();
    let pepper = Key32::load(town.secrets(SERVICE).join("pepper.key")).unwrap();
    let store = connect(&format!("{SERVICE}_keys")).await;
    let vault = Vault::open(store, master, SERVICE, clock.clone())
        .await
        .unwrap();
    let privacy = Privacy::new(
        &DATA_MAP,
        database.clone(),
        vault,
        Tokens::new(pepper, SERVICE),
        clock,
    );
    (database, privacy)
}
