//! Nobody's name in logs, traces, metrics, messages or the broker's files, after the whole story with crashes in it; and
//! the same scan finds whoever is planted there.

use api::rights::RequestKind;
use e2e::compliance::{Compliance, PROVEN};
use e2e::desk::Desk;
use e2e::partners::{self, System};
use e2e::people::{Person, person};
use e2e::story::{self, PROVIDER};
use e2e::town::{PATIENCE, SERVICES, Town};
use testkit::canary::{Canary, Scanner};

use crate::evidence::{self, Kind, Piece};
use crate::planted;
use crate::tap::Tap;

/// People of the story.
const PEOPLE: u16 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_named_where_nobody_may_be() {
    let mut town = Town::start_traced().await.unwrap();
    let tap = Tap::open(&town.broker_url()).await.unwrap();
    let people: Vec<Person> = (1..=PEOPLE).map(person).collect();
    let scanner = Scanner::new(&people.iter().map(canary).collect::<Vec<_>>());
    play(&mut town, &people).await;

    let mut pieces = evidence::metrics(&town).await;
    // At the end every service sends what it has not sent yet.
    for service in SERVICES {
        town.stop(service).unwrap();
    }
    pieces.push(evidence::own_metrics());
    pieces.extend(evidence::logs(&town));
    pieces.extend(evidence::traces(&town));
    pieces.extend(evidence::broker(&town, tap).await);
    is_enough(&town, &pieces);
    let named: Vec<String> = evidence::scan(&scanner, pieces)
        .iter()
        .map(|(piece, leaks)| piece.accuse(leaks))
        .collect();
    assert!(named.is_empty(), "{named:#?}");

    a_planted_leak_is_found(&town, &people[0], &scanner).await;
}

/// A scan of nothing finds nothing.
fn is_enough(town: &Town, pieces: &[Piece]) {
    for kind in Kind::ALL {
        let (count, least) = (evidence::count(pieces, kind), SERVICES.len());
        assert!(count >= least, "only {count} of {kind:?}");
    }
    let messages = evidence::count(pieces, Kind::Message);
    let enough = usize::from(PEOPLE) * SERVICES.len();
    assert!(messages > enough, "only {messages} messages");
    let spans = town.collector.as_ref().unwrap().spans();
    for service in SERVICES {
        let from = |span: &&e2e::collector::Seen| span.service == format!("uttag-{service}");
        let count = spans.iter().filter(from).count();
        assert!(count > enough, "only {count} spans of {service}");
    }
}

async fn a_planted_leak_is_found(town: &Town, person: &Person, scanner: &Scanner) {
    let all = planted::all_of(person);
    let tap = Tap::open(&town.broker_url()).await.unwrap();
    planted::in_log(town, "crm", &all);
    planted::in_traces(town, &all).await;
    planted::in_metrics(&all);
    planted::in_broker(&tap, &all).await;

    let mut pieces = vec![evidence::own_metrics()];
    pieces.extend(evidence::logs(town));
    pieces.extend(evidence::traces(town));
    pieces.extend(evidence::broker(town, tap).await);
    let scanned = evidence::scan(scanner, pieces);
    for kind in Kind::ALL {
        // Labels and attributes are text: what is none cannot be planted there.
        let text_alone = matches!(kind, Kind::Trace | Kind::Metric);
        for one in all.iter().filter(|one| !text_alone || one.text().is_some()) {
            assert!(
                one.is_found(&scanned, kind),
                "{} is not found in {kind:?}",
                one.what
            );
        }
    }
    planted::in_help(&person.email);
    let page = evidence::own_metrics();
    let help = String::from_utf8(page.bytes).unwrap();
    let help = help
        .lines()
        .find(|line| line.starts_with("# HELP planted_help"))
        .unwrap();
    assert_ne!(scanner.find(help.as_bytes()), []);
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
    let desk = Desk::take(town).await.unwrap();
    for person in people {
        // Through the gateway, whose logs and spans could name somebody too.
        desk.erase(&compliance, person).await.unwrap();
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
