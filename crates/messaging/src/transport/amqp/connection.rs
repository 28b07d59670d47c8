//! One connection, encrypted when the URL says so.

use std::time::Duration;

use anyhow::Context as _;
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use secrecy::ExposeSecret as _;

use super::{Amqp, RECONNECT};
use crate::due;

/// A peer that says nothing for two of these is gone.
const HEARTBEAT_SECONDS: u16 = 10;
/// Connecting and opening a channel take no longer, or are tried again.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

impl Amqp {
    /// Connects once. `purpose` shows in the broker's list of connections.
    pub(super) async fn connect(&self, purpose: &str) -> anyhow::Result<Connection> {
        // The text of the URL holds a password and stays out of the error.
        let mut uri: AMQPUri = self
            .0
            .config
            .url
            .expose_secret()
            .parse()
            .map_err(|_| anyhow::anyhow!("the broker's URL is invalid"))?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        let tls = self.tls(&uri).await?;
        let properties = ConnectionProperties::default()
            .with_connection_name(format!("uttag {} {purpose}", self.0.service).into());
        let builder = lapin::DefaultConnectionBuilder::new()?
            .with_uri(uri)
            .with_properties(properties)
            .with_tls_config(tls);
        let connected = builder.connect().await_within(CONNECT_DEADLINE).await;
        connected
            .context("the broker did not answer in time")?
            .context("the broker cannot be reached")
    }

    async fn tls(&self, uri: &AMQPUri) -> anyhow::Result<OwnedTLSConfig> {
        let Some(file) = self
            .0
            .config
            .ca_file
            .as_ref()
            .filter(|_| uri.scheme == AMQPScheme::AMQPS)
        else {
            return Ok(OwnedTLSConfig::default());
        };
        let cert_chain = tokio::fs::read_to_string(file)
            .await
            .context("the broker's certificate authority cannot be read")?;
        Ok(OwnedTLSConfig {
            identity: None,
            cert_chain: Some(cert_chain),
        })
    }
}

/// The wait before connecting again after so many failures in a row.
pub(super) fn wait(failures: u32) -> Duration {
    let (first, longest) = RECONNECT;
    first / 2 + due::full_jitter(first, longest, failures)
}

/// A future with an end.
pub(super) trait Within: Future + Sized {
    /// Waits at most this long.
    async fn await_within(
        self,
        deadline: Duration,
    ) -> Result<Self::Output, tokio::time::error::Elapsed> {
        tokio::time::timeout(deadline, self).await
    }
}

impl<F: Future> Within for F {}

/// Closes in order, within a second; a broker that does not answer is left alone.
pub(super) async fn close(connection: Connection) {
    let closing = connection.close(200, "stopping".into());
    if !matches!(
        closing.await_within(Duration::from_secs(1)).await,
        Ok(Ok(()))
    ) {
        tracing::debug!("the broker did not confirm the end of the connection");
    }
}
