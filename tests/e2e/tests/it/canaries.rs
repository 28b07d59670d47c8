//! Nobody's name in logs, metrics, messages or the broker's files, after the whole story with crashes in it.

use std::path::Path;

use api::rights::RequestKind;
use e2e::compliance::{Compliance, PROVEN};
use e2e::partners::{self, System};
use e2e::people::{Person, person};
use e2e::story::{self, PROVIDER};
use e2e::town::{PATIENCE, SERVICES, Town};
use testkit::canary::{Canary, Scanner};

use crate::tap::Tap;

/// People of the story.
const PEOPLE: u16 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_named_where_nobody_may_be() {
    let mut town = Town::start().await.unwrap();
    let tap = Tap::open(&town.broker_url()).await.unwrap();
    let people: Vec<Person> = (1..=PEOPLE).map(person).collect();
    let scanner = Scanner::new(&people.iter().map(canary).collect::<Vec<_>>());
    play(&mut town, &people).await;

    let mut metrics = String::new();
    for service in SERVICES {
        metrics += &town.metrics(service).await.unwrap();
    }
    assert!(metrics.contains("holder_fenced"), "no metrics to scan");
    assert_eq!(scanner.find(metrics.as_bytes()), [], "metrics");

    let messages = tap.drain().await.unwrap();
    let enough = usize::from(PEOPLE) * SERVICES.len();
    assert!(messages.len() > enough, "only {} messages", messages.len());
    for message in &messages {
        let text = String::from_utf8_lossy(message);
        assert_eq!(scanner.find(message), [], "{text}");
    }

    let data = town.rabbit.data_directory();
    assert!(scan_folder(&scanner, &data, "the broker's data") > 0);
    for service in SERVICES {
        let log = std::fs::read(town.log(service)).unwrap();
        assert!(!log.is_empty(), "{service} logs nothing");
        assert_eq!(scanner.find(&log), [], "the log of {service}");
    }

    // The same scan finds what is planted: in a log, and in a message that lay in the broker.
    let planted = format!("{{\"message\":\"placed for {}\"}}", people[0].email);
    assert!(!scanner.find(planted.as_bytes()).is_empty());
    Tap::open(&town.broker_url())
        .await
        .unwrap()
        .leak(&people[0].identity_number)
        .await
        .unwrap();
    let tap = Tap::open(&town.broker_url()).await.unwrap();
    let leaked = tap.drain().await.unwrap();
    assert!(leaked.iter().any(|bytes| !scanner.find(bytes).is_empty()));
}

/// The story of each person; one refused input, one crash and one restart add what only failures log.
async fn play(town: &mut Town, people: &[Person]) {
    let doors = town.doors();
    story::import(&doors, people).await.unwrap();
    story::open_shop(&doors).await.unwrap();
    let system = System::of(&doors, PROVIDER).unwrap();
    let compliance = Compliance::of(&doors).unwrap();
    for (house, person) in (1..).zip(people) {
        let order = story::order(&doors, person, house).await.unwrap();
        system.fetch(&order).await.unwrap().unwrap();
        partners::befriend(&doors, &town.mailbox, person)
            .await
            .unwrap();
        let mut wrong = person.clone();
        wrong.identity_number = format!("{}x", person.identity_number);
        assert!(story::order(&doors, &wrong, house).await.is_err());
        assert!(compliance.open(RequestKind::Erasure, &wrong).await.is_err());
        let access = compliance.open(RequestKind::Access, person).await.unwrap();
        compliance
            .reaches(&access, &PROVEN, PATIENCE)
            .await
            .unwrap();
        compliance.package(&access).await.unwrap();
    }
    town.kill_and_restart("orders").unwrap();
    for person in people {
        compliance.erase(person).await.unwrap();
    }
    town.stop("crm").unwrap();
    town.launch("crm", &[]).unwrap();
    town.ready("crm").await.unwrap();
    for notice in system.notices().await.unwrap() {
        system.acknowledge(notice).await.unwrap();
    }
}

fn canary(person: &Person) -> Canary {
    Canary {
        identity_number: person.identity_number.replace('-', ""),
        email: person.email.clone(),
        name: person.name.clone(),
        phone: person.phone.clone(),
    }
}

/// Scans every file below a folder; answers how many there are.
fn scan_folder(scanner: &Scanner, folder: &Path, what: &str) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files += scan_folder(scanner, &entry.path(), what);
        } else if let Ok(bytes) = std::fs::read(entry.path()) {
            // A file that the broker has just removed is no finding.
            let path = entry.path();
            assert_eq!(scanner.find(&bytes), [], "{what}: {}", path.display());
            files += 1;
        }
    }
    files
}
