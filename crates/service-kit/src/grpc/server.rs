//! The server: trace → deadline → readiness → caller → the service.

use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::access::CallerLayer;
use super::deadline::DeadlineLayer;
use super::trace::TraceLayer;
use super::{TlsFiles, tls};
use crate::caller::TokenVerifier;
use crate::lifecycle::Readiness;

/// Requests of one connection that are served at once; the next ones are refused and may try again.
const CONCURRENCY_PER_CONNECTION: usize = 256;
/// Streams that one connection may have open.
const STREAMS_PER_CONNECTION: u32 = 512;
/// Headers of one request.
const HEADERS_MAX_BYTES: u32 = 32 * 1024;
/// A dead peer is noticed after this much silence.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Open requests have this long to end once the server is to stop; then streams are cut.
const DRAIN: Duration = Duration::from_secs(10);

/// What is served, where and to whom. A message has at most 4 MiB (tonic's limit for what it decodes); larger things
/// are streamed.
#[derive(Debug)]
pub struct Server {
    /// The bound socket.
    pub listener: TcpListener,
    /// Encryption, and whether clients must show a certificate.
    pub tls: Option<TlsFiles>,
    /// The services.
    pub routes: Routes,
    /// Whose tokens are believed.
    pub verifier: TokenVerifier,
    /// Not ready: every method answers `UNAVAILABLE` with the reason `FENCED`, but for `open_when_fenced`.
    pub readiness: Readiness,
    /// Paths that are served even then: `/uttag.rights.v1.HolderService/StreamLedger`.
    pub open_when_fenced: &'static [&'static str],
    /// When to stop.
    pub shutdown: CancellationToken,
}

/// Serves until `shutdown`, then lets open requests end.
pub async fn serve(server: Server) -> anyhow::Result<()> {
    let Server {
        listener,
        tls,
        routes,
        verifier,
        readiness,
        open_when_fenced,
        shutdown,
    } = server;
    let mutual = tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
    let mut builder = tonic::transport::Server::builder()
        .concurrency_limit_per_connection(CONCURRENCY_PER_CONNECTION)
        .load_shed(true)
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .http2_max_header_list_size(HEADERS_MAX_BYTES)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT));
    if let Some(files) = &tls {
        builder = builder
            .tls_config(tls::server(files)?)
            .context("the server's certificate or key is not usable")?;
    }
    let (reporter, health) = tonic_health::server::health_reporter();
    let routes = routes.add_service(health).add_service(reflection()?);
    tokio::spawn(report_health(reporter, readiness.clone(), shutdown.clone()));

    let address = listener.local_addr()?;
    let incoming = TcpIncoming::from(listener)
        .with_nodelay(Some(true))
        .with_keepalive(Some(KEEPALIVE_INTERVAL));
    tracing::info!(server.address = %address, server.tls = tls.is_some(), server.mutual_tls = mutual, "serving gRPC");
    let serving = builder
        .layer(TraceLayer)
        .layer(DeadlineLayer)
        .layer(CallerLayer::new(
            verifier,
            readiness,
            open_when_fenced,
            mutual,
        ))
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, shutdown.clone().cancelled_owned());
    let cut = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        served = serving => served.context("the gRPC server failed"),
        () = cut => {
            tracing::info!(server.address = %address, "open streams were cut");
            Ok(())
        }
    }
}

fn reflection() -> anyhow::Result<
    tonic_reflection::server::v1::ServerReflectionServer<
        impl tonic_reflection::server::v1::ServerReflection,
    >,
> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(api::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .context("the descriptors are not readable")
}

/// The health service says what readiness says.
async fn report_health(
    reporter: HealthReporter,
    readiness: Readiness,
    shutdown: CancellationToken,
) {
    let mut reasons = readiness.subscribe();
    loop {
        let ready = reasons.borrow_and_update().is_empty();
        let status = if ready {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        reporter.set_service_status("", status).await;
        tokio::select! {
            changed = reasons.changed() => if changed.is_err() { return },
            () = shutdown.cancelled() => break,
        }
    }
    reporter
        .set_service_status("", ServingStatus::NotServing)
        .await;
}
