//! The gateway's own data in a folder, for commands that work without a running gateway.

use gateway::Directory;
use kernel::SharedClock;
use service_kit::config::KeysConfig;
use service_kit::database::DatabaseConfig;

use crate::folder::Folder;

const SERVICE: &str = "gateway";

/// Opens the gateway's database in the folder; it may be in use.
pub async fn open(folder: &Folder, clock: SharedClock) -> anyhow::Result<Directory> {
    let database = DatabaseConfig::sqlite(folder.database(SERVICE));
    let keys = KeysConfig {
        database: DatabaseConfig::sqlite(folder.key_store(SERVICE)),
        master_key_file: folder.master_key(SERVICE),
        pepper_file: folder.pepper(SERVICE),
    };
    Directory::connect(&database, &keys, clock).await
}
