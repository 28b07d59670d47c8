//! What providers may see of a network's accesses: a contract names columns, premises and a time (MDB-3).

mod column;
mod cursor;

pub use column::MarketColumn;
pub use cursor::{Cursor, CursorError, is_from_before};

use chrono::{DateTime, DurationRound as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::Stockholm;
use kernel::{NetworkCode, OnApiPremisesType, ProviderId, Violation};
use uuid::Uuid;

/// Under which rules accesses are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketInterface {
    /// The contract's columns; without accesses whose resident objects.
    Market,
    /// ON-API's columns; the access stays where a resident objects: it names no person (decision 33).
    OnApi,
}

impl MarketInterface {
    /// Its word in the record of an extract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::OnApi => "on-api",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Market, Self::OnApi]
            .into_iter()
            .find(|interface| interface.as_str() == word)
    }
}

/// What a provider may see of a network's accesses, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketContract {
    /// Its id.
    pub id: Uuid,
    /// Whose accesses.
    pub network: NetworkCode,
    /// Who may see them.
    pub provider: ProviderId,
    /// Columns beside the access id.
    pub columns: Vec<MarketColumn>,
    /// Only these premises; empty is all.
    pub premises: Vec<OnApiPremisesType>,
    /// The provider may use ON-API, whose columns its standard sets.
    pub on_api: bool,
    /// From when until when.
    pub validity: Validity,
    /// When it was entered or changed; never twice at the same time.
    pub changed_at: DateTime<Utc>,
}

impl MarketContract {
    /// Changes whenever the contract does.
    pub fn version(&self) -> String {
        format!("{:x}", self.changed_at.timestamp_micros())
    }

    /// The whole second from which on whoever has read everything has read it under what the contract says now. It is
    /// later than the change and than the beginning of the first day, so that nobody who knows whole seconds only, as
    /// HTTP does, and has read before, can name it.
    pub fn read_from(&self) -> DateTime<Utc> {
        let said = Ord::max(self.changed_at, first_moment(self.validity.from));
        let second = said.duration_trunc(TimeDelta::seconds(1)).unwrap_or(said);
        second + TimeDelta::seconds(1)
    }
}

/// Days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none is until it is changed.
    pub until: Option<NaiveDate>,
}

impl Validity {
    /// Whether the day is in it.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether a day is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.until.is_none_or(|until| other.from <= until)
            && other.until.is_none_or(|until| self.from <= until)
    }
}

/// What somebody wants a contract to be, as words.
#[derive(Clone, Debug, Default)]
pub struct ContractText {
    /// The provider's id.
    pub provider: String,
    /// Columns by their MdB2 names.
    pub columns: Vec<String>,
    /// Premises types in ON-API's words.
    pub premises: Vec<String>,
    /// ON-API may be used.
    pub on_api: bool,
    /// The first day.
    pub valid_from: String,
    /// The last day, or empty.
    pub valid_until: String,
}

impl ContractText {
    /// The contract, or every rule that the words break.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn parse(
        &self,
        id: Uuid,
        network: &NetworkCode,
        now: DateTime<Utc>,
    ) -> Result<MarketContract, Vec<Violation>> {
        let mut broken = Vec::new();
        let provider = ProviderId::parse(&self.provider)
            .map_err(|refused| broken.push(refused.of("provider_id", &self.provider)))
            .ok();
        let columns = self.columns(&mut broken);
        let premises = self.premises(&mut broken);
        let from = day("valid_from", &self.valid_from, &mut broken);
        let until = (!self.valid_until.is_empty())
            .then(|| day("valid_until", &self.valid_until, &mut broken));
        if let (Some(from), Some(Some(until))) = (from, until)
            && until < from
        {
            let rule = "the last day is not before the first";
            broken.push(Violation::new("valid_until", &self.valid_until, rule));
        }
        let (Some(provider), Some(from), true) = (provider, from, broken.is_empty()) else {
            return Err(broken);
        };
        Ok(MarketContract {
            id,
            network: network.clone(),
            provider,
            columns,
            premises,
            on_api: self.on_api,
            validity: Validity {
                from,
                until: until.flatten(),
            },
            changed_at: now,
        })
    }

    fn columns(&self, broken: &mut Vec<Violation>) -> Vec<MarketColumn> {
        let mut columns: Vec<_> = self
            .columns
            .iter()
            .filter_map(|name| {
                let column = MarketColumn::parse(name);
                if column.is_none() {
                    let rule = format!("a column is one of {}", MarketColumn::names().join(", "));
                    broken.push(Violation::new("columns", name, rule));
                }
                column
            })
            .collect();
        if self.columns.is_empty() {
            let rule = "a contract names at least one column beside the access id";
            broken.push(Violation::new("columns", "", rule));
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn premises(&self, broken: &mut Vec<Violation>) -> Vec<OnApiPremisesType> {
        let parse = |word: &String| {
            OnApiPremisesType::parse(word)
                .map_err(|refused| broken.push(refused.of("premises_types", word)))
                .ok()
        };
        let mut premises: Vec<_> = self.premises.iter().filter_map(parse).collect();
        premises.dedup();
        premises
    }
}

/// Of a day in Sweden.
fn first_moment(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    let begins = Stockholm.from_local_datetime(&local).earliest();
    begins.map_or_else(|| local.and_utc(), |at| at.to_utc())
}

fn day(field: &str, text: &str, broken: &mut Vec<Violation>) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    if day.is_none() {
        let rule = "a day is written 2026-11-22";
        broken.push(Violation::new(field, text, rule));
    }
    day
}

#[cfg(test)]
#[path = "market/tests.rs"]
mod tests;
