//! Lines and traces, as they leave the process.

use std::io;
use std::sync::{Arc, Mutex};

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use super::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[derive(Clone, Debug, Default)]
struct Spans(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Spans {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

fn told(config: &TelemetryConfig, tell: impl FnOnce()) -> (String, Vec<SpanData>) {
    let (lines, spans) = (Lines::default(), Spans::default());
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(spans.clone())
        .build();
    let writer = lines.clone();
    let subscriber = subscriber(config, &provider, move || writer.clone()).unwrap();
    tracing::subscriber::with_default(subscriber, tell);
    let spans = spans.0.lock().unwrap().clone();
    (lines.text(), spans)
}

#[test]
fn a_line_is_json_with_dotted_fields() {
    let (lines, _) = told(&TelemetryConfig::default(), || {
        tracing::info!(server.address = "127.0.0.1:1", "serving");
        tracing::debug!("too fine");
    });
    let line: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(
        (line["message"].as_str(), line["server.address"].as_str()),
        (Some("serving"), Some("127.0.0.1:1"))
    );
}

#[test]
fn no_filter_makes_the_database_talk() {
    let config = TelemetryConfig {
        filter: "trace,sqlx=trace,sea_orm::driver=trace".into(),
        ..Default::default()
    };
    let (lines, spans) = told(&config, || {
        tracing::info_span!(target: "sea_orm::driver", "statement", sql = "SELECT canary")
            .in_scope(|| {
                tracing::info!(target: "sqlx::query", "canary");
            });
        tracing::warn!(target: "sqlx::pool", "slow");
    });
    assert!(
        !lines.contains("canary") && lines.contains("slow"),
        "{lines}"
    );
    assert!(spans.is_empty());
}

#[test]
fn a_message_that_the_broker_gives_back_is_not_written_out() {
    let config = TelemetryConfig {
        filter: "trace,lapin=trace".into(),
        ..TelemetryConfig::default()
    };
    let (lines, _) = told(&config, || {
        tracing::warn!(target: "lapin::returned_messages", message = "canary");
        tracing::error!(target: "lapin::channels", "connection closed");
    });
    assert!(!lines.contains("canary"));
    assert!(lines.contains("connection closed"));
}

#[test]
fn a_trace_goes_on_where_it_was() {
    let config = TelemetryConfig {
        filter: "error".into(),
        ..Default::default()
    };
    let mut places = Vec::new();
    let (_, spans) = told(&config, || {
        tracing::info_span!("first").in_scope(|| places.push(TraceContext::current()));
        let second = tracing::info_span!("second");
        places[0].set_parent(&second);
        second.in_scope(|| places.push(TraceContext::current()));
        let third = tracing::info_span!("third");
        places[0].link(&third);
        third.in_scope(|| places.push(TraceContext::current()));
    });
    let trace = |place: &TraceContext| place.trace_id().unwrap().to_owned();
    assert_eq!(trace(&places[0]), trace(&places[1]));
    assert_ne!(places[0].traceparent, places[1].traceparent);
    assert_ne!(trace(&places[0]), trace(&places[2]));
    let span = |name| spans.iter().find(|span| span.name == name).unwrap();
    assert_eq!(
        span("second").parent_span_id,
        span("first").span_context.span_id()
    );
    assert_eq!(
        span("third").links.links[0].span_context.trace_id(),
        span("first").span_context.trace_id()
    );
}

#[test]
fn without_telemetry_there_is_no_place() {
    assert!(TraceContext::current().is_empty());
    assert_eq!(TraceContext::current().trace_id(), None);
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let provider = SdkTracerProvider::builder().build();
    let config = TelemetryConfig {
        filter: "orders=loud".into(),
        ..Default::default()
    };
    assert!(subscriber(&config, &provider, io::sink).is_err());
}

#[tokio::test]
async fn a_call_leaves_a_span_of_method_status_and_duration_and_nothing_else() {
    use tower::{Layer as _, ServiceExt as _};
    let spans = Spans::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(spans.clone())
        .build();
    let subscriber = subscriber(&TelemetryConfig::default(), &provider, io::sink).unwrap();
    let _guard = tracing::subscriber::set_default(subscriber);
    let service = crate::grpc::TraceLayer.layer(tower::service_fn(|_| async {
        Ok::<_, std::convert::Infallible>(tonic::Status::not_found("canary-answer").into_http())
    }));
    let request = http::Request::builder()
        .uri("/uttag.orders.v1.OrdersService/GetOrder?canary-query")
        .header("authorization", "Bearer canary-token")
        .header(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
        .body(tonic::body::Body::empty())
        .unwrap();
    service.oneshot(request).await.unwrap();
    let spans = spans.0.lock().unwrap().clone();
    assert_eq!(spans[0].name, "/uttag.orders.v1.OrdersService/GetOrder");
    assert_eq!(
        spans[0].span_context.trace_id().to_string(),
        "0af7651916cd43dd8448eb211c80319c"
    );
    assert!(!format!("{spans:?}").contains("canary"), "{spans:?}");
    let keys = || {
        spans[0]
            .attributes
            .iter()
            .map(|attribute| attribute.key.as_str())
    };
    assert!(keys().any(|key| key == "rpc.status"));
    let known = [
        "rpc.system",
        "rpc.method",
        "rpc.status",
        "rpc.duration_ms",
        "trace.id",
        "target",
        "busy_ns",
        "idle_ns",
    ];
    assert_eq!(
        keys()
            .filter(|key| !known.contains(key))
            .collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
}

#[test]
fn a_trace_id_is_not_a_word_that_a_stranger_wrote() {
    let of = |traceparent: &str| {
        let place = TraceContext::from_columns(Some(traceparent.to_owned()), None);
        place.valid_trace_id()
    };
    let id = "0af7651916cd43dd8448eb211c80319c";
    assert_eq!(
        of(&format!("00-{id}-b7ad6b7169203331-01")).as_deref(),
        Some(id)
    );
    for wrong in [
        "",
        "00-canary-b7ad6b7169203331-01",
        "canary-canary-canary-canary",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    ] {
        assert_eq!(of(wrong), None, "{wrong}");
    }
}

#[tokio::test]
async fn a_call_that_we_make_goes_on_in_its_own_span() {
    use tower::ServiceExt as _;
    let spans = Spans::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(spans.clone())
        .build();
    let subscriber = subscriber(&TelemetryConfig::default(), &provider, io::sink).unwrap();
    let _guard = tracing::subscriber::set_default(subscriber);
    let place = Arc::new(Mutex::new(TraceContext::default()));
    let seen = Arc::clone(&place);
    let service = crate::grpc::Traced::new(tower::service_fn(move |_| {
        *seen.lock().unwrap() = TraceContext::current();
        async {
            Ok::<_, std::convert::Infallible>(
                tonic::Status::not_found("canary-answer").into_http::<tonic::body::Body>(),
            )
        }
    }));
    let request = http::Request::builder()
        .uri("/uttag.orders.v1.OrdersService/GetOrder?canary-query")
        .body(tonic::body::Body::empty())
        .unwrap();
    service.oneshot(request).await.unwrap();
    let spans = spans.0.lock().unwrap().clone();
    let span = &spans[0];
    assert_eq!(span.name, "/uttag.orders.v1.OrdersService/GetOrder");
    assert_eq!(span.span_kind, opentelemetry::trace::SpanKind::Client);
    let inside = place.lock().unwrap().traceparent.clone();
    assert!(inside.contains(&span.span_context.span_id().to_string()));
    assert!(format!("{span:?}").contains("NOT_FOUND"));
    assert!(!format!("{span:?}").contains("canary"), "{span:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_go_to_the_collector() {
    use tokio::io::AsyncReadExt as _;
    let collector = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let config = TelemetryConfig {
        otlp_endpoint: Some(endpoint),
        ..Default::default()
    };
    let provider = tracer_provider(&config, "orders").unwrap();
    let subscriber = subscriber(&config, &provider, io::sink).unwrap();
    tracing::subscriber::with_default(subscriber, || drop(tracing::info_span!("told").entered()));
    let sending = tokio::task::spawn_blocking(move || provider.shutdown());
    let (mut connection, _) = collector.accept().await.unwrap();
    let mut begin = [0; 14];
    connection.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"PRI * HTTP/2.0");
    // A collector that goes away is an error of the export, not of the process.
    drop((connection, collector));
    drop(sending.await.unwrap());
}
