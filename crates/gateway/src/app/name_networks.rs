//! Tells the other services what the networks are called: they write to people in their name.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use api::events::NetworkNamed;
use kernel::NetworkCode;
use messaging::{Outbox, Outgoing};
use service_kit::identity::Identity;
use service_kit::lifecycle::Lifecycle;

use super::error::AppError;
use crate::directory::Directory;
use crate::networks;

/// What the event is called.
const NETWORK_NAMED: &str = "gateway.network.named.v1";
/// A network that is entered on the command line, or in another instance, is told of this much later at most.
const LOOK: Duration = Duration::from_secs(2);

/// Looks for names that have not been told since the start. Saying one twice is harmless.
pub struct NameNetworks {
    outbox: Outbox,
    identity: Arc<Identity>,
    directory: Directory,
    told: HashMap<NetworkCode, String>,
}

impl NameNetworks {
    /// Has told nothing yet.
    pub fn new(outbox: Outbox, identity: Arc<Identity>, directory: Directory) -> Self {
        Self {
            outbox,
            identity,
            directory,
            told: HashMap::new(),
        }
    }

    /// Runs until the shutdown.
    ///
    /// # Errors
    /// None; failures are logged and tried again.
    pub async fn run(mut self, lifecycle: Lifecycle) -> anyhow::Result<()> {
        loop {
            if lifecycle.readiness.is_ready()
                && let Err(error) = self.tell().await
            {
                tracing::warn!(%error, "the names of the networks could not be told");
            }
            tokio::select! {
                () = lifecycle.shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn tell(&mut self) -> Result<(), AppError> {
        let all = networks::list(&self.directory).await?;
        let untold: Vec<_> = all
            .into_iter()
            .filter(|network| self.told.get(&network.code) != Some(&network.name))
            .collect();
        if untold.is_empty() {
            return Ok(());
        }
        let mut work = self.outbox.begin().await?;
        for network in &untold {
            let named = NetworkNamed {
                network: network.code.to_string(),
                name: network.name.clone(),
            };
            let signed = self.identity.sign_event(NETWORK_NAMED, &named);
            work.record(Outgoing::new(
                NETWORK_NAMED,
                network.code.as_str(),
                &network.code,
                &signed,
            ));
        }
        work.commit().await?;
        self.told.extend(
            untold
                .into_iter()
                .map(|network| (network.code, network.name)),
        );
        Ok(())
    }
}
