//! Calls to real servers on this computer, which the settings must allow first.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::{Router, routing};
use kernel::FixedClock;
use service_kit::outgoing::{CallError, FAILURES_TO_OPEN, OPEN_FOR, Outgoing, OutgoingConfig};
use tokio::net::TcpListener;

fn allowed() -> OutgoingConfig {
    OutgoingConfig {
        allow_http: true,
        allow: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        total_ms: 500,
        answer_bytes_max: 1_000,
        ..OutgoingConfig::default()
    }
}

fn clock() -> FixedClock {
    FixedClock::new("2026-11-22T12:00:00Z".parse().unwrap())
}

fn outgoing(config: &OutgoingConfig) -> Outgoing {
    service_kit::install_crypto();
    Outgoing::new(config, "test", Arc::new(clock())).unwrap()
}

/// A server with a few ways to answer; its port and how often it was asked.
async fn serve() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let here = format!("http://127.0.0.1:{port}/ok");
    let router = Router::new()
        .route("/ok", routing::any(|body: String| async move { body }))
        .route(
            "/away",
            routing::any(move || async move { (StatusCode::FOUND, [(header::LOCATION, here)]) }),
        )
        .route("/long", routing::any(|| async { "x".repeat(1_001) }))
        .route(
            "/endless",
            routing::any(|| async {
                let chunk = || Ok::<_, std::io::Error>("x".repeat(400));
                let chunks = futures::stream::repeat_with(chunk);
                axum::body::Body::from_stream(chunks).into_response()
            }),
        )
        .route(
            "/slow",
            routing::any(|| tokio::time::sleep(Duration::from_secs(5))),
        )
        .route(
            "/broken",
            routing::any(|| async { StatusCode::BAD_GATEWAY }),
        )
        .layer(axum::middleware::from_fn(
            move |request, next: axum::middleware::Next| {
                count.fetch_add(1, Ordering::Relaxed);
                next.run(request)
            },
        ));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, asked)
}

async fn post(outgoing: &Outgoing, url: &str) -> Result<(u16, usize), CallError> {
    let url = url.parse().unwrap();
    let answer = outgoing
        .post(&url, HeaderMap::new(), b"hej".to_vec())
        .await?;
    Ok((answer.status.as_u16(), answer.body.len()))
}

#[tokio::test]
async fn whatever_is_answered_comes_whole_and_a_redirect_is_not_followed() {
    let (port, asked) = serve().await;
    let outgoing = outgoing(&allowed());
    let at = |host: &str, path: &str| format!("http://{host}:{port}/{path}");
    assert_eq!(post(&outgoing, &at("127.0.0.1", "ok")).await, Ok((200, 3)));
    assert_eq!(post(&outgoing, &at("localhost", "ok")).await, Ok((200, 3)));
    assert_eq!(
        post(&outgoing, &at("127.0.0.1", "away")).await,
        Ok((302, 0))
    );
    assert_eq!(asked.load(Ordering::Relaxed), 3, "not followed");
    for path in ["long", "endless"] {
        let refused = post(&outgoing, &at("127.0.0.1", path)).await;
        assert_eq!(refused, Err(CallError::TooLong), "{path}");
    }
    let slow = post(&outgoing, &at("127.0.0.1", "slow")).await;
    assert_eq!(slow, Err(CallError::TimedOut));
    let nobody = post(&outgoing, "http://127.0.0.1:1/").await;
    assert_eq!(nobody, Err(CallError::Unreachable));
}

