//! What stands in a certificate.

use serde::{Deserialize, Serialize};

use crate::domain::evidence::Difference;
use crate::domain::ledger::Head;

/// The signed object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The layout.
    pub version: u32,
    /// Who says it.
    pub issuer: Issuer,
    /// What was asked for.
    pub request: Request,
    /// When.
    pub dates: Dates,
    /// About whom.
    pub person: Person,
    /// The ledger's entries about this request, in order.
    pub ledger: Vec<LedgerLine>,
    /// Every holder with its proof, in order of their names.
    pub holders: Vec<HolderProof>,
    /// Holders that staff took out of service meanwhile.
    pub retired: Vec<RetiredLine>,
    /// Who had received the data, and is told.
    pub recipients: Vec<RecipientLine>,
}

/// Who issues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The service: "rights".
    pub service: String,
    /// Its identity as enrolled by the installation's authority (protobuf `ServiceIdentity`, base64).
    pub identity: String,
    /// SHA-256 of its public key, hexadecimal.
    pub key_id: String,
}

/// What was asked for, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The request.
    pub id: String,
    /// The controller.
    pub network: String,
    /// "erasure".
    pub kind: String,
    /// "completed" or "`partially_retained`".
    pub outcome: String,
}

/// RFC 3339, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dates {
    /// The request came in.
    pub received: String,
    /// Staff decided.
    pub decided: String,
    /// Erased from live systems: every holder had given proof.
    pub completed: String,
    /// The last backup copy has expired (a date).
    pub backups_expire: String,
}

/// A commitment to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// "sha256(nonce||identifier)".
    pub scheme: String,
    /// The kind of identifier: "`identity_number`" (twelve digits).
    pub identifier: String,
    /// Hexadecimal.
    pub commitment: String,
}

/// One entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerLine {
    /// What the hash is taken over.
    pub head: Head,
    /// The entry's hash, hexadecimal.
    pub hash: String,
}

/// What one holder did, and its signed answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolderProof {
    /// Who.
    pub holder: String,
    /// The ledger entry that ordered it.
    pub ledger_entry: u64,
    /// Its categories.
    pub categories: Vec<CategoryLine>,
    /// What does not add up between discovery and execution.
    pub differences: Vec<Difference>,
    /// The type of the signed answer: "orders.execution.answered.v1".
    pub answer_type: String,
    /// The answer (protobuf `ExecutionAnswered`, base64).
    pub answer: String,
    /// The signer's identity (protobuf `ServiceIdentity`, base64).
    pub identity: String,
    /// Ed25519 (base64).
    pub signature: String,
}

/// What became of one category, in coarse counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryLine {
    /// Which.
    pub category: String,
    /// Rows erased.
    pub erased: CountClass,
    /// Rows kept, restricted.
    pub retained: CountClass,
    /// Why they are kept.
    pub legal_basis: String,
    /// Until when (a date).
    pub retain_until: String,
}

/// A holder that staff took out of service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetiredLine {
    /// Who.
    pub holder: String,
    /// The ledger entry of that act.
    pub ledger_entry: u64,
}

/// A recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientLine {
    /// "provider:nordbredband".
    pub recipient: String,
    /// When it was told.
    pub told: String,
    /// When it acknowledged; empty until then, an amendment says when.
    pub acknowledged: String,
}

/// A coarse count: exact numbers say more about a person than a certificate should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CountClass {
    /// None.
    #[serde(rename = "0")]
    None,
    /// One.
    #[serde(rename = "1")]
    One,
    /// Two to nine.
    #[serde(rename = "2-9")]
    Few,
    /// Ten or more.
    #[serde(rename = "10+")]
    Many,
}

impl From<u64> for CountClass {
    fn from(count: u64) -> Self {
        match count {
            0 => Self::None,
            1 => Self::One,
            2..=9 => Self::Few,
            _ => Self::Many,
        }
    }
}

/// A later change; refers to the certificate by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// The layout.
    pub version: u32,
    /// Who says it.
    pub issuer: Issuer,
    /// The request.
    pub request_id: String,
    /// SHA-256 of the certificate document, hexadecimal.
    pub certificate: String,
    /// 1, 2, …
    pub number: u32,
    /// "`recipient_acknowledged`".
    pub change: String,
    /// Whom it is about.
    pub recipient: String,
    /// When.
    pub at: String,
}
