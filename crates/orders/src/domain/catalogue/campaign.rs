//! Campaigns: another price for the first months of a contract that is made while they are valid.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::reading::Reading;
use super::words::CampaignKind;

/// Campaigns of one offering.
pub const CAMPAIGNS_MAX: usize = 8;
/// Months that a campaign lasts, and a contract binds, at most.
pub const MONTHS_MAX: u32 = 60;
/// Characters of a code.
const CODE_CHARS_MAX: usize = 40;

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// How it changes the price.
    pub kind: CampaignKind,
    /// Per cent, or öre.
    pub value: i64,
    /// How many months it lasts, from the start of the contract. With 0 it changes nothing.
    pub months: u32,
    /// Orders may be placed with it in this time.
    pub valid: Validity,
    /// In upper case; only who gives it gets the campaign. Empty: everybody.
    pub code: String,
}

/// Days by Swedish clocks, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first; none: since ever.
    pub from: Option<NaiveDate>,
    /// The last; none: for ever.
    pub until: Option<NaiveDate>,
}

/// What a caller says of a campaign, unchecked.
#[derive(Clone, Debug, Default)]
pub struct CampaignInput {
    /// A word of [`CampaignKind`].
    pub kind: String,
    /// See [`Campaign::value`].
    pub value: i64,
    /// See [`Campaign::months`].
    pub months: u32,
    /// ISO 8601, or empty.
    pub valid_from: String,
    /// ISO 8601, or empty.
    pub valid_until: String,
    /// See [`Campaign::code`]; any case.
    pub code: String,
}

impl Validity {
    /// Whether it is valid on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    fn meets(self, other: Self) -> bool {
        let before = |one: Self, two: Self| matches!((one.until, two.from), (Some(end), Some(start)) if end < start);
        !before(self, other) && !before(other, self)
    }

    pub(super) fn read(read: &mut Reading, field: &str, from: &str, until: &str) -> Self {
        let valid = Self {
            from: read.day(&format!("{field}valid_from"), from),
            until: read.day(&format!("{field}valid_until"), until),
        };
        if matches!((valid.from, valid.until), (Some(from), Some(until)) if until < from) {
            let rule = "not before the first day";
            read.refuse(&format!("{field}valid_until"), until, rule);
        }
        valid
    }
}

/// What a code is compared as.
pub fn same_code(typed: &str) -> String {
    typed.trim().to_uppercase()
}

/// Of those that are valid on the day: the one of the code that was given, else the one without a code. Two of the same code
/// are never valid on the same day, so that nothing needs to be chosen.
pub fn current<'a>(campaigns: &'a [Campaign], day: NaiveDate, code: &str) -> Option<&'a Campaign> {
    let code = same_code(code);
    let of_code = |code: &str| {
        let mut valid = campaigns.iter().filter(|c| c.valid.holds_on(day));
        valid.find(|campaign| campaign.code == code)
    };
    of_code(&code).or_else(|| of_code(""))
}

/// Reads all campaigns of an offering.
pub(super) fn read_all(read: &mut Reading, inputs: &[CampaignInput]) -> Vec<Campaign> {
    if inputs.len() > CAMPAIGNS_MAX {
        let rule = format!("at most {CAMPAIGNS_MAX}");
        read.refuse("campaigns", &inputs.len().to_string(), &rule);
        return Vec::new();
    }
    let mut all: Vec<Campaign> = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let Some(campaign) = read_one(read, &format!("campaigns[{at}]."), input) else {
            continue;
        };
        let rival =
            |other: &Campaign| other.code == campaign.code && other.valid.meets(campaign.valid);
        if all.iter().any(rival) {
            let rule = "not while another campaign of the same code, or without one, is valid";
            read.refuse(
                &format!("campaigns[{at}].valid_from"),
                &input.valid_from,
                rule,
            );
        }
        all.push(campaign);
    }
    all
}

fn read_one(read: &mut Reading, field: &str, input: &CampaignInput) -> Option<Campaign> {
    let kind = CampaignKind::parse(&input.kind);
    if kind.is_none() {
        read.refuse(&format!("{field}kind"), &input.kind, CampaignKind::RULE);
    }
    let value = format!("{field}value");
    if kind == Some(CampaignKind::Percentage) {
        if !(1..=100).contains(&input.value) {
            read.refuse(&value, &input.value.to_string(), "1 to 100 per cent");
        }
    } else {
        read.ore(&value, input.value);
    }
    read.number(
        &format!("{field}months"),
        input.months,
        (0, MONTHS_MAX),
        "months",
    );
    let valid = Validity::read(read, field, &input.valid_from, &input.valid_until);
    let code = same_code(&input.code);
    let is_code = code.chars().count() <= CODE_CHARS_MAX
        && code
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !is_code {
        let rule = "at most 40 letters, digits, \"-\" and \"_\"";
        read.refuse(&format!("{field}code"), "", rule);
    }
    Some(Campaign {
        kind: kind?,
        value: input.value,
        months: input.months,
        valid,
        code,
    })
}
