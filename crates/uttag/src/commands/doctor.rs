//! `uttag doctor`: what is wrong with an installation, and what to do about it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use chassis::doctor::{self, Findings, Outcome};
use chassis::process::{Program, examine};
use kernel::{Clock as _, SystemClock};
use sea_orm_migration::MigratorTrait;
use serde::de::DeserializeOwned;
use service_kit::config::{self, KeysConfig, ServiceConfig};
use service_kit::database::DatabaseConfig;

use crate::cli::Doctor;
use crate::embedded::Addresses;
use crate::folder::{Folder, SERVICES};

/// A folder that only its owner may enter; a file that only its owner may read.
const GROUP_AND_WORLD: u32 = 0o077;

/// Looks at everything, changes nothing. Exit code 0 when nothing is wrong.
pub async fn run(arguments: &Doctor) -> anyhow::Result<ExitCode> {
    let findings = match (&arguments.service, &arguments.config) {
        (Some(service), Some(file)) => distributed(service, file).await?,
        _ => embedded(&Folder::existing(&arguments.data.path)?).await,
    };
    Ok(findings.conclude())
}

/// The surroundings of one service, by its own configuration.
async fn distributed(service: &str, file: &Path) -> anyhow::Result<Findings> {
    match service {
        "registry" => of::<registry_migration::Migrator, _>(&registry::program(), file).await,
        "orders" => of::<orders_migration::Migrator, _>(&orders::program(), file).await,
        "crm" => of::<crm_migration::Migrator, _>(&crm::program(), file).await,
        "rights" => of::<rights_migration::Migrator, _>(&rights::program(), file).await,
        "gateway" => of::<gateway_migration::Migrator, _>(&gateway::program(), file).await,
        other => anyhow::bail!("there is no service {other}"),
    }
}

async fn of<M: MigratorTrait, S: DeserializeOwned>(
    program: &Program<S>,
    file: &Path,
) -> anyhow::Result<Findings> {
    let config: ServiceConfig<S> = config::load(program.defaults, Some(file))?;
    Ok(examine::<M, S>(program, &config).await)
}

async fn embedded(folder: &Folder) -> Findings {
    let mut findings = Findings::default();
    for name in ["db", "keys", "ledger", "secrets"] {
        findings.note(name, private(&folder.root().join(name)));
    }
    for service in SERVICES {
        of_folder(&mut findings, folder, service).await;
    }
    findings.note("ledger", present(&folder.ledger()));
    findings.note("running", running(folder).await);
    findings
}

async fn of_folder(findings: &mut Findings, folder: &Folder, service: &'static str) {
    let mut note = |what: &str, outcome| findings.note(&format!("{what} of {service}"), outcome);
    let (own, now) = (folder.identity(service), SystemClock.now());
    note(
        "identity",
        doctor::identity(&own, &folder.anchor(), service, now),
    );
    let keys = KeysConfig {
        database: DatabaseConfig::sqlite(folder.key_store(service)),
        master_key_file: folder.master_key(service),
        pepper_file: folder.pepper(service),
    };
    note("keys", doctor::keys(&keys));
    let found = present(&folder.key_store(service));
    let there = found.is_ok();
    note("key store", found);
    if there {
        note(
            "keys in the store",
            doctor::master_key(service, &keys).await,
        );
    }
    let database = folder.database(service);
    let found = present(&database);
    let there = found.is_ok();
    note("database", found);
    if there {
        let database = DatabaseConfig::sqlite(database);
        note("dead letters", doctor::dead_letters(&database).await);
    }
}

fn private(path: &Path) -> Outcome {
    let mode = std::fs::metadata(path)
        .map_err(|error| format!("{}: {error}", path.display()))?
        .permissions()
        .mode();
    if mode & GROUP_AND_WORLD == 0 {
        return Ok(path.display().to_string());
    }
    Err(format!("others may read {}; chmod go= it", path.display()))
}

fn present(path: &Path) -> Outcome {
    if path.is_file() {
        Ok(path.display().to_string())
    } else {
        Err(format!("{} is missing", path.display()))
    }
}

/// Not running is not wrong.
async fn running(folder: &Folder) -> Outcome {
    let Ok(text) = std::fs::read(folder.addresses()) else {
        return Ok("no, and has not been".to_owned());
    };
    let addresses: Addresses = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    doctor::readiness(addresses.admin).await
}
