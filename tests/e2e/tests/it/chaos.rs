//! Every service and the broker are killed, and every named point is crashed at, while erasures are unfinished in every
//! phase: all complete, nothing twice, no mail twice, the ledger whole.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Instant;

use api::rights::{RequestKind, RequestState};
use e2e::books::{Books, walk_ledger};
use e2e::compliance::{Compliance, PROVEN};
use e2e::partners::System;
use e2e::people::{Person, person};
use e2e::story::{self, PROVIDER};
use e2e::town::{PATIENCE, SERVICES, Town};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::Notify;

use crate::mails;

/// Erasures under way.
const PEOPLE: u16 = 200;
/// Of these, so many have ordered something, and the provider has fetched who they are: it gets a notice of each erasure.
const CUSTOMERS: usize = 20;
/// The requests are opened during so many blows from the first on …
const OPENING_BLOWS: usize = 8;
/// … and decided from this one on, so that around the middle nearly all are unfinished.
const FIRST_DECIDING_BLOW: usize = 5;
/// Calls at the same time.
const CALLS: usize = 6;
/// What `abort` leaves.
const SIGABRT: i32 = 6;

/// What happens to the town.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// SIGKILL of a service.
    Kill(&'static str),
    /// SIGKILL of the broker.
    KillBroker,
    /// The service crashes when it comes to that point.
    Crash(&'static str, &'static str),
}

