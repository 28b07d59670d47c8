//! The port for operators, over real HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use service_kit::lifecycle::{Readiness, STARTING};
use service_kit::{admin, telemetry};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn tells_whether_it_lives_is_ready_and_what_it_counted() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (readiness, shutdown) = (Readiness::new(), CancellationToken::new());
    let handle = telemetry::metrics_handle();
    let server = tokio::spawn(admin::serve(
        listener,
        Arc::new({
            let readiness = readiness.clone();
            move || readiness.reasons().into_iter().map(str::to_owned).collect()
        }),
        handle,
        shutdown.clone(),
    ));

    assert!(get(address, "/livez").await.starts_with("HTTP/1.1 200"));
    readiness.hold("fence");
    let waiting = get(address, "/readyz").await;
    assert!(waiting.starts_with("HTTP/1.1 503"), "{waiting}");
    assert!(
        waiting.ends_with(r#"{"ready":false,"reasons":["fence","starting"]}"#),
        "{waiting}"
    );
    readiness.release("fence");
    readiness.release(STARTING);
    let ready = get(address, "/readyz").await;
    assert!(
        ready.starts_with("HTTP/1.1 200") && ready.ends_with(r#"{"ready":true,"reasons":[]}"#),
        "{ready}"
    );

    metrics::counter!("uttag_test_total").increment(3);
    metrics::histogram!("uttag_test_seconds").record(0.02);
    let metrics = get(address, "/metrics").await;
    assert!(metrics.contains("uttag_test_total 3"), "{metrics}");
    assert!(
        metrics.contains(r#"uttag_test_seconds_bucket{le="0.025"} 1"#),
        "{metrics}"
    );

    shutdown.cancel();
    server.await.unwrap().unwrap();
}
