//! The account of an import.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, Violation};
use privacy::SubjectId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::address_file::Refusal;

/// How accesses are treated that the file does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportMode {
    /// They end: the file is the whole truth.
    Full,
    /// They stay.
    Delta,
}

impl ImportMode {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }

    /// The mode of a word in the database.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Full, Self::Delta]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }
}

/// What became of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something changed.
    Applied,
    /// Every row said what was known already.
    NothingChanged,
    /// The file as a whole could not be used.
    Refused,
    /// It was asked what would happen.
    DryRun,
    /// Its rows are coming in.
    Staging,
    /// They came in so far and no further: the process was killed, or the sender hung up.
    Interrupted,
    /// It waits for a decision.
    Held,
    /// Somebody, or time, decided against it.
    Dropped,
    /// It was applied and taken back.
    Undone,
}

impl Outcome {
    /// The word in reports and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::NothingChanged => "nothing_changed",
            Self::Refused => "refused",
            Self::DryRun => "dry_run",
            Self::Staging => "staging",
            Self::Interrupted => "interrupted",
            Self::Held => "held",
            Self::Dropped => "dropped",
            Self::Undone => "undone",
        }
    }

    /// The outcome of a word in the database.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Applied,
            Self::NothingChanged,
            Self::Refused,
            Self::DryRun,
            Self::Staging,
            Self::Interrupted,
            Self::Held,
            Self::Dropped,
            Self::Undone,
        ]
        .into_iter()
        .find(|o| o.as_str() == word)
    }
}

/// One broken rule of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// 1 is the header.
    pub line: u64,
    /// Field, masked value and rule.
    pub violation: Violation,
}

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is what its namesake in registry.proto says"
)]
pub struct ImportReport {
    pub id: Uuid,
    pub network: NetworkCode,
    pub mode: ImportMode,
    pub dry_run: bool,
    pub outcome: Outcome,
    pub rows: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub ended: u64,
    pub rejected: u64,
    pub rejected_left_out: u64,
    pub residents_suppressed: u64,
    pub rejections: Vec<Rejection>,
    pub charset: String,
    pub delimiter: String,
    pub unknown_columns: Vec<String>,
    pub received_at: DateTime<Utc>,
    pub refusal: String,
    pub refusal_reason: String,
    pub refusal_arguments: Vec<String>,
    /// Rows that were taken, and of which something is to be remarked.
    pub remarked: u64,
    /// The first of those remarks.
    pub remarks: Vec<Rejection>,
    pub format: String,
    /// A row without a resident says that there is none.
    pub says_of_residents: bool,
    /// The same for owners.
    pub says_of_owners: bool,
    /// Rows in the staging table.
    pub staged: u64,
    /// While rows come in: when they are given up unless this is put off.
    pub staging_until: Option<DateTime<Utc>>,
    pub held_until: Option<DateTime<Utc>>,
    pub applied_at: Option<DateTime<Utc>>,
    pub undo_until: Option<DateTime<Utc>>,
    /// Nobody in particular: whose keys staged and rejected rows are sealed under.
    pub subject: Option<SubjectId>,
    /// What the file of rejected rows begins with, sealed.
    pub rejected_header: Option<Vec<u8>>,
}

impl ImportReport {
    /// A report of an import of which nothing is known yet.
    pub fn begun(
        id: Uuid,
        network: NetworkCode,
        mode: ImportMode,
        dry_run: bool,
        received_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            network,
            mode,
            dry_run,
            outcome: Outcome::Staging,
            rows: 0,
            added: 0,
            changed: 0,
            unchanged: 0,
            ended: 0,
            rejected: 0,
            rejected_left_out: 0,
            residents_suppressed: 0,
            rejections: Vec::new(),
            charset: String::new(),
            delimiter: String::new(),
            unknown_columns: Vec::new(),
            received_at,
            refusal: String::new(),
            refusal_reason: String::new(),
            refusal_arguments: Vec::new(),
            remarked: 0,
            remarks: Vec::new(),
            format: String::new(),
            says_of_residents: false,
            says_of_owners: false,
            staged: 0,
            staging_until: None,
            held_until: None,
            applied_at: None,
            undo_until: None,
            subject: None,
            rejected_header: None,
        }
    }

    /// The same import, refused as a whole: whatever was counted as a change did not happen.
    #[must_use]
    pub fn refused(mut self, why: Refusal) -> Self {
        self.outcome = Outcome::Refused;
        self.refusal = why.sentence;
        why.reason.clone_into(&mut self.refusal_reason);
        self.refusal_arguments = why.arguments;
        (self.added, self.changed, self.unchanged, self.ended) = (0, 0, 0, 0);
        self
    }

    /// Whether the registry is different afterwards.
    pub fn changes_anything(&self) -> bool {
        self.added + self.changed + self.ended > 0
    }
}
