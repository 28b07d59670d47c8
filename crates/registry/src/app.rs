//! What the registry does, one use case per file.

mod access_on;
mod accesses_at;
mod apply_import;
mod arrivals;
mod begin_market;
mod close_sessions;
mod compare;
mod complete_rows;
mod drop_folder;
mod drop_import;
mod edit_access;
mod error;
mod find_residents;
mod get_access;
mod get_import;
mod get_place;
mod import_address_file;
mod import_record;
mod indexes;
mod insert_posts;
mod list_accesses;
mod list_imports;
mod market_contracts;
mod market_record;
mod match_address;
mod named_people;
mod paging;
mod people;
mod protected_residents;
mod pull;
mod read_file;
mod read_market;
mod rejected_rows;
mod resolve_place;
mod sealed_posts;
mod search_places;
mod stage_file;
mod stage_rows;
mod staged_session;
mod staging;
mod staging_signs;
mod sweep;
mod undo_import;

use std::path::PathBuf;

use aws_lc_rs::hmac;
use chassis::feed::FeedBell;
use kernel::{NetworkCode, ProviderId, SharedClock};
use messaging::Outbox;
use privacy::Privacy;
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;
use service_kit::shares::Shares;

pub use accesses_at::{AccessAt, AccessesAt, Standing};
pub use apply_import::{Progress, Step};
pub use begin_market::Start;
pub use compare::Preview;
pub use edit_access::EditAccess;
pub use error::RegistryError;
pub use find_residents::FoundResidents;
pub use get_access::{AccessWithResident, Names};
pub use import_address_file::{ImportAddressFile, Imported, SessionAt, Then};
pub use indexes::Indexes;
pub use insert_posts::{Inserted, RefusedPost, SentPost};
pub use market_contracts::ReadContract;
pub use match_address::MatchedPlaces;
pub use paging::{Page, PageRequest};
pub use pull::{Known, PullState};
pub use read_market::{Batch, Change, Reader, Told};
pub use rejected_rows::RejectedRows;
pub use resolve_place::OrderPlace;
pub use search_places::{FoundPlace, PlaceView};
pub use staged_session::OpenedSession;
pub use staging::{StagedFile, Staging};

use crate::config::Settings;
use crate::domain::address_file::Judge;
use crate::domain::handle::PlaceHandles;
use crate::domain::limits::MARKET_STREAMS;
use crate::domain::services::NetworkServices;

/// The registry's use cases and what they stand on.
#[derive(Debug)]
pub struct Registry {
    outbox: Outbox,
    privacy: Privacy,
    clock: SharedClock,
    settings: Settings,
    handles: PlaceHandles,
    marks: hmac::Key,
    indexes: Indexes,
    lifecycle: Lifecycle,
    bell: FeedBell<(NetworkCode, ProviderId)>,
    /// Streams of accesses that are not followed.
    streams: Shares<(NetworkCode, ProviderId)>,
    staging_directory: PathBuf,
}

impl Registry {
    /// Joins the parts; keys for handles and marks are derived from the pepper.
    pub fn new(
        outbox: Outbox,
        privacy: Privacy,
        clock: SharedClock,
        settings: Settings,
        pepper: &Key32,
        lifecycle: Lifecycle,
    ) -> Self {
        let beside_database = outbox
            .database()
            .path()
            .and_then(|p| p.parent().map(PathBuf::from));
        let staging_directory = settings
            .staging_directory
            .clone()
            .or(beside_database)
            .unwrap_or_else(std::env::temp_dir);
        let handles = PlaceHandles::new(
            pepper.derive("registry place handle cipher 1").as_bytes(),
            pepper.derive("registry place handle nonce 1").as_bytes(),
        );
        let marks = hmac::Key::new(
            hmac::HMAC_SHA256,
            pepper.derive("registry resident mark 1").as_bytes(),
        );
        let indexes = Indexes::new(outbox.database().clone(), settings.clone());
        Self {
            outbox,
            privacy,
            clock,
            settings,
            handles,
            marks,
            indexes,
            lifecycle,
            bell: FeedBell::default(),
            streams: Shares::of_each(MARKET_STREAMS),
            staging_directory,
        }
    }

    /// The search indexes, to be kept fresh by a task.
    pub fn indexes(&self) -> &Indexes {
        &self.indexes
    }

    /// What the time is here.
    pub(crate) fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    /// Whether the service may serve: not behind its fence, not stopping.
    pub(crate) fn is_ready(&self) -> bool {
        self.lifecycle.readiness.is_ready()
    }

    /// A place where an uploaded file waits for its end.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn stage(&self) -> Result<Staging, RegistryError> {
        Ok(Staging::begin(&self.staging_directory)?)
    }

    /// What rows and forms of a network are held against today.
    pub fn judge(&self, network: &NetworkCode) -> Judge {
        Judge {
            network: network.clone(),
            today: self.clock.now().date_naive(),
        }
    }

    /// The technical services of a network.
    fn services(&self, network: &NetworkCode) -> NetworkServices<'_> {
        self.settings.services(network)
    }
}
