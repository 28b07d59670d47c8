//! Tokens: what a service believes, and everything that it does not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use service_kit::caller::{Caller, CallerError};

use crate::installation::{Installation, MINUTE, caller};

fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut json =
        || serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap()).unwrap();
    let (header, claims) = (json(), json());
    (header, claims, parts.next().unwrap().to_owned())
}

fn token(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[test]
fn what_the_gateway_says_is_believed() {
    let here = Installation::new();
    for role in ["admin", "compliance", "public", "provider"] {
        let mut said = caller(role);
        said.purpose = Some("customer asks about an order".into());
        let token = here.issuer("gateway").issue(&said, "orders", MINUTE);
        assert_eq!(here.verifier("orders").verify(&token), Ok(said), "{role}");
    }
}

#[test]
fn a_service_speaks_for_itself() {
    let here = Installation::new();
    let token = here
        .issuer("orders")
        .issue(&Caller::service("orders"), "rights", MINUTE);
    assert_eq!(
        here.verifier("rights").verify(&token),
        Ok(Caller::service("orders"))
    );
}

#[test]
fn a_service_speaks_for_nobody_else() {
    let here = Installation::new();
    for role in [
        "admin",
        "provider",
        "public",
        "service:gateway",
        "service:rights",
    ] {
        let token = here.issuer("orders").issue(&caller(role), "rights", MINUTE);
        assert_eq!(
            here.verifier("rights").verify(&token),
            Err(CallerError::Issuer),
            "{role}"
        );
    }
    // Nor does the gateway for a service.
    let token = here
        .issuer("gateway")
        .issue(&Caller::service("orders"), "rights", MINUTE);
    assert_eq!(
        here.verifier("rights").verify(&token),
        Err(CallerError::Issuer)
    );
}

#[test]
fn staff_cannot_hold_the_role_of_a_service() {
    let here = Installation::new();
    for role in ["service", "provider", "public"] {
        let mut said = caller("admin");
        said.roles.push(role.into());
        let token = here.issuer("gateway").issue(&said, "orders", MINUTE);
        assert_eq!(
            here.verifier("orders").verify(&token),
            Err(CallerError::Invalid),
            "{role}"
        );
    }
}

#[test]
fn a_provider_without_a_provider_is_none() {
    let here = Installation::new();
    let said = Caller {
        provider: None,
        ..caller("provider")
    };
    let token = here.issuer("gateway").issue(&said, "orders", MINUTE);
    assert_eq!(
        here.verifier("orders").verify(&token),
        Err(CallerError::Invalid)
    );
}

#[test]
fn a_token_is_for_one_service() {
    let here = Installation::new();
    let token = here
        .issuer("gateway")
        .issue(&caller("admin"), "registry", MINUTE);
    assert_eq!(
        here.verifier("orders").verify(&token),
        Err(CallerError::Audience)
    );
}

#[test]
fn a_token_lives_for_minutes() {
    let here = Installation::new();
    let long = std::time::Duration::from_hours(24);
    let token = here
        .issuer("gateway")
        .issue(&caller("admin"), "orders", long);
    let verifier = here.verifier("orders");
    here.clock.advance(Duration::minutes(14));
    assert!(verifier.verify(&token).is_ok());
    here.clock.advance(Duration::minutes(1));
    assert_eq!(verifier.verify(&token), Err(CallerError::Expired));
    here.clock.advance(-Duration::minutes(20));
    assert_eq!(
        verifier.verify(&token),
        Err(CallerError::Expired),
        "issued in the future"
    );
}

#[test]
fn what_was_believed_before_is_still_looked_at() {
    let here = Installation::new();
    let said = caller("admin");
    let token = here.issuer("gateway").issue(&said, "orders", MINUTE);
    let orders = here.verifier("orders");
    for _ in 0..2 {
        assert_eq!(orders.verify(&token), Ok(said.clone()));
    }
    // Its signature under other claims, and other claims under its signature.
    let (header, mut claims, signature) = parts(&token);
    claims["sub"] = json!("somebody else");
    let forged = self::token(&header, &claims, &signature);
    assert_eq!(orders.verify(&forged), Err(CallerError::Invalid));
    let (last, cut) = (token.len() - 2, &token[..token.len() - 1]);
    let other = if token[last..].starts_with('A') {
        'B'
    } else {
        'A'
    };
    let changed = format!("{}{other}{}", &token[..last], &token[last + 1..]);
    assert_eq!(orders.verify(&changed), Err(CallerError::Invalid));
    assert_eq!(orders.verify(cut), Err(CallerError::Invalid));
    here.clock.advance(Duration::minutes(2));
    assert_eq!(orders.verify(&token), Err(CallerError::Expired));
}

#[test]
fn an_issuer_whose_certificate_has_expired_is_not_believed_any_more() {
    let here = Installation::new();
    let (gateway, orders) = (here.issuer("gateway"), here.verifier("orders"));
    let token = || gateway.issue(&caller("admin"), "orders", MINUTE);
    assert!(orders.verify(&token()).is_ok());
    here.clock.advance(Duration::days(10_000));
    assert_eq!(orders.verify(&token()), Err(CallerError::Expired));
}

#[test]
fn a_longer_life_is_refused_although_the_gateway_signed_it() {
    let here = Installation::new();
    let gateway = here.identity("gateway");
    let (header, mut claims, _) = parts(&here.issuer("gateway").issue(
        &caller("admin"),
        "orders",
        MINUTE,
    ));
    claims["exp"] = json!(claims["iat"].as_i64().unwrap() + 901);
    let token = signed_by(&here, &gateway, &header, &claims);
    assert_eq!(
        here.verifier("orders").verify(&token),
        Err(CallerError::Expired)
    );
    claims["exp"] = json!(claims["iat"].as_i64().unwrap() + 900);
    assert!(
        here.verifier("orders")
            .verify(&signed_by(&here, &gateway, &header, &claims))
            .is_ok()
    );
}

/// Signs as the service would, with the key in its folder.
fn signed_by(
    here: &Installation,
    identity: &service_kit::identity::Identity,
    header: &Value,
    claims: &Value,
) -> String {
    let key = std::fs::read(
        here.folder
            .path()
            .join(identity.service())
            .join("identity.key"),
    )
    .unwrap();
    let algorithm: Header = serde_json::from_value(header.clone()).unwrap();
    jsonwebtoken::encode(&algorithm, claims, &EncodingKey::from_ed_der(&key)).unwrap()
}

#[test]
fn every_changed_byte_is_noticed() {
    let here = Installation::new();
    let token = here
        .issuer("gateway")
        .issue(&caller("customer_service"), "orders", MINUTE);
    let verifier = here.verifier("orders");
    for index in (0..token.len()).filter(|&index| token.as_bytes()[index] != b'.') {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(verifier.verify(&changed).is_err(), "byte {index}");
    }
}

#[test]
fn claims_under_a_signature_for_others_are_refused() {
    let here = Installation::new();
    let (header, mut claims, signature) = parts(&here.issuer("gateway").issue(
        &caller("customer_service"),
        "orders",
        MINUTE,
    ));
    claims["roles"] = json!(["admin"]);
    let forged = token(&header, &claims, &signature);
    assert_eq!(
        here.verifier("orders").verify(&forged),
        Err(CallerError::Invalid)
    );
}

#[test]
fn an_issuer_with_anothers_certificate_is_refused() {
    let here = Installation::new();
    let (header, claims, _) = parts(&here.issuer("gateway").issue(
        &caller("admin"),
        "orders",
        MINUTE,
    ));
    let forged = signed_by(&here, &here.identity("crm"), &header, &claims);
    assert_eq!(
        here.verifier("orders").verify(&forged),
        Err(CallerError::Invalid)
    );
}

#[test]
fn an_issuer_that_calls_itself_the_gateway_is_refused() {
    let here = Installation::new();
    let crm = here.identity("crm");
    let (header, mut claims, _) =
        parts(&here.issuer("crm").issue(&caller("admin"), "orders", MINUTE));
    claims["iss"] = json!("gateway");
    let forged = signed_by(&here, &crm, &header, &claims);
    assert_eq!(
        here.verifier("orders").verify(&forged),
        Err(CallerError::Issuer)
    );
}

#[test]
fn a_foreign_gateway_is_refused() {
    let (here, there) = (Installation::new(), Installation::new());
    let token = there
        .issuer("gateway")
        .issue(&caller("admin"), "orders", MINUTE);
    assert_eq!(
        here.verifier("orders").verify(&token),
        Err(CallerError::Untrusted)
    );
}

#[test]
fn other_algorithms_are_refused() {
    let here = Installation::new();
    let (_, claims, signature) = parts(&here.issuer("gateway").issue(
        &caller("admin"),
        "orders",
        MINUTE,
    ));
    let verifier = here.verifier("orders");
    for algorithm in ["none", "None", "NONE", "", "HS256", "ES256", "RS256"] {
        for signature in ["", signature.as_str()] {
            let forged = token(
                &json!({ "typ": "JWT", "alg": algorithm }),
                &claims,
                signature,
            );
            assert_eq!(
                verifier.verify(&forged),
                Err(CallerError::Invalid),
                "{algorithm}"
            );
        }
    }
    // The public key is known to everybody: it must not be a secret of HMAC.
    let public_key = here
        .authority
        .anchor()
        .verify(here.identity("gateway").certificate(), here.now())
        .unwrap()
        .public_key;
    let header = Header::new(Algorithm::HS256);
    let forged =
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&public_key)).unwrap();
    assert_eq!(verifier.verify(&forged), Err(CallerError::Invalid));
}

