//! Identities: enrolled, renewed, and refused when anything about them is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use api::privacy::{DiscoveryRequested, ExecutionOrdered};
use chrono::Duration;
use service_kit::identity::{
    ANCHOR_FILE, AUTHORITY_FILE, Authority, Identity, IdentityError, KEY_FILE, TrustAnchor,
};

use crate::installation::Installation;

const EVENT: &str = "rights.discovery.requested.v1";

#[test]
fn an_enrolled_service_is_believed_from_the_anchor_file_alone() {
    let here = Installation::new();
    let orders = here.identity("orders");
    let anchor = TrustAnchor::load(here.folder.path().join("authority").join(ANCHOR_FILE)).unwrap();
    let verified = anchor.verify(orders.certificate(), here.now()).unwrap();
    assert_eq!(verified.service, "orders");
    verified
        .verify("test", b"said", &orders.sign("test", b"said"))
        .unwrap();
}

#[test]
fn a_second_start_finds_the_same_key() {
    let here = Installation::new();
    let first = here.identity("orders").certificate().clone();
    assert_eq!(&first, here.identity("orders").certificate());
    let again = Authority::create(here.folder.path().join("authority")).unwrap();
    assert_eq!(again.anchor().to_text(), here.authority.anchor().to_text());
}

#[test]
fn a_certificate_past_half_its_time_is_renewed_with_the_same_key() {
    let here = Installation::new();
    let anchor = here.authority.anchor();
    let old = here.identity("orders").certificate().clone();
    here.clock.advance(Duration::days(500));
    let new = here.identity("orders").certificate().clone();
    assert_ne!(old, new);
    let key = |certificate| anchor.verify(certificate, here.now()).unwrap().public_key;
    assert_eq!(key(&old), key(&new));
}

#[test]
fn key_files_are_for_their_owner_only() {
    let here = Installation::new();
    drop(here.identity("orders"));
    for file in [
        here.folder.path().join("authority").join(AUTHORITY_FILE),
        here.folder.path().join("orders").join(KEY_FILE),
    ] {
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            file.display()
        );
    }
    let key = here.folder.path().join("orders").join(KEY_FILE);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = Identity::load(here.folder.path().join("orders"), "orders").unwrap_err();
    assert!(matches!(refused, IdentityError::File { .. }), "{refused:?}");
}

#[test]
fn another_services_certificate_is_not_ours() {
    let here = Installation::new();
    drop(here.identity("orders"));
    let refused = Identity::load(here.folder.path().join("orders"), "crm").unwrap_err();
    assert!(matches!(refused, IdentityError::Mismatch(_)));
    // The certificate of crm beside the key of orders.
    let folder = here.folder.path().join("orders");
    Identity::install(&folder, here.identity("crm").certificate()).unwrap();
    assert!(matches!(
        Identity::load(&folder, "crm").unwrap_err(),
        IdentityError::Mismatch(_)
    ));
}

#[test]
fn a_foreign_authority_is_refused() {
    let (here, there) = (Installation::new(), Installation::new());
    let stranger = there.identity("gateway");
    let refused = here
        .authority
        .anchor()
        .verify(stranger.certificate(), here.now())
        .unwrap_err();
    assert!(matches!(refused, IdentityError::Foreign));
}

#[test]
fn a_certificate_is_valid_from_to() {
    let here = Installation::new();
    let orders = here.identity("orders");
    let anchor = here.authority.anchor();
    for wrong in [
        here.now() - Duration::days(1),
        here.now() + Duration::days(731),
    ] {
        assert!(matches!(
            anchor.verify(orders.certificate(), wrong).unwrap_err(),
            IdentityError::Expired
        ));
    }
}

#[test]
fn a_changed_statement_is_refused() {
    let here = Installation::new();
    let mut certificate = here.identity("orders").certificate().clone();
    let anchor = here.authority.anchor();
    for index in 0..certificate.statement.len() {
        certificate.statement[index] ^= 1;
        assert!(
            anchor.verify(&certificate, here.now()).is_err(),
            "byte {index}"
        );
        certificate.statement[index] ^= 1;
    }
}

#[test]
fn an_event_opens_to_what_was_closed_and_to_nothing_else() {
    let here = Installation::new();
    let (rights, anchor) = (here.identity("rights"), here.authority.anchor());
    let asked = DiscoveryRequested {
        request_id: "r-1".into(),
        round: 2,
        ..Default::default()
    };
    let signed = rights.sign_event(EVENT, &asked);
    let (opened, service) = anchor
        .open_event::<DiscoveryRequested>(EVENT, &signed, here.now())
        .unwrap();
    assert_eq!((opened, service.as_str()), (asked, "rights"));

    // As another type, with another payload, by another signer, with no signer.
    assert!(
        anchor
            .open_event::<ExecutionOrdered>("rights.execution.ordered.v1", &signed, here.now())
            .is_err()
    );
    let mut changed = signed.clone();
    changed.payload[0] ^= 1;
    assert!(
        anchor
            .open_event::<DiscoveryRequested>(EVENT, &changed, here.now())
            .is_err()
    );
    let mut claimed = signed.clone();
    claimed.signer = Some(here.identity("orders").certificate().clone());
    assert!(
        anchor
            .open_event::<DiscoveryRequested>(EVENT, &claimed, here.now())
            .is_err()
    );
    let anonymous = api::privacy::Signed {
        signer: None,
        ..signed
    };
    assert!(
        anchor
            .open_event::<DiscoveryRequested>(EVENT, &anonymous, here.now())
            .is_err()
    );
}

#[test]
fn a_signature_counts_in_its_domain_only() {
    let here = Installation::new();
    let orders = here.identity("orders");
    let verified = here
        .authority
        .anchor()
        .verify(orders.certificate(), here.now())
        .unwrap();
    let signature = orders.sign("a", b"bc");
    assert!(verified.verify("ab", b"c", &signature).is_err());
    assert!(verified.verify("b", b"bc", &signature).is_err());
}

#[test]
fn two_anchors_are_believed_while_one_replaces_the_other() {
    let (old, new) = (Installation::new(), Installation::new());
    let file = old.folder.path().join("both.pub");
    let text = format!(
        "# old, new\n{}{}",
        old.authority.anchor().to_text(),
        new.authority.anchor().to_text()
    );
    fs::write(&file, text).unwrap();
    let both = TrustAnchor::load(&file).unwrap();
    for installation in [&old, &new] {
        both.verify(installation.identity("orders").certificate(), old.now())
            .unwrap();
    }
    fs::write(&file, "not a key\n").unwrap();
    assert!(matches!(
        TrustAnchor::load(&file).unwrap_err(),
        IdentityError::Malformed { .. }
    ));
}

#[test]
fn a_service_name_is_a_word() {
    let here = Installation::new();
    for wrong in [
        "",
        "Orders",
        "or ders",
        "../orders",
        "1orders",
        &"o".repeat(33),
    ] {
        let refused = here
            .authority
            .enrol(wrong, [0; 32], here.now(), here.now())
            .unwrap_err();
        assert!(matches!(refused, IdentityError::Name), "{wrong}");
    }
}
