//! Every endpoint in every version, to the last member.

use api::registry::AccessState;
use reqwest::StatusCode;
use serde_json::Value;

use super::{header, with};
use crate::fakes::market::{access, put, sparse};

const VERSIONS: [&str; 3] = ["2.4", "2.5", "2.6"];

fn of_every_kind() -> Vec<api::registry::AccessChange> {
    let mut appeared = put(sparse("HUS.2", AccessState::Planned), -5_000);
    appeared.appeared = true;
    vec![
        put(access("LGH-1", AccessState::Connected), -9_000),
        appeared,
        put(sparse("IN-3", AccessState::Inmigration), -4_000),
        put(sparse("UT-4", AccessState::Outmigration), -3_000),
    ]
}

#[tokio::test]
async fn every_endpoint_in_every_version() {
    let (_world, provider) = with(of_every_kind()).await;
    for version in VERSIONS {
        for (name, path) in [
            ("endpoints", ""),
            ("accesses", "accesses/"),
            ("access", "accesses/LGH-1"),
            ("services", "services/"),
            ("services_of", "services/LGH-1"),
            ("events", "events/"),
        ] {
            let got = provider.get(&format!("/{version}/{path}")).await;
            if version != "2.6" && name.starts_with("services") {
                assert_eq!(got.status, StatusCode::NOT_IMPLEMENTED, "{version} {name}");
                continue;
            }
            assert_eq!(got.status, StatusCode::OK, "{version} {name}: {}", got.body);
            assert_eq!(header(&got, "content-type"), "application/json");
            let json: Value = serde_json::from_str(&got.body).unwrap();
            assert!(!got.body.contains("null"), "{}", got.body);
            insta::assert_json_snapshot!(format!("{name}_{version}"), json);
        }
    }
}

#[tokio::test]
async fn both_forms_of_a_path_are_the_same_and_a_quoted_slash_is_none() {
    let (_world, provider) = with(of_every_kind()).await;
    for path in [
        "/2.6",
        "/2.6/accesses",
        "/2.6/accesses/LGH-1",
        "/2.6/services",
        "/2.6/services/LGH-1",
        "/2.6/events",
    ] {
        let (bare, slash) = (
            provider.get(path).await,
            provider.get(&format!("{path}/")).await,
        );
        assert_eq!(bare.status, StatusCode::OK, "{path}");
        assert_eq!((bare.status, bare.body), (slash.status, slash.body));
    }
    for (path, status) in [
        ("/2.6/accesses%2F", StatusCode::NOT_IMPLEMENTED),
        ("/2.6/accesses/LGH%2F1", StatusCode::NOT_FOUND),
        ("/2.6/accesses/%4CGH-1", StatusCode::OK),
        ("/2.6//accesses/", StatusCode::NOT_IMPLEMENTED),
    ] {
        assert_eq!(provider.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_left_out() {
    let mut nameless = sparse("A-2", AccessState::Connected);
    nameless.street_name.clear();
    let mut odd = sparse("A-3", AccessState::Connected);
    odd.street_number = "10G".into();
    odd.legacy_access_id = "not an id".into();
    odd.onapi_premises_type.clear();
    let (_world, provider) = with(vec![put(nameless, 1), put(odd, 2)]).await;
    let list: Value = serde_json::from_str(&provider.get("/2.6/accesses/").await.body).unwrap();
    assert_eq!(
        list,
        serde_json::json!([{
            "accessId": "A-3", "streetName": "Hamra", "postalCode": "72134", "city": "Västerås", "countryCode": "SE",
            "premisesType": "UNKNOWN", "priceGroup": 0, "accessState": "CONNECTED"
        }])
    );
    let missing = provider.get("/2.6/accesses/A-2").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
