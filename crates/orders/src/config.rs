//! The orders service's own part of the configuration.

use std::collections::BTreeMap;

use kernel::NetworkCode;
use serde::Deserialize;
use service_kit::config::ServiceConfig;
use service_kit::outgoing::OutgoingConfig;

use crate::domain::reminder::ReminderRules;
use crate::domain::technical::service::TechnicalRules;

/// The configuration of the orders service.
pub type Config = ServiceConfig<Settings>;

/// `[settings]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The controller of each network as customers know it: `HAM = "Hammarby Stadsnät"`. One that is not here is
    /// what the gateway calls the network.
    pub controllers: BTreeMap<NetworkCode, String>,
    /// How often a followed feed looks for changes that another instance has committed.
    pub feed_poll_ms: u64,
    /// How long a followed feed stays open before the client resumes with its cursor: shorter than the life of the token
    /// that opened it, so that a revoked credential is out within minutes.
    pub feed_open_s: u64,
    /// How each network handles providers' technical orders. In one that is not here they are carried out at once, and every
    /// service is broadband.
    pub technical: BTreeMap<NetworkCode, TechnicalRules>,
    /// For how many days events of technical orders and subscriptions are kept. ON-API asks for one at least.
    pub technical_events_days: u32,
    /// How often answers to order forms and technical events are looked for whose time is over.
    pub purge_answers_ms: u64,
    /// How often technical orders are looked for whose time has come.
    pub technical_due_ms: u64,
    /// When each network's providers are reminded of orders that they have not received, and its staff told.
    pub reminders: BTreeMap<NetworkCode, ReminderRules>,
    /// The same for every other network.
    pub reminders_usual: ReminderRules,
    /// How often such orders are looked for.
    pub reminders_due_ms: u64,
    /// How often webhooks are looked for that are due.
    pub webhook_poll_ms: u64,
    /// How often it is written which provider was shown where.
    pub showings_ms: u64,
    /// How providers' systems are called.
    pub outgoing: OutgoingConfig,
    /// What is asked of providers' systems over ON-API.
    pub provider_systems: ProviderSystemSettings,
}

/// `[settings.provider_systems]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderSystemSettings {
    /// How often it is looked for what is due.
    pub poll_ms: u64,
    /// For how many hours an order is tried that does not arrive; then staff are told.
    pub deadline_hours: u64,
    /// How many minutes after a fetch of products the next one is due.
    pub products_every_minutes: u32,
    /// For how many hours products may fail to come before that is said as an error.
    pub products_silent_hours: u32,
    /// A longer answer with products is refused.
    pub products_bytes_max: usize,
}

impl Default for ProviderSystemSettings {
    fn default() -> Self {
        Self {
            poll_ms: 500,
            deadline_hours: 24,
            products_every_minutes: 60,
            products_silent_hours: 24,
            products_bytes_max: 8 * 1024 * 1024,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            controllers: BTreeMap::new(),
            feed_poll_ms: 1_000,
            feed_open_s: 600,
            technical: BTreeMap::new(),
            technical_due_ms: 10_000,
            technical_events_days: 90,
            purge_answers_ms: 600_000,
            reminders: BTreeMap::new(),
            reminders_usual: ReminderRules::default(),
            reminders_due_ms: 60_000,
            webhook_poll_ms: 500,
            showings_ms: 5_000,
            outgoing: OutgoingConfig::default(),
            provider_systems: ProviderSystemSettings::default(),
        }
    }
}
