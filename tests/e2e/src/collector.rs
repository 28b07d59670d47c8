//! A collector of traces, as operators run one: OTLP over gRPC. It keeps everything.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span, span::SpanKind};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

/// What one export holds: the limit of its sender is 512 spans.
const EXPORT_MAX_BYTES: usize = 64 * 1024 * 1024;

type Exported = Arc<Mutex<Vec<ResourceSpans>>>;

/// A running collector; ends when dropped.
pub struct Collector {
    url: String,
    exported: Exported,
    _stop: DropGuard,
}

/// A span as it was exported.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Of which process: "uttag-orders".
    pub service: String,
    /// Its name.
    pub name: String,
    /// Server, client, producer, consumer.
    pub kind: SpanKind,
    /// 32 hexadecimal digits.
    pub trace: String,
    /// 16 hexadecimal digits.
    pub id: String,
    /// The id of the parent; empty at the root.
    pub parent: String,
}

impl Collector {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// There is none.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (exported, stop) = (Exported::default(), CancellationToken::new());
        let service = TraceServiceServer::new(Sink(Arc::clone(&exported)))
            .max_decoding_message_size(EXPORT_MAX_BYTES);
        let stopped = stop.clone();
        tokio::spawn(
            Server::builder()
                .add_service(service)
                .serve_with_incoming_shutdown(
                    TcpListenerStream::new(listener),
                    stopped.cancelled_owned(),
                ),
        );
        Ok(Self {
            url,
            exported,
            _stop: stop.drop_guard(),
        })
    }

    /// Where processes send their spans.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every span that has come.
    pub fn spans(&self) -> Vec<Seen> {
        self.lock().iter().flat_map(seen).collect()
    }

    /// Everything that has come, as bytes: names, attributes, events, links, resources. One piece per export and resource.
    pub fn bytes(&self) -> Vec<Vec<u8>> {
        self.lock()
            .iter()
            .map(ResourceSpans::encode_to_vec)
            .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<ResourceSpans>> {
        self.exported.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Sink(Exported);

#[tonic::async_trait]
impl TraceService for Sink {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(request.into_inner().resource_spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn seen(exported: &ResourceSpans) -> Vec<Seen> {
    let attributes = exported.resource.as_ref().map(|r| r.attributes.as_slice());
    let service = text_of(attributes.unwrap_or_default(), "service.name");
    exported
        .scope_spans
        .iter()
        .flat_map(|scope| &scope.spans)
        .map(|span| one(&service, span))
        .collect()
}

fn one(service: &str, span: &Span) -> Seen {
    Seen {
        service: service.to_owned(),
        name: span.name.clone(),
        kind: span.kind(),
        trace: hex::encode(&span.trace_id),
        id: hex::encode(&span.span_id),
        parent: hex::encode(&span.parent_span_id),
    }
}

fn text_of(attributes: &[KeyValue], key: &str) -> String {
    let value = attributes.iter().find(|attribute| attribute.key == key);
    match value.and_then(|attribute| attribute.value.as_ref()) {
        Some(AnyValue {
            value: Some(Value::StringValue(text)),
        }) => text.clone(),
        _ => String::new(),
    }
}