/// Points that every message passes come first: they are reached by discovery too.
const BLOWS: [Blow; 18] = [
    Blow::Kill("registry"),
    Blow::Crash("orders", "outbox.before_commit"),
    Blow::Crash("crm", "relay.before_publish"),
    Blow::Crash("registry", "relay.after_publish"),
    Blow::Crash("gateway", "relay.after_confirm"),
    Blow::Kill("rights"),
    Blow::Crash("crm", "consumer.after_commit"),
    Blow::KillBroker,
    Blow::Crash("orders", "holder.before_execute_commit"),
    Blow::Kill("orders"),
    Blow::Crash("registry", "holder.after_execute_commit"),
    Blow::Crash("rights", "rights.after_ledger_append"),
    Blow::Crash("gateway", "holder.after_keys_destroyed"),
    Blow::Kill("crm"),
    Blow::Crash("rights", "relay.after_publish"),
    Blow::Crash("crm", "holder.before_answer_commit"),
    Blow::Crash("rights", "rights.before_complete_commit"),
    Blow::Kill("gateway"),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_every_erasure_completes_once() {
    let mut town = Town::start().await.unwrap();
    let people: Vec<Person> = (1..=PEOPLE).map(person).collect();
    furnish(&town, &people).await;
    let compliance = Compliance::of(&town.doors()).unwrap();
    let rights = books(&town, "rights").await;

    let opened_at_once = people.len().div_ceil(OPENING_BLOWS);
    let decided_at_once = people.len().div_ceil(BLOWS.len() - FIRST_DECIDING_BLOW);
    let mut to_open = people.chunks(opened_at_once);
    let mut requests: Vec<String> = Vec::new();
    let mut decided = 0;
    let mut phases = BTreeMap::new();
    for (number, blow) in BLOWS.into_iter().enumerate() {
        let started = Instant::now();
        let opening = open(&compliance, to_open.next().unwrap_or_default());
        let to_decide = if number < FIRST_DECIDING_BLOW {
            0
        } else {
            decided_at_once
        };
        let end = requests.len().min(decided + to_decide);
        let armed = Notify::new();
        let deciding = async {
            armed.notified().await;
            decide(&compliance, &requests[decided..end]).await;
        };
        let striking = strike(&mut town, blow, &armed);
        let watching = count_phases(&rights, &mut phases);
        let (opened, (), (), ()) = tokio::join!(opening, deciding, striking, watching);
        decided = end;
        requests.extend(opened);
        println!("{blow:?}: {:?}", started.elapsed());
    }
    assert_eq!((requests.len(), decided), (people.len(), people.len()));
    for phase in ["discovering", "awaiting_decision", "executing"] {
        assert!(phases.contains_key(phase), "no request was {phase}");
    }

    for request in &requests {
        compliance
            .reaches(request, &PROVEN, PATIENCE)
            .await
            .unwrap();
    }
    println!("unfinished at a blow, at most: {phases:?}");
    nothing_twice(&town, &rights).await;
    mails::none_twice(&town, &people[..CUSTOMERS], ends_of("orders")).await;
    nobody_left(&town).await;
    let anchor = town.anchor();
    for request in &requests {
        let certificate = compliance.certificate(request).await.unwrap();
        rights::certificate::verify_with(&certificate.document, &anchor).unwrap();
    }
}

async fn furnish(town: &Town, people: &[Person]) {
    let doors = town.doors();
    story::import(&doors, people).await.unwrap();
    story::open_shop(&doors).await.unwrap();
    let system = System::of(&doors, PROVIDER).unwrap();
    let houses = people.iter().enumerate().take(CUSTOMERS);
    stream::iter(houses)
        .map(async |(number, person)| {
            let order = story::order(&doors, person, number + 1).await?;
            system.fetch(&order).await?;
            town.mailbox.arrived(&person.email, 1, PATIENCE).await
        })
        .buffer_unordered(CALLS)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
}

/// How often the blows end a service: one that is to crash is first killed, to be armed.
fn ends_of(service: &str) -> usize {
    let ends = |blow: &Blow| match blow {
        Blow::Kill(killed) => usize::from(*killed == service),
        Blow::Crash(crashed, _) => 2 * usize::from(*crashed == service),
        Blow::KillBroker => 0,
    };
    BLOWS.iter().map(ends).sum()
}

async fn open(compliance: &Compliance, people: &[Person]) -> Vec<String> {
    stream::iter(people)
        .map(|person| compliance.open(RequestKind::Erasure, person))
        .buffer_unordered(CALLS)
        .try_collect()
        .await
        .unwrap()
}

async fn decide(compliance: &Compliance, requests: &[String]) {
    stream::iter(requests)
        .map(|request| async move {
            let decidable = [RequestState::AwaitingDecision];
            compliance.reaches(request, &decidable, PATIENCE).await?;
            compliance.proceed(request).await
        })
        .buffer_unordered(CALLS)
        .try_collect::<Vec<()>>()
        .await
        .unwrap();
}

/// Strikes. Decisions are made from `armed` on: what is decided while a holder is away comes to it from the ledger and not
/// as an order, and would pass by the points on an order's way.
async fn strike(town: &mut Town, blow: Blow, armed: &Notify) {
    match blow {
        Blow::Kill(service) => {
            armed.notify_one();
            town.kill_and_restart(service).unwrap();
            town.ready(service).await.unwrap();
        }
        Blow::KillBroker => {
            armed.notify_one();
            town.rabbit.kill().unwrap();
            town.rabbit.restart().await.unwrap();
        }
        Blow::Crash(service, point) => {
            town.kill(service).unwrap();
            let failpoints = format!("{point}=1*off->panic");
            town.launch(service, &[("FAILPOINTS", &failpoints)])
                .unwrap();
            // It may crash before it is ready.
            let ready = town.ready(service).await.is_ok();
            println!("{service} is armed for {point}, ready: {ready}");
            armed.notify_one();
            let end = town.ends(service).await;
            let end = end.unwrap_or_else(|error| panic!("{service} at {point}: {error}"));
            assert_eq!(end.signal(), Some(SIGABRT), "{service} at {point}: {end}");
            town.launch(service, &[]).unwrap();
            town.ready(service).await.unwrap();
        }
    }
}

/// What the requests are in the middle of at the moment of a blow.
async fn count_phases(rights: &Books, phases: &mut BTreeMap<String, i64>) {
    let query = "SELECT state, count(*) FROM request WHERE completed_at IS NULL GROUP BY state";
    for row in rights.rows(query).await.unwrap() {
        let state: String = row.try_get_by_index(0).unwrap();
        let most = phases.entry(state).or_default();
        *most = row.try_get_by_index::<i64>(1).unwrap().max(*most);
    }
}

async fn nothing_twice(town: &Town, rights: &Books) {
    let people = i64::from(PEOPLE);
    let ledger = books(town, "ledger").await;
    let entries = walk_ledger(&ledger).await.unwrap();
    assert_eq!(entries, 2 * u64::from(PEOPLE), "one order, one completion");
    for kind in ["erasure_ordered", "completed"] {
        let query =
            format!("SELECT count(DISTINCT request_id) FROM ledger_entry WHERE kind = '{kind}'");
        assert_eq!(ledger.count(&query).await.unwrap(), people, "{kind}");
    }
    for query in [
        "SELECT count(*) FROM certificate",
        "SELECT count(DISTINCT request_id) FROM certificate",
        "SELECT count(*) FROM request",
        "SELECT count(*) FROM request WHERE completed_at IS NOT NULL",
    ] {
        assert_eq!(rights.count(query).await.unwrap(), people, "{query}");
    }
    for service in SERVICES {
        let books = books(town, service).await;
        let proven = "SELECT count(*) FROM ledger_applied WHERE proven_at IS NOT NULL";
        assert_eq!(books.count(proven).await.unwrap(), people, "{service}");
        let dead = "SELECT count(*) FROM dead_letter";
        assert_eq!(books.count(dead).await.unwrap(), 0, "{service} gave up");
    }
}

async fn nobody_left(town: &Town) {
    for (service, query) in [
        ("registry", "SELECT count(*) FROM resident"),
        (
            "orders",
            "SELECT count(*) FROM customer_order WHERE customer_name IS NOT NULL",
        ),
    ] {
        let left = books(town, service).await.count(query).await.unwrap();
        assert_eq!(left, 0, "{service} still knows somebody");
    }
}

pub(crate) async fn books(town: &Town, database: &str) -> Books {
    Books::open(&town.database_url(database).unwrap())
        .await
        .unwrap()
}
