//! `api_login` and what it gives.

use gateway::config::Rates;
use gateway::import_credentials;
use kernel::NetworkCode;
use reqwest::StatusCode;
use service_kit::caller::CallerKind;

use super::{POST, System, credential, hash_of};
use crate::browser::Answer;
use crate::harness::{World, rates};

async fn insert(system: &System, hash: &str) -> Answer {
    let mut fields = vec![("hash", hash)];
    fields.extend(POST);
    system.post("insert_post", &fields).await
}

#[tokio::test]
async fn a_hash_is_good_for_twenty_minutes_in_its_network() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let hash = system.hash().await;
    assert!(
        hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit()),
        "{hash}"
    );
    assert_eq!(insert(&system, &hash).await.status, StatusCode::OK);
    let caller = world.fakes.seen().callers["InsertPosts"].clone();
    assert_eq!(
        (caller.kind, caller.id.as_str()),
        (CallerKind::Provisioning, "import-1001")
    );
    assert_eq!(caller.network.unwrap().as_str(), "HAM");

    world.clock.advance(chrono::Duration::minutes(19));
    assert_eq!(
        insert(&system, &hash).await.status,
        StatusCode::OK,
        "use does not lengthen it"
    );
    world.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(
        insert(&system, &hash).await.status,
        StatusCode::UNAUTHORIZED
    );
    let again = system.hash().await;
    assert_ne!(again, hash);
    assert_eq!(insert(&system, &again).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_credential_is_said_in_one_way() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let other = System::of(&world, "HAM").await;
    let mut said = Vec::new();
    for (user, key) in [
        (system.user.as_str(), "guess"),
        (&system.user, &other.key),
        ("999", &system.key),
        ("one", &system.key),
        ("", ""),
        (&system.user, ""),
    ] {
        let got = system
            .get(&[
                ("method", "api_login"),
                ("api_user", user),
                ("api_key", key),
            ])
            .await;
        assert_eq!(got.status, StatusCode::UNAUTHORIZED);
        said.push(got.body);
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    let by_get = [
        ("method", "api_login"),
        ("api_user", system.user.as_str()),
        ("api_key", &system.key),
    ];
    assert_eq!(hash_of(&system.get(&by_get).await).len(), 32);
}

#[tokio::test]
async fn a_revoked_credential_ends_its_sign_ins_at_once() {
    let world = World::ready().await;
    world.network("VIK").await;
    let (directory, ham) = (&world.gateway.directory, NetworkCode::parse("HAM").unwrap());
    let vik = NetworkCode::parse("VIK").unwrap();
    let system = System::of(&world, "HAM").await;
    let beside = System::of(&world, "HAM").await;
    let (hash, kept) = (system.hash().await, beside.hash().await);
    let number = system.user.parse().unwrap();
    assert!(
        import_credentials::revoke(directory, &vik, number)
            .await
            .is_err(),
        "another network's"
    );
    import_credentials::revoke(directory, &ham, number)
        .await
        .unwrap();
    assert!(
        import_credentials::revoke(directory, &ham, number)
            .await
            .is_err()
    );
    assert_eq!(
        insert(&system, &hash).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(system.login().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(insert(&beside, &kept).await.status, StatusCode::OK);
    let listed = import_credentials::list(directory, &ham).await.unwrap();
    let valid: Vec<_> = listed
        .iter()
        .map(|row| (row.api_user, row.revoked_at.is_none()))
        .collect();
    assert_eq!(valid, [(1_001, false), (1_002, true)]);
    assert!(listed[0].used_at.is_some());
    assert!(
        import_credentials::list(directory, &vik)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        credential(&world, "VIK").await.api_user,
        1_003,
        "a number is never given twice"
    );
}

#[tokio::test]
async fn guessing_is_limited_and_so_is_calling() {
    let limited = |got: &Answer| {
        assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(got.headers["retry-after"], "10");
        assert!(
            got.body.contains("<message>Too many requests</message>"),
            "{}",
            got.body
        );
    };
    let few = Rates {
        sign_in_per_minute: 6,
        ..rates()
    };
    let world = World::with(few, "http://127.0.0.1").await;
    world.network("HAM").await;
    let mut system = System::of(&world, "HAM").await;
    for _ in 0..5 {
        assert_eq!(
            system.login().await.status,
            StatusCode::OK,
            "what is right costs nothing"
        );
    }
    let right = std::mem::replace(&mut system.key, "guess".to_owned());
    for _ in 0..2 {
        assert_eq!(system.login().await.status, StatusCode::UNAUTHORIZED);
    }
    limited(&system.login().await);
    system.key = right;
    limited(&system.login().await);
    world.clock.advance(chrono::Duration::seconds(30));
    assert_eq!(system.login().await.status, StatusCode::OK);

    let few = Rates {
        legacy_per_minute: 6,
        ..rates()
    };
    let world = World::with(few, "http://127.0.0.1").await;
    world.network("HAM").await;
    let system = System::of(&world, "HAM").await;
    for _ in 0..2 {
        assert_eq!(system.login().await.status, StatusCode::OK);
    }
    limited(&system.login().await);
}
