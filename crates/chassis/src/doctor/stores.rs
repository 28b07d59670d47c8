//! Databases and key stores.

use chrono::TimeDelta;
use kernel::Clock;
use messaging::dead_letters::{self as letters, Filter, State};
use privacy::{PrivacyError, Vault};
use sea_orm_migration::MigratorTrait;
use secrecy::ExposeSecret as _;
use service_kit::config::KeysConfig;
use service_kit::database::{Database, DatabaseConfig, DatabaseError, Probe, probe};
use service_kit::secret::Key32;

use super::{Outcome, told};

/// The oldest PostgreSQL that we run on.
const POSTGRES_LEAST: i32 = 15;
/// Half of what a token of another machine may be from the future: two clocks may go wrong in two directions.
const SKEW_MAX: TimeDelta = TimeDelta::seconds(15);

/// Whether a database answers, is new enough, and has the same time as we do.
pub async fn reached(config: &DatabaseConfig, clock: &dyn Clock) -> Outcome {
    let file = file_of(config);
    if let Some(path) = file {
        return match std::fs::metadata(path) {
            Ok(_) => Ok(path.to_owned()),
            Err(error) => Err(format!("{path}: {error}")),
        };
    }
    let before = clock.now();
    let seen = probe(config).await.map_err(|error| told(&error))?;
    let after = clock.now();
    let Some(seen) = seen else {
        return Ok("no server".to_owned());
    };
    judge(&seen, before + (after - before) / 2 - seen.now)
}

fn judge(seen: &Probe, skew: TimeDelta) -> Outcome {
    if seen.version < POSTGRES_LEAST {
        return Err(format!(
            "is PostgreSQL {}; {POSTGRES_LEAST} is the oldest that will do",
            seen.version
        ));
    }
    if skew.abs() > SKEW_MAX {
        let (seconds, way) = (
            skew.abs().num_seconds(),
            if skew > TimeDelta::zero() {
                "ahead of"
            } else {
                "behind"
            },
        );
        return Err(format!(
            "the clock here is {seconds} s {way} that of the database server; tokens of other machines will be refused: set both by NTP"
        ));
    }
    let wire = if seen.encrypted {
        "encrypted"
    } else {
        "not encrypted"
    };
    Ok(format!("PostgreSQL {} answers, {wire}", seen.version))
}

/// Whether the tables are those of this version.
pub async fn migrated<M: MigratorTrait>(config: &DatabaseConfig) -> Outcome {
    let pending = pending::<M>(config).await.map_err(|error| told(&error))?;
    match pending.len() {
        0 => Ok("up to date".to_owned()),
        behind => Err(format!(
            "{behind} behind, the first is {}; the service migrates at its start",
            pending[0]
        )),
    }
}

/// Whether the key store belongs to a database that is in use, and the master key to the key store.
pub async fn key_store<M: MigratorTrait>(
    service: &'static str,
    database: &DatabaseConfig,
    keys: &KeysConfig,
) -> Outcome {
    let failed = |error: DatabaseError| told(&error);
    let in_use = pending::<M>(database).await.map_err(failed)?.len() < M::migrations().len();
    let store = Database::connect(&keys.database).await.map_err(failed)?;
    let lacking = Vault::pending(&store).await;
    match lacking.map_err(|error| told(&error))?.len() {
        0 => opened(service, &store, keys).await,
        _ if in_use => Err(
            "the database is in use and its key store is empty: nothing in it can be opened; put the newest copy of the key store back"
                .to_owned(),
        ),
        _ => Err("not made yet; the service makes it at its start".to_owned()),
    }
}

/// Whether the master key opens what lies in the key store.
pub async fn master_key(service: &'static str, keys: &KeysConfig) -> Outcome {
    let store = Database::connect(&keys.database).await;
    opened(service, &store.map_err(|error| told(&error))?, keys).await
}

async fn opened(service: &'static str, store: &Database, keys: &KeysConfig) -> Outcome {
    let file = keys.master_key_file.display();
    let master =
        Key32::load(&keys.master_key_file).map_err(|error| format!("{file}: {}", told(&error)))?;
    match Vault::try_master(store, master, service).await {
        Ok(()) => Ok("the master key opens it".to_owned()),
        Err(PrivacyError::Unwrap { .. }) => Err(format!(
            "{file} does not open the keys in it: nothing personal can be read; put the master key of this key store back"
        )),
        Err(error) => Err(told(&error)),
    }
}

/// Whether messages were given up.
pub async fn dead_letters(config: &DatabaseConfig) -> Outcome {
    let database = Database::connect(config)
        .await
        .map_err(|error| told(&error))?;
    let open = Filter {
        state: Some(State::Open),
        ..Filter::default()
    };
    let page = letters::list(&database, &open, None, 1).await;
    if page.map_err(|error| told(&error))?.items.is_empty() {
        Ok("none".to_owned())
    } else {
        Err("there are some; `uttag dead-letters list` shows them".to_owned())
    }
}

async fn pending<M: MigratorTrait>(config: &DatabaseConfig) -> Result<Vec<String>, DatabaseError> {
    let database = Database::connect(config).await?;
    Ok(database.pending::<M>().await?)
}

/// The file of a SQLite database: connecting would make it.
fn file_of(config: &DatabaseConfig) -> Option<&str> {
    config.url.expose_secret().strip_prefix("sqlite:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn seen(version: i32) -> Probe {
        Probe {
            version,
            now: DateTime::UNIX_EPOCH,
            encrypted: true,
        }
    }

    #[test]
    fn a_clock_that_goes_wrong_is_noticed_in_both_directions() {
        assert!(judge(&seen(15), TimeDelta::seconds(14)).is_ok());
        let ahead = judge(&seen(15), TimeDelta::seconds(16)).unwrap_err();
        assert!(ahead.contains("16 s ahead of"), "{ahead}");
        let behind = judge(&seen(15), TimeDelta::seconds(-90)).unwrap_err();
        assert!(behind.contains("90 s behind"), "{behind}");
    }

    #[test]
    fn an_old_server_is_refused() {
        assert!(judge(&seen(14), TimeDelta::zero()).is_err());
    }
}
