//! The first reading of a file: which rows are refused, which accesses it names, which it names twice.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{AccessId, Violation};

use super::Rejection;
use crate::domain::address_file::{FileRow, RowVerdict};
use crate::domain::limits::{REJECTED_ROWS_MAX, REPORTED_REJECTIONS_MAX};

/// More rows were refused than one file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than 100,000 rows are rejected; the file as a whole must be mended")]
pub struct TooManyRejections;

/// Another row of the file is about the same access.
const REPEATED: &str = "ACCESS_REPEATED";

/// What a whole file says, in 24 bytes a row.
#[derive(Debug, Default)]
pub struct Survey {
    rows: u64,
    rejected: BTreeMap<u64, Vec<Violation>>,
    named: HashMap<u128, u64>,
    nameless_line: Option<u64>,
}

impl Survey {
    /// Takes the next row.
    ///
    /// # Errors
    /// Too many rows are refused.
    pub fn take(&mut self, row: &FileRow) -> Result<(), TooManyRejections> {
        self.rows += 1;
        if let RowVerdict::Rejected { violations, .. } = &row.verdict {
            self.rejected
                .entry(row.line)
                .or_default()
                .extend(violations.iter().cloned());
        }
        match row.verdict.access_id() {
            Some(id) => self.name(id, row.line),
            None => self.nameless_line = self.nameless_line.or(Some(row.line)),
        }
        if self.rejected.len() > REJECTED_ROWS_MAX {
            Err(TooManyRejections)
        } else {
            Ok(())
        }
    }

    /// Which of two rows for one access is right cannot be known: both are refused.
    fn name(&mut self, id: &AccessId, line: u64) {
        let Some(first) = self.named.insert(id_digest(id.as_str()), line) else {
            return;
        };
        self.named.insert(id_digest(id.as_str()), first);
        for (this, other) in [(line, first), (first, line)] {
            let violations = self.rejected.entry(this).or_default();
            if this == line || !violations.iter().any(|v| v.reason == REPEATED) {
                let rule = format!("the access occurs on line {other} too");
                let violation = Violation::new("accessId", id.as_str(), rule);
                violations.push(violation.because(REPEATED).with(other));
            }
        }
    }

    /// Rows in the file, the header aside.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Refused rows.
    pub fn rejected(&self) -> u64 {
        self.rejected.len() as u64
    }

    /// Why the row on this line was refused, if it was.
    pub fn violations(&self, line: u64) -> Option<&[Violation]> {
        self.rejected.get(&line).map(Vec::as_slice)
    }

    /// Whether the file says anything of this access, be it in a refused row.
    pub fn names(&self, access_id: &str) -> bool {
        self.named.contains_key(&id_digest(access_id))
    }

    /// The first row whose access cannot be read. It may mean any access, so while there is one, none may end
    /// (decision 31: a rejected row leaves its access untouched, also in `full`).
    pub fn nameless_line(&self) -> Option<u64> {
        self.nameless_line
    }

    /// The first rejections, for the report.
    pub fn reported(&self) -> Vec<Rejection> {
        self.rejected
            .iter()
            .flat_map(|(line, violations)| {
                violations.iter().map(|v| Rejection {
                    line: *line,
                    violation: v.clone(),
                })
            })
            .take(REPORTED_REJECTIONS_MAX)
            .collect()
    }
}

/// 16 bytes that stand for an access id in memory.
fn id_digest(access_id: &str) -> u128 {
    let digest = digest(&SHA256, access_id.as_bytes());
    digest
        .as_ref()
        .iter()
        .take(16)
        .fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

/// Whether a complete import may end `ending` of `active` accesses: a file cut short must not empty the registry.
pub fn may_end(active: u64, ending: u64, percent_max: u8) -> bool {
    ending * 100 <= active * u64::from(percent_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, id: Option<&str>) -> FileRow {
        let access_id = id.map(|id| AccessId::parse(id).unwrap());
        FileRow {
            line,
            fields: Vec::new(),
            verdict: RowVerdict::Rejected {
                access_id,
                violations: Vec::new(),
            },
        }
    }

    #[test]
    fn both_rows_of_a_duplicate_are_refused_and_named_to_each_other() {
        let mut survey = Survey::default();
        for (line, id) in [(2, "a"), (3, "b"), (4, "a"), (5, "a")] {
            survey.take(&row(line, Some(id))).unwrap();
        }
        let rules = |line| {
            survey
                .violations(line)
                .unwrap()
                .iter()
                .map(|v| v.rule.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(rules(2), ["the access occurs on line 4 too"]);
        assert_eq!(rules(4), ["the access occurs on line 2 too"]);
        assert_eq!(rules(5), ["the access occurs on line 2 too"]);
        assert!(rules(3).is_empty());
        assert!(survey.names("b") && survey.nameless_line().is_none());
    }

    #[test]
    fn the_guard_counts_in_percent_of_what_is_active() {
        assert!(may_end(100, 20, 20));
        assert!(!may_end(100, 21, 20));
        assert!(may_end(0, 0, 20));
        assert!(!may_end(3, 1, 20));
        assert!(may_end(3, 3, 100));
    }
}
