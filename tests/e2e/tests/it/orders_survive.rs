//! The orders service, the broker and the database are killed while orders are placed: every order that was confirmed is
//! there once, and its provider has seen it once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::orders::PlaceOrderRequest;
use api::orders::orders_service_client::OrdersServiceClient;
use e2e::partners::System;
use e2e::people::{Person, person};
use e2e::story::{self, OTHER_SHOP, SHOP, Shop};
use e2e::town::{PATIENCE, Town};
use futures::{StreamExt as _, stream};
use service_kit::grpc::ClientChannel;
use testkit::postgres::Options;
use tonic::{Code, Status};

use crate::chaos::books;

/// Orders that are placed.
const ORDERS: u16 = 1_000;
/// Of them at the same time.
const CALLS: usize = 16;
const SHOPS: [Shop; 2] = [SHOP, OTHER_SHOP];
/// Each comes while another part of the orders is placed.
const BLOWS: [&[Killed]; 7] = [
    &[Killed::Orders],
    &[Killed::Broker],
    &[Killed::Database],
    &[Killed::Orders, Killed::Broker],
    &[Killed::Database],
    &[Killed::Orders],
    &[Killed::Database, Killed::Broker, Killed::Orders],
];

#[derive(Clone, Copy, Debug)]
enum Killed {
    Orders,
    Broker,
    Database,
}

/// What a provider's system remembers.
#[derive(Debug, Default)]
struct Seen {
    cursor: String,
    /// Orders, and how often each came.
    orders: BTreeMap<String, u32>,
    /// Streams that broke.
    breaks: u32,
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_a_confirmed_order_is_there_once_and_seen_once() {
    let mut town = Town::start_on(Options::default()).await.unwrap();
    let people: Vec<Person> = (1..=ORDERS).map(person).collect();
    story::import(&town.doors(), &people).await.unwrap();
    story::open_shops(&town.doors(), &SHOPS).await.unwrap();
    let wanted = wanted(&town, &people).await;
    let systems = SHOPS.map(|shop| System::of(&town.doors(), shop.provider).unwrap());
    let seen = SHOPS.map(|_| Mutex::new(Seen::default()));
    let staff = town.doors().staff("orders", &["customer_service"]).unwrap();
    let placed = AtomicUsize::new(0);

    let orders = OrdersServiceClient::new(staff);
    let placing = async {
        let mut confirmed = Vec::new();
        let parts = wanted.chunks(wanted.len().div_ceil(BLOWS.len()));
        for (part, blow) in parts.zip(BLOWS) {
            let soon = placed.load(Ordering::Relaxed) + part.len() / 3;
            let placing = place(orders.clone(), part, &placed);
            let (orders, ()) = tokio::join!(placing, strike(&mut town, blow, soon, &placed));
            confirmed.extend(orders);
        }
        confirmed
    };
    let following = futures::future::join_all(
        systems
            .iter()
            .zip(&seen)
            .map(|(system, seen)| follow(system, seen)),
    );
    let confirmed = tokio::select! {
        confirmed = placing => confirmed,
        _ = following => unreachable!("a system follows for ever"),
    };

    let orders = books(&town, "orders").await;
    let rows = orders
        .rows("SELECT id::text, provider_id, number FROM customer_order")
        .await
        .unwrap();
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut numbers = BTreeSet::new();
    for row in &rows {
        let (id, provider) = (
            row.try_get_by_index(0).unwrap(),
            row.try_get_by_index(1).unwrap(),
        );
        held.entry(provider).or_default().insert(id);
        numbers.insert(row.try_get_by_index::<i64>(2).unwrap());
    }
    assert_eq!(
        (rows.len(), numbers.len()),
        (wanted.len(), wanted.len()),
        "one row and one number for each order"
    );
    for (at, (shop, seen)) in SHOPS.iter().zip(&seen).enumerate() {
        let own: BTreeSet<String> = confirmed
            .iter()
            .skip(at)
            .step_by(SHOPS.len())
            .cloned()
            .collect();
        assert_eq!(
            held[shop.provider], own,
            "{} has what was confirmed",
            shop.provider
        );
        let all = || seen.lock().unwrap().orders.len() >= own.len();
        let system = follow(&systems[at], seen);
        tokio::select! {
            () = async { testkit::eventually!(PATIENCE, all()) } => {}
            () = system => unreachable!("a system follows for ever"),
        }
        let seen = seen.lock().unwrap();
        println!(
            "{}: {} orders through {} broken streams",
            shop.provider,
            seen.orders.len(),
            seen.breaks
        );
        assert!(seen.orders.values().all(|times| *times == 1), "none twice");
        assert_eq!(seen.orders.keys().cloned().collect::<BTreeSet<_>>(), own);
        assert!(seen.breaks > 0, "the stream went through a crash");
    }
}

/// An order of each person at home; every other one at the other shop.
async fn wanted(town: &Town, people: &[Person]) -> Vec<PlaceOrderRequest> {
    let doors = town.doors();
    stream::iter(people.iter().enumerate())
        .map(async |(number, person)| {
            let home = story::home(&doors, number + 1).await.unwrap();
            home.wanted_from(SHOPS[number % SHOPS.len()], person)
        })
        .buffered(CALLS)
        .collect()
        .await
}

/// The ids of the orders, in the order of the requests. Whoever gets no answer asks again, with the same command.
async fn place(
    orders: OrdersServiceClient<ClientChannel>,
    wanted: &[PlaceOrderRequest],
    placed: &AtomicUsize,
) -> Vec<String> {
    stream::iter(wanted)
        .map(|request| {
            let mut orders = orders.clone();
            async move {
                loop {
                    match orders.place_order(request.clone()).await {
                        Ok(answer) => {
                            placed.fetch_add(1, Ordering::Relaxed);
                            return answer.into_inner().order_id;
                        }
                        Err(status) => assert!(says_nothing(&status), "{status:?}"),
                    }
                    testkit::pause().await;
                }
            }
        })
        .buffered(CALLS)
        .collect()
        .await
}

/// Whether an answer leaves open what became of the call; a refusal does not.
fn says_nothing(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Internal
    )
}

/// Kills when so many orders are placed, and starts anew.
async fn strike(town: &mut Town, blow: &[Killed], soon: usize, placed: &AtomicUsize) {
    testkit::eventually!(PATIENCE, placed.load(Ordering::Relaxed) >= soon);
    for killed in blow {
        match killed {
            Killed::Orders => town.kill("orders").unwrap(),
            Killed::Broker => town.rabbit.kill().unwrap(),
            Killed::Database => town.postgres.kill().unwrap(),
        }
    }
    println!("{blow:?} after {} orders", placed.load(Ordering::Relaxed));
    for killed in blow {
        match killed {
            Killed::Orders => town.launch("orders", &[]).unwrap(),
            Killed::Broker => town.rabbit.restart().await.unwrap(),
            Killed::Database => town.postgres.restart().await.unwrap(),
        }
    }
}

/// Follows the provider's orders, for ever.
async fn follow(system: &System, seen: &Mutex<Seen>) {
    loop {
        let from = seen.lock().unwrap().cursor.clone();
        let ended = system
            .follow(from, |order, cursor| {
                let mut seen = seen.lock().unwrap();
                *seen.orders.entry(order).or_default() += 1;
                seen.cursor = cursor;
            })
            .await;
        seen.lock().unwrap().breaks += u32::from(ended.is_err());
        testkit::pause().await;
    }
}
