//! What people call a network: the controller that a mail or a text speaks for. The gateway's staff give the name; it
//! comes as an event, so that whoever writes to people has it at hand.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::events::NetworkNamed;
use api::privacy::Signed;
use async_trait::async_trait;
use kernel::{NetworkCode, SharedClock};
use messaging::{Envelope, Handler, HandlerError, Work};
use privacy::{Column, Link, RowErasure, Table};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, Set};
use service_kit::identity::TrustAnchor;

use crate::store::network_name::{self, Entity};

/// The gateway says what a network is called.
const NETWORK_NAMED: &str = "gateway.network.named.v1";
/// The only service that gives names.
const GATEWAY: &str = "gateway";
/// A name may be this old: another instance may have taken a newer one.
const FRESH: Duration = Duration::from_secs(10);

/// The table of names; put it among the service's tables.
pub const NETWORK_NAME_TABLE: Table = Table {
    name: "network_name",
    link: Link::None {
        why: "names of organisations",
    },
    network: "network",
    id: "network",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("name"),
        Column::plain("named_at"),
    ],
};

/// The names that this service has heard of, and those that its own configuration puts in their place. Clones share them.
#[derive(Clone, Debug)]
pub struct NetworkNames {
    anchor: TrustAnchor,
    clock: SharedClock,
    configured: Arc<BTreeMap<NetworkCode, String>>,
    read: Arc<Mutex<HashMap<NetworkCode, (String, Instant)>>>,
}

impl NetworkNames {
    /// Believes what the gateway enrolled under this anchor has signed, except for the networks whose names are configured.
    pub fn new(
        anchor: TrustAnchor,
        clock: SharedClock,
        configured: BTreeMap<NetworkCode, String>,
    ) -> Self {
        Self {
            anchor,
            clock,
            configured: Arc::new(configured),
            read: Arc::default(),
        }
    }

    /// What people call the network: as configured, else as the gateway says; its code until the gateway has said more. Read
    /// over the caller's connection, which may be in a transaction.
    ///
    /// # Errors
    /// The database.
    pub async fn of<C: ConnectionTrait>(
        &self,
        connection: &C,
        network: &NetworkCode,
    ) -> Result<String, DbErr> {
        if let Some(name) = self.at_hand(network) {
            return Ok(name);
        }
        let named = Entity::find_by_id(network.as_str()).one(connection).await?;
        let Some(named) = named else {
            return Ok(network.to_string());
        };
        let read = (named.name.clone(), Instant::now());
        self.read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(network.clone(), read);
        Ok(named.name)
    }

    /// A name that needs no reading.
    fn at_hand(&self, network: &NetworkCode) -> Option<String> {
        if let Some(configured) = self.configured.get(network) {
            return Some(configured.clone());
        }
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(network)
            .filter(|(_, at)| at.elapsed() < FRESH)
            .map(|(name, _)| name.clone())
    }

    fn forget(&self) {
        self.read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

#[async_trait]
impl Handler for NetworkNames {
    fn topics(&self) -> Vec<String> {
        vec![NETWORK_NAMED.to_owned()]
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let signed: Signed = envelope.decode()?;
        let (said, signer) = self
            .anchor
            .open_event::<NetworkNamed>(&envelope.event_type, &signed, self.clock.now())
            .map_err(HandlerError::fail)?;
        let network = NetworkCode::parse(&said.network).map_err(HandlerError::fail)?;
        if signer != GATEWAY || said.name.is_empty() {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "only the gateway names networks, and it gives a name"
            )));
        }
        let row = network_name::ActiveModel {
            network: Set(network.to_string()),
            name: Set(said.name),
            named_at: Set(envelope.occurred_at),
        };
        let again = OnConflict::column(network_name::Column::Network)
            .update_columns([network_name::Column::Name, network_name::Column::NamedAt])
            .to_owned();
        Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(work.tx())
            .await?;
        let names = self.clone();
        work.on_commit(move || names.forget());
        Ok(())
    }
}
