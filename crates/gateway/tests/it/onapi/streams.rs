//! Long lists: one page at a time, as fast as they are read, and broken off when they cannot be read to their end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::{Provider, with};
use crate::browser::Browser;
use crate::fakes::market::{PAGE, at};
use crate::harness::World;

const PAGES: usize = 400;
/// A page has some 200 kB. What lies in the buffers of two connections on this machine is below this.
const BUFFERED_PAGES: usize = 100;

async fn long() -> (World, Provider, Arc<AtomicUsize>) {
    let (world, provider) = with(Vec::new()).await;
    world.fakes.seen().market.made_up_pages = PAGES;
    let pulled = Arc::clone(&world.fakes.seen().market.pulled);
    (world, provider, pulled)
}

/// The number of pages when it has not risen for a while.
async fn at_rest(pulled: &AtomicUsize) -> usize {
    let mut before = usize::MAX;
    loop {
        let now = pulled.load(Ordering::SeqCst);
        if now == before {
            return now;
        }
        before = now;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test]
async fn two_hundred_thousand_accesses_wait_for_the_reader() {
    let (_world, provider, pulled) = long().await;
    let mut list = provider
        .request(Method::GET, "/2.4/accesses/")
        .send()
        .await
        .unwrap();
    assert_eq!(list.status(), StatusCode::OK);
    let waiting = at_rest(&pulled).await;
    assert!(
        (1..BUFFERED_PAGES).contains(&waiting),
        "{waiting} of {PAGES} pages were read for nobody"
    );

    let mut body = Vec::new();
    while let Some(chunk) = list.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    let all: Vec<Value> = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (all.len(), pulled.load(Ordering::SeqCst)),
        (PAGES * PAGE, PAGES)
    );
    assert_eq!(all[PAGES * PAGE - 1]["accessId"], "A-0199999");
}

#[tokio::test]
async fn a_failure_in_the_middle_breaks_the_answer_off() {
    let (world, provider, _pulled) = long().await;
    world.fakes.seen().market.fails_after = Some(20);
    // Late enough that the events of the made-up accesses are over.
    world.fakes.seen().market.as_of = Some(at(5_000));
    for path in ["/2.6/accesses/", "/2.6/services/", "/2.6/events/"] {
        let mut list = provider.request(Method::GET, path).send().await.unwrap();
        assert_eq!(list.status(), StatusCode::OK);
        let mut body = Vec::new();
        let broken = loop {
            match list.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        assert!(broken, "{path} ended as if it were whole");
        assert!(body.starts_with(b"[{"), "{path} had begun");
        assert!(serde_json::from_slice::<Value>(&body).is_err(), "{path}");
    }
}

#[tokio::test]
async fn a_provider_reads_only_so_many_lists_at_once() {
    let (world, provider, _pulled) = long().await;
    let ask = || provider.request(Method::GET, "/2.6/accesses/").send();
    let mut open = Vec::new();
    for _ in 0..4 {
        let list = ask().await.unwrap();
        assert_eq!(list.status(), StatusCode::OK);
        open.push(list);
    }
    assert_eq!(ask().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        provider.get("/2.6/accesses/A-1").await.status,
        StatusCode::NOT_FOUND
    );
    // Those who do not read stand in nobody's way: all calls to the registry share one connection.
    let search = Browser::new(&world).get("/api/v1/places?q=Kungs").await;
    assert_eq!(search.status, StatusCode::OK);
    // Whoever goes away makes room.
    drop(open);
    let mut status = StatusCode::TOO_MANY_REQUESTS;
    for _ in 0..50 {
        status = ask().await.unwrap().status();
        if status == StatusCode::OK {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(status, StatusCode::OK);
}
