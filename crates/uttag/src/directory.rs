//! The gateway's own data, for commands that work without a running gateway.

use anyhow::Context as _;
use gateway::Directory;
use kernel::SharedClock;
use privacy::{Privacy, Tokens, Vault};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::secret::Key32;

use crate::folder::Folder;

const SERVICE: &str = "gateway";

/// Opens the gateway's database in the folder; it may be in use.
pub async fn open(folder: &Folder, clock: SharedClock) -> anyhow::Result<Directory> {
    let database = Database::connect(&DatabaseConfig::sqlite(folder.database(SERVICE))).await?;
    database.migrate::<gateway_migration::Migrator>().await?;
    let store = Database::connect(&DatabaseConfig::sqlite(folder.key_store(SERVICE))).await?;
    let master = Key32::load(folder.master_key(SERVICE))?;
    let vault = Vault::open(store, master, SERVICE, clock.clone())
        .await
        .context("the key store cannot be opened")?;
    let tokens = Tokens::new(Key32::load(folder.pepper(SERVICE))?, SERVICE);
    let privacy = Privacy::new(
        &gateway::personal_data::DATA_MAP,
        database.clone(),
        vault,
        tokens,
        clock.clone(),
    );
    Ok(Directory::new(
        database,
        privacy,
        &Key32::load(folder.pepper(SERVICE))?,
        clock,
    ))
}
