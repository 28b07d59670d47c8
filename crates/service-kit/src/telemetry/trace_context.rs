//! A trace across processes and through tables: W3C Trace Context, `traceparent` and `tracestate`.

use http::HeaderMap;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tonic::metadata::{MetadataKey, MetadataMap};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// Where in which trace something happened. Empty when nothing is traced.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TraceContext {
    /// `00-<trace id>-<span id>-<flags>`
    pub traceparent: String,
    /// What vendors add; mostly empty.
    pub tracestate: String,
}

impl TraceContext {
    /// The current span's place.
    pub fn current() -> Self {
        Self::of(&Span::current())
    }

    /// A span's place.
    pub fn of(span: &Span) -> Self {
        let mut place = Self::default();
        TraceContextPropagator::new().inject_context(&span.context(), &mut place);
        place
    }

    /// Reads the place from a request's headers.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let read = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            traceparent: read(TRACEPARENT),
            tracestate: read(TRACESTATE),
        }
    }

    /// Reads the place from the columns `traceparent` and `tracestate` of a table.
    pub fn from_columns(traceparent: Option<String>, tracestate: Option<String>) -> Self {
        Self {
            traceparent: traceparent.unwrap_or_default(),
            tracestate: tracestate.unwrap_or_default(),
        }
    }

    /// The place for the columns `traceparent` and `tracestate` of a table; empty is absent.
    pub fn columns(&self) -> (Option<String>, Option<String>) {
        let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
        (filled(&self.traceparent), filled(&self.tracestate))
    }

    /// Whether nothing is traced.
    pub fn is_empty(&self) -> bool {
        self.traceparent.is_empty()
    }

    /// The trace's id, 32 hexadecimal digits, by which its log lines are found.
    pub fn trace_id(&self) -> Option<&str> {
        self.traceparent.split('-').nth(1)
    }

    /// The trace's id, if this is a place by W3C's rules and not what a stranger has written into a header.
    pub(crate) fn valid_trace_id(&self) -> Option<String> {
        let place = self.context();
        let place = place.span().span_context().clone();
        place.is_valid().then(|| place.trace_id().to_string())
    }

    /// Makes a span that has not begun a child of this place.
    pub fn set_parent(&self, span: &Span) {
        // An error says that the span is not traced or has begun: then there is nothing to hang it on.
        drop(span.set_parent(self.context()));
    }

    /// Ties a span to this place without being its child: a message that is handled later.
    pub fn link(&self, span: &Span) {
        let place = self.context();
        let place = place.span().span_context().clone();
        if place.is_valid() {
            span.add_link(place);
        }
    }

    /// Writes the place into a request's metadata.
    pub fn write(&self, metadata: &mut MetadataMap) {
        for (name, value) in [
            (TRACEPARENT, &self.traceparent),
            (TRACESTATE, &self.tracestate),
        ] {
            if let Ok(value) = value.parse()
                && !self.is_empty()
            {
                metadata.insert(MetadataKey::from_static(name), value);
            }
        }
    }

    fn context(&self) -> opentelemetry::Context {
        TraceContextPropagator::new().extract_with_context(&opentelemetry::Context::new(), self)
    }
}

impl Injector for TraceContext {
    fn set(&mut self, key: &str, value: String) {
        match key {
            TRACEPARENT => self.traceparent = value,
            TRACESTATE => self.tracestate = value,
            _ => {}
        }
    }
}

impl Extractor for TraceContext {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            TRACEPARENT if !self.traceparent.is_empty() => Some(&self.traceparent),
            TRACESTATE if !self.tracestate.is_empty() => Some(&self.tracestate),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT, TRACESTATE]
    }
}
