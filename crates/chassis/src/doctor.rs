//! `SERVICE doctor`: what is wrong with a service's surroundings, in clear words, before a start fails or a certificate
//! ends. It looks as the service would, from where the service stands, and changes nothing.

mod neighbours;
mod stores;
mod trust;

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use kernel::Clock;
use sea_orm_migration::MigratorTrait;
use service_kit::config::ServiceConfig;
use service_kit::database::DatabaseConfig;

pub use neighbours::readiness;
pub use stores::{dead_letters, key_store, master_key, migrated, reached};
pub use trust::{identity, keys};

/// What is looked at: as it should be, with a word of what was found, or not, with what to do.
pub type Outcome = Result<String, String>;

/// What was looked at, and how it was. Each finding is a line on the terminal as soon as it is made.
#[derive(Debug, Default)]
pub struct Findings {
    wrong: usize,
}

impl Findings {
    /// Notes one.
    pub fn note(&mut self, what: &str, outcome: Outcome) {
        match outcome {
            Ok(text) => crate::say!("ok     {what}: {text}"),
            Err(text) => {
                self.wrong += 1;
                crate::say!("WRONG  {what}: {text}");
            }
        }
    }

    /// Says how many are wrong. Exit code 0 when none is.
    pub fn conclude(&self) -> ExitCode {
        crate::say!("{} wrong", self.wrong);
        if self.wrong == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// A service as the doctor knows it.
pub(crate) struct Patient<'a, S> {
    pub(crate) service: &'static str,
    pub(crate) config: &'a ServiceConfig<S>,
    /// Databases of its own settings, by name.
    pub(crate) stores: Vec<(&'static str, DatabaseConfig)>,
}

/// Looks at everything that the configuration of a service names.
pub(crate) async fn examine<M: MigratorTrait, S>(
    patient: &Patient<'_, S>,
    clock: &dyn Clock,
) -> Findings {
    let Patient {
        service,
        config,
        stores,
    } = patient;
    let (mut findings, now) = (Findings::default(), clock.now());
    let rules = config.check().map_err(|error| error.to_string());
    findings.note(
        "configuration",
        rules.map(|()| "can be run with".to_owned()),
    );
    let files = &config.identity;
    findings.note(
        "identity",
        identity(&files.directory, &files.anchor_file, service, now),
    );
    findings.note("keys", keys(&config.keys));
    for (what, outcome) in trust::certificates(config, now) {
        findings.note(&what, outcome);
    }
    databases::<M, S>(&mut findings, patient, clock).await;
    for (name, store) in stores {
        findings.note(name, reached(store, clock).await);
    }
    findings.note(
        "broker",
        neighbours::broker(service, &config.messaging).await,
    );
    for (name, endpoint) in neighbours::of(service, config) {
        findings.note(&name, neighbours::peer(endpoint).await);
    }
    if let Some(mail) = &config.mail {
        findings.note("mail server", neighbours::mail_server(mail).await);
    }
    if let Some(endpoint) = &config.telemetry.otlp_endpoint {
        findings.note("traces", neighbours::collector(endpoint).await);
    }
    findings.note("running", readiness(config.admin).await);
    findings
}

/// What lies in a database is looked at when it is within reach.
async fn databases<M: MigratorTrait, S>(
    findings: &mut Findings,
    patient: &Patient<'_, S>,
    clock: &dyn Clock,
) {
    let config = patient.config;
    let found = reached(&config.database, clock).await;
    let within_reach = found.is_ok();
    findings.note("database", found);
    if within_reach {
        let found = migrated::<M>(&config.database).await;
        let up_to_date = found.is_ok();
        findings.note("migrations", found);
        if up_to_date {
            findings.note("dead letters", dead_letters(&config.database).await);
        }
    }
    let found = reached(&config.keys.database, clock).await;
    let within_reach = within_reach && found.is_ok();
    findings.note("key store", found);
    if within_reach {
        let outcome = key_store::<M>(patient.service, &config.database, &config.keys).await;
        findings.note("keys in the store", outcome);
    }
}

/// The whole chain of an error.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    service_kit::error::chain(error)
}

/// How long something is valid, or that it ends soon.
fn lasts(not_after: DateTime<Utc>, now: DateTime<Utc>) -> Outcome {
    let days = (not_after - now).num_days();
    let date = not_after.date_naive();
    if not_after <= now {
        Err(format!("ended on {date}; replace it"))
    } else if days < trust::SOON_DAYS {
        Err(format!("ends on {date}, in {days} days; replace it"))
    } else {
        Ok(format!("valid until {date}"))
    }
}
