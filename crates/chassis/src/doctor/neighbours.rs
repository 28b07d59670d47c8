//! The broker, the other services, the mail server, the collector of traces, and the service itself if it runs.

use std::net::SocketAddr;
use std::time::Duration;

use messaging::{AmqpConfig, BrokerView, look_at_broker};
use service_kit::config::{MailConfig, MessagingConfig, ServiceConfig, TransportKind};
use service_kit::grpc::{Endpoint, is_serving};
use tokio::net::TcpStream;

use super::{Outcome, told};

/// A machine within reach answers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// The rights service and the peers, by the keys of their settings.
pub(super) fn all_of<S>(config: &ServiceConfig<S>) -> Vec<(String, &Endpoint)> {
    let mut all = vec![("rights".to_owned(), &config.rights)];
    let peers = config.peers.iter();
    all.extend(peers.map(|(name, endpoint)| (format!("peers.{name}"), endpoint)));
    all
}

/// Those of [`all_of`] that are not the service itself.
pub(super) fn of<'a, S>(
    service: &str,
    config: &'a ServiceConfig<S>,
) -> Vec<(String, &'a Endpoint)> {
    let own = |key: &str| key == service || key.strip_prefix("peers.") == Some(service);
    let mut all = all_of(config);
    all.retain(|(key, _)| !own(key));
    all
}

/// Whether another service answers; one that is not ready is its own patient.
pub(super) async fn peer(endpoint: &Endpoint) -> Outcome {
    match is_serving(endpoint).await {
        Ok(true) => Ok(format!("{} serves", endpoint.url)),
        Ok(false) => Err(format!(
            "{} answers and is not ready; its own doctor says why",
            endpoint.url
        )),
        Err(error) => Err(format!("{} cannot be asked: {error:#}", endpoint.url)),
    }
}

/// Whether the broker lets us in and lets us publish, and what lies in our queues.
pub(super) async fn broker(service: &str, config: &MessagingConfig) -> Outcome {
    if config.transport == TransportKind::Local {
        return Ok("none: events stay within the process".to_owned());
    }
    let Some(url) = config.url.clone() else {
        return Err("messaging.url is missing".to_owned());
    };
    let seen = look_at_broker(AmqpConfig::new(url, config.ca_file.clone()), service).await;
    match seen.map_err(|error| format!("{error:#}"))? {
        BrokerView::Undeclared => Ok("lets us in; the service has not been there yet".to_owned()),
        BrokerView::Declared { dead, .. } if dead > 0 => Err(format!(
            "{dead} messages killed their reader too often and lie in uttag.{service}.dead"
        )),
        BrokerView::Declared {
            waiting, readers, ..
        } => Ok(format!(
            "lets us in and publish; {waiting} messages wait, {readers} read"
        )),
    }
}

/// Whether the mail server lets us in.
pub(super) async fn mail_server(config: &MailConfig) -> Outcome {
    let greeted = mailer::greet(config).await;
    greeted.map_err(|error| told(&error))?;
    Ok("lets us in".to_owned())
}

/// Whether anybody listens where the traces go.
pub(super) async fn collector(endpoint: &str) -> Outcome {
    let address = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest)
        .trim_end_matches('/');
    let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await;
    match connected {
        Ok(Ok(_)) => Ok(format!("{endpoint} listens")),
        Ok(Err(error)) => Err(format!("{endpoint}: {error}")),
        Err(_) => Err(format!("{endpoint} does not answer within {PATIENCE:?}")),
    }
}

/// What the service says of itself, if it runs; that it does not is not wrong.
pub async fn readiness(admin: Option<SocketAddr>) -> Outcome {
    let Some(address) = admin else {
        return Ok("cannot be asked: no admin address is configured".to_owned());
    };
    match crate::process::ask_readiness(address).await {
        Ok(Ok(())) => Ok("ready".to_owned()),
        Ok(Err(reasons)) => Err(format!("not ready: {reasons}")),
        Err(_) => Ok(format!("not at {address}")),
    }
}
