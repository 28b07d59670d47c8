//! Every answer as it leaves, as XML and as JSON.

use reqwest::StatusCode;
use service_kit::error::ErrorKind;

use super::{POST, System};
use crate::browser::Answer;
use crate::harness::World;

/// Status, kind and body of the same call in both forms.
pub async fn both(system: &System, name: &str, method: &str, fields: &[(&str, &str)]) {
    let said = |got: Answer| {
        let kind = got.headers["content-type"].to_str().unwrap().to_owned();
        format!("{} {kind}\n{}", got.status.as_u16(), got.body)
    };
    let xml = said(system.post(method, fields).await);
    let mut as_json = fields.to_vec();
    as_json.push(("output_format", "json"));
    let json = said(system.post(method, &as_json).await);
    let text = hidden(&format!("{xml}\n{json}"));
    insta::assert_snapshot!(name.to_owned(), text);
}

/// Random digits, which differ each time.
fn hidden(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text
        .split_inclusive(|c: char| !c.is_ascii_hexdigit())
        .enumerate()
    {
        let digits = part.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
        if index > 0 && digits.len() == 32 {
            out.push_str("HASH");
            out.push_str(&part[32..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

#[tokio::test]
async fn what_was_done() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let credential = [("api_user", system.user.as_str()), ("api_key", &system.key)];
    both(&system, "api_login", "api_login", &credential).await;
    let hash = system.hash().await;
    let mut one = vec![("hash", hash.as_str())];
    one.extend(POST);
    both(&system, "insert_post", "insert_post", &one).await;
    let two = [
        ("hash", hash.as_str()),
        ("posts[a][streetName]", "Kungsgatan"),
        ("posts[b][streetName]", "Götgatan"),
    ];
    both(&system, "insert_posts", "insert_posts", &two).await;
    both(
        &system,
        "empty_database",
        "empty_database",
        &[("hash", &hash)],
    )
    .await;
}

#[tokio::test]
async fn what_was_refused() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    both(
        &system,
        "wrong_credential",
        "api_login",
        &[("api_user", "1001"), ("api_key", "guess")],
    )
    .await;
    both(&system, "missing_hash", "insert_post", &POST).await;
    both(&system, "wrong_hash", "empty_database", &[("hash", "0123")]).await;
    both(&system, "unknown_method", "delete_post", &[]).await;
    both(&system, "missing_method", "", &[]).await;
    let hash = system.hash().await;
    let damaged = [
        ("hash", hash.as_str()),
        ("data[postalCode]", "<&>"),
        ("data[bad]", "1"),
    ];
    both(&system, "insert_post_refused", "insert_post", &damaged).await;
    let some = [
        ("hash", hash.as_str()),
        ("posts[line1][streetName]", "Kungsgatan"),
        ("posts[line2][postalCode]", "<&>"),
        ("posts[line3][streetName]", ""),
    ];
    both(&system, "insert_posts_refused", "insert_posts", &some).await;
    both(&system, "no_data", "insert_post", &[("hash", &hash)]).await;
    both(&system, "no_posts", "insert_posts", &[("hash", &hash)]).await;
    both(
        &system,
        "bad_key",
        "insert_posts",
        &[("hash", &hash), ("posts[0][coId]", "HAM")],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_done_now() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let hash = system.hash().await;
    let mut fields = vec![("hash", hash.as_str())];
    fields.extend(POST);
    for (name, kind, reason) in [
        ("closing", ErrorKind::Precondition, "SESSION_CLOSING"),
        ("full", ErrorKind::Exhausted, "SESSION_FULL"),
        ("away", ErrorKind::Unavailable, "DATABASE_UNAVAILABLE"),
    ] {
        world.fakes.seen().provisioning.refuses = Some((kind, reason));
        both(&system, name, "insert_post", &fields).await;
    }
    world.fakes.seen().provisioning.refuses = Some((ErrorKind::Internal, "STORED_VALUE_INVALID"));
    let got = system.post("insert_post", &fields).await;
    assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(got.body.contains("it has been logged ("), "{}", got.body);
}
