//! A certificate is believed whole or not at all.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use api::privacy as pb;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use prost::Message as _;
use service_kit::identity::{Authority, Identity};

use super::*;
use crate::domain::ledger::{EntryKind, Head, HolderDigest, genesis};

struct Installation {
    authority: Authority,
    rights: Identity,
    holders: Vec<Identity>,
    _folder: tempfile::TempDir,
}

fn now() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn installation() -> Installation {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create(folder.path()).unwrap();
    let identity = |name: &str| {
        Identity::load_or_enrol(folder.path().join(name), name, &authority, now()).unwrap()
    };
    let (rights, holders) = (
        identity("rights"),
        vec![identity("crm"), identity("orders")],
    );
    Installation {
        rights,
        holders,
        authority,
        _folder: folder,
    }
}

impl Installation {
    fn key(&self) -> [u8; 32] {
        hex::decode(self.authority.anchor().to_text().trim())
            .unwrap()
            .try_into()
            .unwrap()
    }

    fn proof(identity: &Identity, request: &str, residual: u64) -> HolderProof {
        let holder = identity.service().to_owned();
        let at = Some(prost_types::Timestamp {
            seconds: now().timestamp(),
            nanos: 0,
        });
        let answer = pb::ExecutionAnswered {
            request_id: request.into(),
            holder: holder.clone(),
            ledger_entry: 1,
            categories: vec![pb::CategoryOutcome {
                category: "customer".into(),
                erased: 3,
                residual,
                ..Default::default()
            }],
            executed_at: at,
            verified_at: at,
            ..Default::default()
        };
        let signed = identity.sign_event(&answer_type(&holder), &answer);
        HolderProof {
            answer_type: answer_type(&holder),
            holder,
            ledger_entry: 1,
            categories: answer.categories.iter().map(CategoryLine::of).collect(),
            differences: Vec::new(),
            answer: STANDARD.encode(&signed.payload),
            identity: STANDARD.encode(signed.signer.unwrap().encode_to_vec()),
            signature: STANDARD.encode(&signed.signature),
        }
    }

    fn body(&self) -> Body {
        let holders: Vec<_> = self
            .holders
            .iter()
            .map(|identity| Self::proof(identity, "r-1", 0))
            .collect();
        let ordered = head(1, genesis(), EntryKind::ErasureOrdered, &holders, |_| {
            "00".repeat(32)
        });
        let completed = head(2, ordered.hash(), EntryKind::Completed, &holders, |proof| {
            proof_digest(
                &STANDARD.decode(&proof.answer).unwrap(),
                &STANDARD.decode(&proof.signature).unwrap(),
            )
        });
        let line = |head: Head| LedgerLine {
            hash: head.hash(),
            head,
        };
        Body {
            version: VERSION,
            issuer: Issuer::of(&self.rights),
            request: Request {
                id: "r-1".into(),
                network: "MALAR".into(),
                kind: "erasure".into(),
                outcome: "completed".into(),
            },
            dates: Dates {
                received: "2026-11-20T10:00:00Z".into(),
                decided: "2026-11-21T09:00:00Z".into(),
                completed: "2026-11-21T10:00:00Z".into(),
                backups_expire: "2027-02-21".into(),
            },
            person: Person {
                scheme: "sha256(nonce||identifier)".into(),
                identifier: "identity_number".into(),
                commitment: "ab".repeat(32),
            },
            ledger: vec![line(ordered), line(completed)],
            holders,
            retired: Vec::new(),
            recipients: vec![RecipientLine {
                recipient: "provider:nordbredband".into(),
                told: "2026-11-21T10:00:00Z".into(),
                acknowledged: String::new(),
            }],
        }
    }
}

fn head(
    entry: u64,
    previous: String,
    kind: EntryKind,
    holders: &[HolderProof],
    digest: impl Fn(&HolderProof) -> String,
) -> Head {
    let holders = holders
        .iter()
        .map(|p| HolderDigest {
            holder: p.holder.clone(),
            digest: digest(p),
        })
        .collect();
    Head {
        entry,
        previous,
        kind: kind.as_str().into(),
        network: "MALAR".into(),
        request_id: "r-1".into(),
        scope: String::new(),
        at: "2026-11-21T10:00:00.000000Z".into(),
        holders,
    }
}