#[test]
fn a_signature_over_something_else_makes_no_token() {
    let here = Installation::new();
    let (header, claims, _) = parts(&here.issuer("gateway").issue(
        &caller("admin"),
        "orders",
        MINUTE,
    ));
    let input = token(&header, &claims, "");
    let input = input.trim_end_matches('.');
    let signature = here.identity("gateway").sign("token", input.as_bytes());
    let forged = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
    assert_eq!(
        here.verifier("orders").verify(&forged),
        Err(CallerError::Invalid)
    );
}

#[test]
fn nonsense_is_refused() {
    let verifier = Installation::new().verifier("orders");
    for nonsense in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "Bearer",
        "e30.e30.e30",
        &"a".repeat(9000),
    ] {
        assert_eq!(verifier.verify(nonsense), Err(CallerError::Invalid));
    }
}

#[test]
fn a_caller_may_name_its_own_network_only() {
    let staff = caller("admin");
    assert_eq!(staff.network("MALARNET").unwrap().as_str(), "MALARNET");
    assert_eq!(staff.network("").unwrap().as_str(), "MALARNET");
    assert_eq!(staff.network("SKARGARD"), Err(CallerError::OtherNetwork));
    let unbound = Caller {
        network: None,
        ..staff
    };
    assert_eq!(unbound.network("MALARNET"), Err(CallerError::NoNetwork));
    let service = Caller::service("orders");
    assert_eq!(service.network("SKARGARD").unwrap().as_str(), "SKARGARD");
    assert_eq!(service.network(""), Err(CallerError::UnknownNetwork));
}

#[test]
fn only_a_provider_speaks_for_a_provider() {
    assert_eq!(
        caller("provider").provider_id().unwrap().as_str(),
        "nordbredband"
    );
    let staff = Caller {
        provider: caller("provider").provider,
        ..caller("admin")
    };
    assert_eq!(staff.provider_id(), Err(CallerError::NoProvider));
}
