//! An installation in a folder: an authority, services with identities, a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{FixedClock, NetworkCode, ProviderId};
use service_kit::caller::{Caller, CallerKind, TokenIssuer, TokenVerifier};
use service_kit::identity::{Authority, Identity};

pub const MINUTE: Duration = Duration::from_mins(1);

pub struct Installation {
    pub folder: tempfile::TempDir,
    pub authority: Authority,
    pub clock: FixedClock,
}

impl Installation {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::create(folder.path().join("authority")).unwrap();
        let start = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).unwrap();
        Self {
            folder,
            authority,
            clock: FixedClock::new(start),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        kernel::Clock::now(&self.clock)
    }

    pub fn identity(&self, service: &str) -> Identity {
        Identity::load_or_enrol(
            self.folder.path().join(service),
            service,
            &self.authority,
            self.now(),
        )
        .unwrap()
    }

    pub fn issuer(&self, service: &str) -> TokenIssuer {
        TokenIssuer::new(
            Arc::new(self.identity(service)),
            Arc::new(self.clock.clone()),
        )
    }

    pub fn verifier(&self, audience: &str) -> TokenVerifier {
        TokenVerifier::new(
            self.authority.anchor(),
            audience,
            Arc::new(self.clock.clone()),
        )
    }
}

/// A caller that holds this role of the permission matrix; `service:orders` is the service of that name.
pub fn caller(role: &str) -> Caller {
    let network = Some(NetworkCode::parse("MALARNET").unwrap());
    let none = Caller::service("nobody");
    match role {
        "public" => Caller {
            kind: CallerKind::Public,
            id: "visitor-1".into(),
            network,
            ..none
        },
        "provisioning" => Caller {
            kind: CallerKind::Provisioning,
            id: "import-1001".into(),
            network,
            ..none
        },
        "provider" => {
            let provider = Some(ProviderId::parse("nordbredband").unwrap());
            Caller {
                kind: CallerKind::Provider,
                id: "client-1".into(),
                network,
                provider,
                ..none
            }
        }
        role => match role.strip_prefix("service:") {
            Some(service) => Caller::service(service),
            None => Caller {
                kind: CallerKind::Staff,
                id: "user-1".into(),
                roles: vec![role.into()],
                network,
                ..none
            },
        },
    }
}
