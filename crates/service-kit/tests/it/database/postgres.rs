//! What is particular to PostgreSQL: TLS.

use service_kit::database::{Database, DatabaseConfig, is_protected};
use service_kit::dev_certs;
use testkit::TlsFiles;
use testkit::postgres::{Options, Postgres};

use super::{connect, scalar};

#[test]
fn beyond_this_machine_an_address_must_not_forbid_tls() {
    assert!(is_protected("postgres://u:p@127.0.0.1/x?sslmode=disable"));
    assert!(
        is_protected("postgres://u:p@db/x"),
        "connecting enforces it"
    );
    assert!(is_protected("postgres://u:p@db/x?sslmode=verify-full"));
    assert!(!is_protected("postgres://u:p@db/x?sslmode=disable"));
    assert!(is_protected("sqlite:/tmp/x.sqlite"));
}

#[tokio::test]
async fn speaks_tls_and_knows_whom_to_believe() {
    let folder = tempfile::tempdir().unwrap();
    dev_certs::create(folder.path(), &["postgres"]).unwrap();
    let file = |name: &str| folder.path().join(name);
    let tls = TlsFiles {
        certificate: file("postgres.pem"),
        key: file("postgres.key"),
        authority: file("ca.pem"),
    };
    let server = Postgres::start_with(Options {
        fsync: false,
        tls: Some(tls),
        ..Options::default()
    })
    .await
    .unwrap();
    let url = server.database("tls").await.unwrap();

    let full = format!(
        "{url}?sslmode=verify-full&sslrootcert={}",
        file("ca.pem").display()
    );
    let database = connect(&full).await;
    let encrypted = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(scalar(&database, encrypted).await, "true");

    let foreign = tempfile::tempdir().unwrap();
    dev_certs::create(foreign.path(), &["postgres"]).unwrap();
    let wrong = format!(
        "{url}?sslmode=verify-full&sslrootcert={}",
        foreign.path().join("ca.pem").display()
    );
    assert!(
        Database::connect(&DatabaseConfig::new(wrong))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_password_is_in_no_error() {
    let url = "postgres://uttag:hush-hush@127.0.0.1:1/orders";
    let refused = Database::connect(&DatabaseConfig::new(url))
        .await
        .unwrap_err();
    assert!(!format!("{refused:?} {}", service_kit::error::chain(&refused)).contains("hush-hush"));
}
