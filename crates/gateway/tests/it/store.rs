//! The gateway's own data, on SQLite and on PostgreSQL alike.

use std::sync::Arc;

use chrono::DateTime;
use gateway::app::error::AppError;
use gateway::credentials;
use gateway::directory::Directory;
use gateway::i18n::Lang;
use gateway::networks::{self, Network};
use gateway::users::{self, FirstSignIn, NewUser, Role};
use kernel::{FixedClock, NetworkCode, ProviderId, SharedClock};
use privacy::check_schema;
use secrecy::ExposeSecret as _;
use service_kit::database::{Database, DatabaseConfig};
use testkit::store::for_each_store;

use crate::harness::{PASSWORD, directory};

async fn open(url: &str) -> (Directory, tempfile::TempDir) {
    let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_010, 0).unwrap());
    open_at(url, &clock).await
}

async fn open_at(url: &str, clock: &FixedClock) -> (Directory, tempfile::TempDir) {
    service_kit::install_crypto();
    let files = tempfile::tempdir().unwrap();
    let clock: SharedClock = Arc::new(clock.clone());
    let directory = directory(&DatabaseConfig::new(url), files.path(), &clock).await;
    (directory, files)
}

fn network(code: &str) -> NetworkCode {
    NetworkCode::parse(code).unwrap()
}

fn user(network: &str, email: &str) -> NewUser {
    let network = NetworkCode::parse(network).unwrap();
    NewUser {
        network,
        name: "Astrid Provsson".into(),
        email: email.into(),
        roles: vec![Role::Admin],
    }
}

#[tokio::test]
async fn every_column_is_declared() {
    for_each_store(|url| async move {
        let (_directory, _files) = open(&url).await;
        let database = Database::connect(&DatabaseConfig::new(url.as_str()))
            .await
            .unwrap();
        let undeclared = check_schema(&database, &gateway::personal_data::DATA_MAP).await;
        assert!(undeclared.is_ok(), "{undeclared:?}");
    })
    .await;
}

#[tokio::test]
async fn users_belong_to_one_network_and_are_sealed() {
    for_each_store(|url| async move {
        let (directory, _files) = open(&url).await;
        let first = FirstSignIn::Password(PASSWORD.into());
        let made = users::create(&directory, &user("HAM", "astrid@example.se"), first, None)
            .await
            .unwrap();
        let taken = users::create(
            &directory,
            &user("VIK", "Astrid@Example.se"),
            FirstSignIn::Invitation,
            None,
        )
        .await;
        assert!(matches!(taken, Err(AppError::Conflict("EMAIL_TAKEN"))));
        let listed = users::list(&directory, &network("HAM"), None)
            .await
            .unwrap();
        assert_eq!(
            (
                listed.len(),
                listed[0].email.as_str(),
                listed[0].state.as_str()
            ),
            (1, "astrid@example.se", "active")
        );
        assert!(
            users::list(&directory, &network("VIK"), None)
                .await
                .unwrap()
                .is_empty()
        );
        let foreign = users::disable(&directory, &network("VIK"), made.id, None).await;
        assert!(matches!(foreign, Err(AppError::NotFound)));
        let reset = users::reset(&directory, &network("HAM"), made.id, None)
            .await
            .unwrap();
        assert!(reset.invitation.is_some() && reset.totp_secret.is_none());
        users::disable(&directory, &network("HAM"), made.id, None)
            .await
            .unwrap();
        assert_eq!(
            users::list(&directory, &network("HAM"), None)
                .await
                .unwrap()[0]
                .state,
            "disabled"
        );
    })
    .await;
}

#[tokio::test]
async fn all_that_is_wrong_with_a_user_is_said_at_once() {
    let file = tempfile::tempdir().unwrap();
    let (directory, _files) = open(&format!(
        "sqlite:{}",
        file.path().join("g.sqlite").display()
    ))
    .await;
    let wrong = NewUser {
        network: network("HAM"),
        name: String::new(),
        email: "x".into(),
        roles: Vec::new(),
    };
    let refused = users::create(&directory, &wrong, FirstSignIn::Invitation, None).await;
    let Err(AppError::Invalid(violations)) = refused else {
        panic!("{refused:?}")
    };
    let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(fields, ["name", "email", "roles"]);
}

#[tokio::test]
async fn two_credentials_are_valid_at_a_time() {
    for_each_store(|url| async move {
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_010, 0).unwrap());
        let (directory, _files) = open_at(&url, &clock).await;
        let pass = || clock.advance(chrono::Duration::seconds(1));
        let (ham, nord) = (network("HAM"), ProviderId::parse("nordbredband").unwrap());
        assert!(matches!(
            credentials::rotate(&directory, &ham, &nord).await,
            Err(AppError::NotFound)
        ));
        let first = credentials::create(&directory, &ham, &nord).await.unwrap();
        assert_eq!(first.secret.expose_secret().len(), 43, "256 bits");
        pass();
        let second = credentials::rotate(&directory, &ham, &nord).await.unwrap();
        let full = credentials::create(&directory, &ham, &nord).await;
        assert!(matches!(full, Err(AppError::Conflict("CREDENTIALS_FULL"))));
        pass();
        let third = credentials::rotate(&directory, &ham, &nord).await.unwrap();
        let listed = credentials::list(&directory, &ham).await.unwrap();
        let valid: Vec<_> = listed
            .iter()
            .filter(|c| c.revoked_at.is_none())
            .map(|c| c.client_id.clone())
            .collect();
        assert_eq!(
            valid,
            [second.client_id, third.client_id.clone()],
            "the one in use stays, the oldest goes"
        );
        let foreign = credentials::revoke(&directory, &network("VIK"), &third.client_id).await;
        assert!(matches!(foreign, Err(AppError::NotFound)));
        credentials::revoke(&directory, &ham, &third.client_id)
            .await
            .unwrap();
        assert!(matches!(
            credentials::revoke(&directory, &ham, &third.client_id).await,
            Err(AppError::NotFound)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_network_is_entered_and_changed() {
    for_each_store(|url| async move {
        let (directory, _files) = open(&url).await;
        let mut ham = Network {
            code: network("HAM"),
            name: "Hamnäs".into(),
            language: Lang::Sv,
            slug: String::new(),
            host: String::new(),
            entered_at: None,
        };
        networks::put(&directory, &ham).await.unwrap();
        ham.name = "Hamnäs stadsnät".into();
        ham.host = "fiber.example.se".into();
        networks::put(&directory, &ham).await.unwrap();
        let listed = networks::list(&directory).await.unwrap();
        assert_eq!(
            (
                listed.len(),
                listed[0].name.as_str(),
                listed[0].slug.as_str()
            ),
            (1, "Hamnäs stadsnät", "ham")
        );
        let vik = Network {
            code: network("VIK"),
            slug: "ham".into(),
            ..ham.clone()
        };
        assert!(matches!(
            networks::put(&directory, &vik).await,
            Err(AppError::Conflict("SLUG_TAKEN"))
        ));
        let odd = Network {
            host: "a b".into(),
            ..ham
        };
        assert!(matches!(
            networks::put(&directory, &odd).await,
            Err(AppError::Invalid(_))
        ));
    })
    .await;
}
