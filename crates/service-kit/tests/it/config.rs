//! Configuration: what goes over what, and what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use secrecy::ExposeSecret as _;
use serde::Deserialize;
use service_kit::config::{ConfigError, ServiceConfig, TransportKind, load_with};

const DEFAULTS: &str = r#"
    grpc = { address = "127.0.0.1:7001" }
    rights = { url = "http://127.0.0.1:7004" }
    [database]
    url = "sqlite:/var/lib/uttag/db/orders.sqlite"
    [keys]
    database = { url = "sqlite:/var/lib/uttag/keys/orders.sqlite" }
    master_key_file = "/var/lib/uttag/secrets/orders/master.key"
    pepper_file = "/var/lib/uttag/secrets/orders/pepper.key"
    [identity]
    directory = "/var/lib/uttag/secrets/orders"
    anchor_file = "/var/lib/uttag/secrets/anchor.pub"
    [messaging]
    transport = "local"
    [settings]
    offers_max = 50
"#;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    offers_max: u32,
}

type Config = ServiceConfig<Settings>;

fn load(file: Option<&Path>, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    load_with(
        DEFAULTS,
        file,
        environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
    )
}

fn refused(environment: &[(&str, &str)]) -> String {
    load(None, environment)
        .and_then(|config| config.check())
        .unwrap_err()
        .to_string()
}

#[test]
fn the_defaults_are_enough() {
    let config = load(None, &[]).unwrap();
    config.check().unwrap();
    assert_eq!(config.database.max_connections, 16);
    assert_eq!(config.messaging.transport, TransportKind::Local);
    assert_eq!(config.telemetry.filter, "info");
}

#[test]
fn the_environment_goes_over_the_file_over_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.toml");
    fs::write(
        &file,
        "[settings]\noffers_max = 60\n[database]\nmax_connections = 4\n",
    )
    .unwrap();
    let config = load(
        Some(&file),
        &[("UTTAG__SETTINGS__OFFERS_MAX", "70"), ("HOME", "/root")],
    )
    .unwrap();
    assert_eq!(config.settings.offers_max, 70);
    assert_eq!(config.database.max_connections, 4);
    assert!(
        config
            .database
            .url
            .expose_secret()
            .ends_with("orders.sqlite")
    );
}

#[test]
fn sections_and_tables_come_from_the_environment_too() {
    let config = load(
        None,
        &[
            ("UTTAG__PEERS__REGISTRY__URL", "http://127.0.0.1:7002"),
            ("UTTAG__ADMIN", "127.0.0.1:9001"),
            ("UTTAG__INSECURE", "true"),
            ("UTTAG__GRPC__TLS__CERT", "/tls/orders.pem"),
            ("UTTAG__GRPC__TLS__KEY", "/tls/orders.key"),
        ],
    )
    .unwrap();
    assert_eq!(config.peers["registry"].url, "http://127.0.0.1:7002");
    assert_eq!(config.admin.unwrap().port(), 9001);
    assert!(config.insecure && config.grpc.tls.is_some());
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    for (key, name) in [
        ("UTTAG__DATABSE__URL", "databse"),
        ("UTTAG__DATABASE__URI", "uri"),
        ("UTTAG__SETTINGS__OFFERS", "offers"),
        ("UTTAG__GRPC__TLS__CA", "ca"),
        ("UTTAG__MESSAGING__HOST", "host"),
    ] {
        let text = refused(&[(key, "x")]);
        assert!(
            text.contains(&format!("unknown field `{name}`")),
            "{key}: {text}"
        );
    }
}

#[test]
fn a_wrong_value_is_refused_by_key() {
    let text = refused(&[("UTTAG__SETTINGS__OFFERS_MAX", "many")]);
    assert!(text.contains("settings.offers_max"), "{text}");
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    assert!(matches!(
        load(Some(Path::new("/nowhere/orders.toml")), &[]),
        Err(ConfigError::Missing(_))
    ));
}

#[test]
fn a_secret_may_lie_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    fs::write(&file, "postgres://uttag:secret@127.0.0.1/orders\n").unwrap();
    let path = file.to_str().unwrap();
    let text = refused(&[("UTTAG__DATABASE__URL_FILE", path)]);
    assert!(
        text.contains("readable or writable by others") && !text.contains("secret@"),
        "{text}"
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let config = load(None, &[("UTTAG__DATABASE__URL_FILE", path)]).unwrap();
    assert_eq!(
        config.database.url.expose_secret(),
        "postgres://uttag:secret@127.0.0.1/orders"
    );
    assert!(
        !format!("{config:?}").contains("secret@"),
        "secrets do not print"
    );
}

#[test]
fn other_machines_are_reached_by_tls_or_not_at_all() {
    for (key, value, name) in [
        ("UTTAG__GRPC__ADDRESS", "0.0.0.0:7001", "grpc.tls"),
        ("UTTAG__RIGHTS__URL", "http://rights:7004", "rights.url"),
        (
            "UTTAG__RIGHTS__URL",
            "http://127.0.0.1@rights:7004",
            "rights.url",
        ),
        (
            "UTTAG__PEERS__REGISTRY__URL",
            "http://10.0.0.2:7002",
            "peers.registry.url",
        ),
        (
            "UTTAG__DATABASE__URL",
            "postgres://u:p@db/orders?sslmode=disable",
            "database.url",
        ),
        (
            "UTTAG__KEYS__DATABASE__URL",
            "postgres://u:p@db/keys?sslmode=disable",
            "keys.database.url",
        ),
    ] {
        let text = refused(&[(key, value)]);
        assert!(text.starts_with(name), "{text}");
        load(None, &[(key, value), ("UTTAG__INSECURE", "true")])
            .unwrap()
            .check()
            .unwrap();
    }
    let amqp = ("UTTAG__MESSAGING__TRANSPORT", "amqp");
    assert!(refused(&[amqp]).contains("url or url_file"));
    assert!(
        refused(&[amqp, ("UTTAG__MESSAGING__URL", "amqp://u:p@broker/%2f")])
            .starts_with("messaging.url")
    );
    for fine in [
        "amqps://u:p@broker/%2f",
        "amqp://u:p@127.0.0.1:5672/%2f",
        "amqp://u:p@[::1]:5672/%2f",
    ] {
        load(None, &[amqp, ("UTTAG__MESSAGING__URL", fine)])
            .unwrap()
            .check()
            .unwrap();
    }
    let mail = |url| {
        [
            ("UTTAG__MAIL__SMTP_URL", url),
            ("UTTAG__MAIL__FROM", "a@example.se"),
            ("UTTAG__MAIL__PUBLIC_URL", "https://x"),
        ]
    };
    assert!(refused(&mail("smtp://mail.example.se:587")).starts_with("mail.smtp_url"));
    for fine in [
        "smtps://u:p@mail.example.se",
        "smtp://mail.example.se:587?tls=required",
        "smtp://127.0.0.1:1025",
    ] {
        load(None, &mail(fine)).unwrap().check().unwrap();
    }
}
