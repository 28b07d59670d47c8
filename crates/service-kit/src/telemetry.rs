//! What a process tells about itself: logs, traces, metrics. None of them names a person.

mod metrics;
mod trace_context;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

pub use metrics::metrics_handle;
pub use trace_context::TraceContext;

/// How a process logs and where its traces go.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// `json`, one object per line, or `text`.
    pub format: LogFormat,
    /// What is logged: `info`, or `info,orders=debug`.
    pub filter: String,
    /// `http://collector:4317` (OTLP over gRPC); without it traces stay in the process.
    pub otlp_endpoint: Option<String>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    #[default]
    Json,
    /// For people.
    Text,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::default(),
            filter: "info".to_owned(),
            otlp_endpoint: None,
        }
    }
}

/// Statements, addresses with passwords and frames are what these crates would tell: whatever the filter says, they log
/// nothing below a warning.
const NEVER_VERBOSE: &[&str] = &[
    "sqlx", "sea_orm", "h2", "hyper", "tonic", "tower", "rustls", "lettre",
];

/// These log errors only: a message that the broker gives back is written out by `lapin`, byte by byte, as a warning.
const ERRORS_ONLY: &[&str] = &["lapin"];

/// Keeps the exporter alive; when it goes, what is left is sent.
#[derive(Debug)]
#[must_use = "traces that are not sent yet are lost when this is dropped too early"]
pub struct Guard(SdkTracerProvider);

/// Starts logging and tracing for the whole process, and installs the metrics. Once per process.
///
/// # Errors
/// A filter or endpoint that cannot be read, or telemetry that runs already.
pub fn init(config: &TelemetryConfig, service: &str) -> anyhow::Result<Guard> {
    metrics_handle();
    let provider = tracer_provider(config, service)?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    subscriber(config, &provider, std::io::stderr)?.try_init()?;
    Ok(Guard(provider))
}

/// Lines by the configured filter; traces from `info` up, whatever is logged.
fn subscriber<W>(
    config: &TelemetryConfig,
    provider: &SdkTracerProvider,
    writer: W,
) -> anyhow::Result<impl Subscriber + Send + Sync + use<W>>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match config.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.with_ansi(false).boxed(),
    };
    let traces = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("uttag"))
        .with_location(false)
        .with_threads(false);
    Ok(tracing_subscriber::registry()
        .with(filter_fn(may_speak))
        .with(lines.with_filter(EnvFilter::try_new(&config.filter)?))
        .with(traces.with_filter(LevelFilter::INFO)))
}

fn may_speak(metadata: &Metadata<'_>) -> bool {
    let origin = metadata.target().split("::").next().unwrap_or_default();
    let finest = if ERRORS_ONLY.contains(&origin) {
        Level::ERROR
    } else if NEVER_VERBOSE.contains(&origin) {
        Level::WARN
    } else {
        Level::TRACE
    };
    *metadata.level() <= finest
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(
                error.chain = crate::error::chain(&error),
                "the last traces were not sent"
            );
        }
    }
}

fn tracer_provider(config: &TelemetryConfig, service: &str) -> anyhow::Result<SdkTracerProvider> {
    let resource = Resource::builder()
        .with_service_name(format!("uttag-{service}"))
        .build();
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = &config.otlp_endpoint else {
        return Ok(builder.build());
    };
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()?;
    Ok(builder.with_batch_exporter(exporter).build())
}

#[cfg(test)]
mod tests;