#[test]
fn a_whole_certificate_is_believed() {
    let installation = installation();
    let document = issue(&installation.rights, &installation.body());
    let verified = verify(&document, &installation.key()).unwrap();
    assert_eq!(verified.body, installation.body());
}

#[test]
fn every_flipped_byte_is_refused() {
    let installation = installation();
    let (document, key) = (
        issue(&installation.rights, &installation.body()),
        installation.key(),
    );
    for at in 0..document.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut changed = document.clone();
            changed[at] ^= bit;
            assert!(verify(&changed, &key).is_err(), "byte {at} ^ {bit:#x}");
        }
    }
}

#[test]
fn signed_again_by_another_is_refused() {
    let (ours, theirs) = (installation(), installation());
    let document = issue(&theirs.rights, &theirs.body());
    assert!(matches!(
        verify(&document, &ours.key()),
        Err(CertificateError::Issuer(_))
    ));
    let mut body = ours.body();
    body.issuer = Issuer::of(&theirs.rights);
    assert!(verify(&issue(&theirs.rights, &body), &ours.key()).is_err());
    // Their signature under our issuer's name.
    assert!(matches!(
        verify(&issue(&theirs.rights, &ours.body()), &ours.key()),
        Err(CertificateError::Signature(_))
    ));
    // Another service of the same installation is no issuer.
    let mut body = ours.body();
    body.issuer = Issuer::of(&ours.holders[0]);
    assert!(matches!(
        verify(&issue(&ours.holders[0], &body), &ours.key()),
        Err(CertificateError::WrongIssuer)
    ));
}

#[test]
fn an_incomplete_or_foreign_set_of_proofs_is_refused_even_when_we_sign_it() {
    let installation = installation();
    let key = installation.key();
    let refused = |change: &dyn Fn(&mut Body)| {
        let mut body = installation.body();
        change(&mut body);
        verify(&issue(&installation.rights, &body), &key).unwrap_err()
    };
    assert!(
        matches!(refused(&|b| drop(b.holders.remove(0))), CertificateError::Incomplete { holder } if holder == "crm")
    );
    refused(&|b| b.holders[0].holder = "registry".into());
    refused(&|b| b.holders[0] = Installation::proof(&installation.holders[0], "r-2", 0));
    refused(&|b| b.holders[0] = Installation::proof(&installation.holders[0], "r-1", 1));
    refused(&|b| b.holders[0].categories[0].erased = CountClass::None);
    refused(&|b| b.request.id = "r-2".into());
    refused(&|b| drop(b.ledger.pop()));
    refused(&|b| b.ledger[1].hash = "00".repeat(32));
    refused(&|b| b.version = 2);
}

#[test]
fn an_amendment_belongs_to_its_certificate() {
    let installation = installation();
    let document = issue(&installation.rights, &installation.body());
    let certificate = verify(&document, &installation.key()).unwrap();
    let mut amendment = Amendment {
        version: VERSION,
        issuer: Issuer::of(&installation.rights),
        request_id: "r-1".into(),
        certificate: certificate.hash.clone(),
        number: 1,
        change: "recipient_acknowledged".into(),
        recipient: "provider:nordbredband".into(),
        at: "2026-11-22T10:00:00Z".into(),
    };
    let anchor = installation.authority.anchor();
    let good = amend(&installation.rights, &amendment);
    assert!(verify_amendment(&good, &certificate, &anchor).is_ok());
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        assert!(
            verify_amendment(&changed, &certificate, &anchor).is_err(),
            "byte {at}"
        );
    }
    amendment.certificate = "00".repeat(32);
    let other = amend(&installation.rights, &amendment);
    assert!(matches!(
        verify_amendment(&other, &certificate, &anchor),
        Err(CertificateError::OtherCertificate)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_edit_is_refused(at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 1..8), kind in 0..4_u8) {
        static ISSUED: std::sync::OnceLock<(Vec<u8>, [u8; 32])> = std::sync::OnceLock::new();
        let (document, key) = ISSUED.get_or_init(|| {
            let installation = installation();
            (issue(&installation.rights, &installation.body()), installation.key())
        });
        let mut changed = document.clone();
        let place = at.index(document.len());
        match kind {
            0 => drop(changed.splice(place..place, bytes)),
            1 => changed.extend(bytes),
            2 => drop(changed.drain(place..)),
            _ => drop(changed.splice(place..=place, bytes)),
        }
        prop_assert!(changed == *document || verify(&changed, key).is_err());
    }
}