#[tokio::test]
async fn only_without_a_connection_is_it_certain_that_nothing_arrived() {
    let (port, asked) = serve().await;
    let outgoing = outgoing(&allowed());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hanging_up = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut some = [0; 16];
            tokio::io::AsyncReadExt::read(&mut stream, &mut some)
                .await
                .unwrap();
        }
    });
    let broken = post(&outgoing, &format!("http://127.0.0.1:{hanging_up}/")).await;
    assert_eq!(broken, Err(CallError::Broken));
    for (error, is_unsent) in [
        (CallError::Broken, false),
        (CallError::TimedOut, false),
        (CallError::TooLong, false),
        (CallError::Unreachable, true),
        (CallError::Certificate, true),
        (CallError::Busy, true),
    ] {
        assert_eq!(error.is_unsent(), is_unsent, "{error}");
    }
    let url = format!("http://127.0.0.1:{port}/ok").parse().unwrap();
    let read = outgoing.get(&url, HeaderMap::new(), 10).await.unwrap();
    assert_eq!((read.status, read.body.len()), (StatusCode::OK, 0));
    assert!(read.headers.contains_key("content-length"));
    let long = format!("http://127.0.0.1:{port}/long").parse().unwrap();
    let refused = outgoing.get(&long, HeaderMap::new(), 1_000).await;
    assert_eq!(refused, Err(CallError::TooLong));
    let whole = outgoing.get(&long, HeaderMap::new(), 1_001).await;
    assert_eq!(whole.unwrap().body.len(), 1_001, "its own limit");
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    assert_eq!(outgoing.left_alone(&url), None);
}

#[tokio::test]
async fn nothing_of_our_own_network_is_called_by_name_or_by_number() {
    let (port, asked) = serve().await;
    let config = OutgoingConfig {
        allow: Vec::new(),
        ..allowed()
    };
    let outgoing = outgoing(&config);
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "[64:ff9b::7f00:1]",
    ] {
        let refused = post(&outgoing, &format!("http://{host}:{port}/ok")).await;
        assert_eq!(refused, Err(CallError::AddressRefused), "{host}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn plain_http_must_be_allowed() {
    let (port, asked) = serve().await;
    let config = OutgoingConfig {
        allow_http: false,
        ..allowed()
    };
    let outgoing = outgoing(&config);
    let refused = post(&outgoing, &format!("http://127.0.0.1:{port}/ok")).await;
    assert_eq!(refused, Err(CallError::Insecure));
    let refused = post(&outgoing, "ftp://example.com/").await;
    assert_eq!(refused, Err(CallError::Insecure));
    // It speaks no TLS.
    let broken = post(&outgoing, &format!("https://127.0.0.1:{port}/ok")).await;
    assert!(broken.is_err(), "{broken:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_destination_that_fails_is_left_alone_and_tried_again_and_another_is_not() {
    service_kit::install_crypto();
    let (bad, asked) = serve().await;
    let (good, _) = serve().await;
    let clock = clock();
    let outgoing = Outgoing::new(&allowed(), "test", Arc::new(clock.clone())).unwrap();
    let broken = format!("http://127.0.0.1:{bad}/broken");
    for _ in 0..FAILURES_TO_OPEN {
        assert_eq!(post(&outgoing, &broken).await, Ok((502, 0)));
    }
    let alone = post(&outgoing, &broken).await.unwrap_err();
    let CallError::Open(until) = alone else {
        panic!("{alone:?}");
    };
    let url = broken.parse().unwrap();
    assert_eq!(outgoing.left_alone(&url), Some(until));
    let wait = (until - kernel::Clock::now(&clock)).to_std().unwrap();
    assert!(wait >= OPEN_FOR && wait <= OPEN_FOR * 2, "{wait:?}");
    assert_eq!(asked.load(Ordering::Relaxed), FAILURES_TO_OPEN as usize);
    let other = post(&outgoing, &format!("http://127.0.0.1:{good}/ok")).await;
    assert_eq!(other, Ok((200, 3)));
    clock.set(until + chrono::TimeDelta::milliseconds(1));
    let again = post(&outgoing, &format!("http://127.0.0.1:{bad}/ok")).await;
    assert_eq!(again, Ok((200, 3)));
    assert_eq!(
        post(&outgoing, &broken).await,
        Ok((502, 0)),
        "it works again"
    );
}
