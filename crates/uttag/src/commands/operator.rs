//! The operator of an embedded installation speaks to one of its running services.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use kernel::{NetworkCode, SharedClock};
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::grpc::{self, ClientChannel, Endpoint};
use service_kit::identity::Identity;

use crate::cli::DataFolder;
use crate::embedded::Addresses;
use crate::folder::Folder;

/// How long the operator's token is good for; a file takes less.
const TOKEN: Duration = Duration::from_mins(10);

/// Whoever may read the folder, in one of its networks.
pub(super) struct Operator {
    folder: Folder,
    clock: SharedClock,
    /// The network that is meant.
    pub(super) network: NetworkCode,
}

impl Operator {
    /// In the stated network, or in the installation's only one.
    pub(super) async fn of(
        data: &DataFolder,
        network: Option<&str>,
        clock: SharedClock,
    ) -> anyhow::Result<Self> {
        let folder = Folder::existing(&data.path)?;
        let network = match network {
            Some(stated) => stated_network(&folder, &clock, stated).await?,
            None => only_network(&folder, &clock).await?,
        };
        Ok(Self {
            folder,
            clock,
            network,
        })
    }

    /// A channel to the running registry, with this role.
    pub(super) async fn registry(&self, role: &str) -> anyhow::Result<ClientChannel> {
        let path = self.folder.addresses();
        let text = tokio::fs::read(&path)
            .await
            .with_context(|| "no installation runs here; start `uttag serve` first")?;
        let addresses: Addresses = serde_json::from_slice(&text)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let registry = addresses
            .grpc
            .get("registry")
            .context("the running installation has no registry")?;
        // Whoever may read the gateway's key may speak for the installation's operator.
        let gateway = Arc::new(Identity::load(self.folder.identity("gateway"), "gateway")?);
        let operator = Caller {
            kind: CallerKind::Staff,
            id: "operator".to_owned(),
            roles: vec![role.to_owned()],
            network: Some(self.network.clone()),
            provider: None,
            purpose: Some("operator's command".to_owned()),
        };
        let issuer = TokenIssuer::new(gateway, self.clock.clone());
        let token = issuer.issue(&operator, "registry", TOKEN);
        let channel = grpc::channel(&Endpoint::plain(*registry))?;
        Ok(grpc::with_token(channel, token))
    }
}

/// The stated network. One that nobody has entered yet may be filled before it is entered, and may be a slip of the pen: that
/// is said.
async fn stated_network(
    folder: &Folder,
    clock: &SharedClock,
    stated: &str,
) -> anyhow::Result<NetworkCode> {
    let wanted = NetworkCode::parse(stated)?;
    let directory = crate::directory::open(folder, clock.clone()).await?;
    let networks = gateway::networks::list(&directory).await?;
    if !networks.iter().any(|network| network.code == wanted) {
        eprintln!(
            "uttag: no network {wanted} has been entered yet (`uttag network put`); `uttag network list` names those that there are"
        );
    }
    Ok(wanted)
}

async fn only_network(folder: &Folder, clock: &SharedClock) -> anyhow::Result<NetworkCode> {
    let directory = crate::directory::open(folder, clock.clone()).await?;
    let networks = gateway::networks::list(&directory).await?;
    match networks.as_slice() {
        [one] => Ok(one.code.clone()),
        [] => anyhow::bail!("the installation has no network; `uttag network put` makes one"),
        _ => anyhow::bail!("the installation has several networks: say which with --network"),
    }
}

/// What the registry refused, rule by rule.
pub(super) fn refusal(status: &tonic::Status) -> anyhow::Error {
    let violations = service_kit::error::violations_of(status);
    if violations.is_empty() {
        return anyhow::anyhow!("the registry refused: {}", status.message());
    }
    let lines: Vec<_> = violations
        .iter()
        .map(|v| format!("  {} = {:?}: {}", v.field, v.value, v.rule))
        .collect();
    anyhow::anyhow!(
        "the registry refused: {}\n{}",
        status.message(),
        lines.join("\n")
    )
}
