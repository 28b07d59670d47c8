//! When a provider is reminded of an order that it has not received, and when the network is told. Pure: all that is asked is
//! the time.

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use chrono_tz::Europe::Stockholm;
use kernel::Email;
use kernel::holidays::is_working_day;
use serde::Deserialize;

use super::swedish_time;

/// The longest wait that can be set, in hours: a month.
pub const HOURS_MAX: u32 = 720;
/// Reminders of one order at most: more are no reminders any more.
pub const TIMES_MAX: u32 = 20;
/// From and to which hour of a working day working hours are counted, by Swedish clocks. No clock is changed between them.
pub const WORKING_DAY: (u32, u32) = (8, 17);

/// How long a network waits for its providers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Setting")]
pub struct ReminderRules {
    working_hours: bool,
    first_after_hours: u32,
    every_hours: u32,
    times: u32,
    escalate_to: Option<Email>,
}

/// What comes next for an order that is still new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The provider is reminded, for the so-manieth time.
    Remind {
        /// Counts from 1.
        number: u32,
    },
    /// The network is told.
    Escalate,
}

/// As it is written in the configuration.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Setting {
    working_hours: bool,
    first_after_hours: u32,
    every_hours: u32,
    times: u32,
    escalate_to: String,
}

impl Default for Setting {
    /// A working day, twice another, and then the network.
    fn default() -> Self {
        Self {
            working_hours: true,
            first_after_hours: 9,
            every_hours: 9,
            times: 2,
            escalate_to: String::new(),
        }
    }
}

impl Default for ReminderRules {
    fn default() -> Self {
        Self::try_from(Setting::default()).expect("the usual rules are right")
    }
}

impl TryFrom<Setting> for ReminderRules {
    type Error = String;

    fn try_from(setting: Setting) -> Result<Self, String> {
        for (name, hours) in [
            ("first_after_hours", setting.first_after_hours),
            ("every_hours", setting.every_hours),
        ] {
            if !(1..=HOURS_MAX).contains(&hours) {
                return Err(format!("{name} must be between 1 and {HOURS_MAX}"));
            }
        }
        if setting.times > TIMES_MAX {
            return Err(format!("times must be at most {TIMES_MAX}"));
        }
        let address = Some(setting.escalate_to).filter(|address| !address.is_empty());
        let escalate_to = address
            .map(|address| Email::parse(&address))
            .transpose()
            .map_err(|_| "escalate_to must be an e-mail address, or empty".to_owned())?;
        Ok(Self {
            working_hours: setting.working_hours,
            first_after_hours: setting.first_after_hours,
            every_hours: setting.every_hours,
            times: setting.times,
            escalate_to,
        })
    }
}

impl ReminderRules {
    /// When the first step of an order is due.
    pub fn first_due(&self, placed_at: DateTime<Utc>) -> DateTime<Utc> {
        self.after(placed_at, self.first_after_hours)
    }

    /// When the step after one that is done now is due. Counted from now and not from when it was due: whose clock has jumped, or
    /// who has stood still for days, does not make up for what was missed.
    pub fn next_due(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.after(now, self.every_hours)
    }

    /// What is done for an order whose provider has been reminded so many times.
    pub fn step(&self, reminded: u32) -> Step {
        if reminded < self.times {
            Step::Remind {
                number: reminded + 1,
            }
        } else {
            Step::Escalate
        }
    }

    /// The network's function address; none: staff see it in their list alone.
    pub fn escalate_to(&self) -> Option<&Email> {
        self.escalate_to.as_ref()
    }

    fn after(&self, from: DateTime<Utc>, hours: u32) -> DateTime<Utc> {
        let wait = Duration::hours(i64::from(hours));
        if self.working_hours {
            working_time_after(from, wait)
        } else {
            from + wait
        }
    }
}

/// The moment at which so much working time has passed: on working days (neither Saturday, Sunday nor public holiday), within
/// [`WORKING_DAY`].
fn working_time_after(from: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    let mut day = swedish_time::day(from);
    let mut left = wait;
    loop {
        if is_working_day(day) {
            let (opens, closes) = (at_hour(day, WORKING_DAY.0), at_hour(day, WORKING_DAY.1));
            let begins = from.max(opens);
            let there_is = (closes - begins).max(Duration::zero());
            if left <= there_is {
                return begins + left;
            }
            left -= there_is;
        }
        day = day + Days::new(1);
    }
}

fn at_hour(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let local = day.and_hms_opt(hour, 0, 0).expect("an hour of a day");
    let there = local.and_local_timezone(Stockholm).single();
    there.expect("clocks change at night").with_timezone(&Utc)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let there = local.and_local_timezone(Stockholm).single().unwrap();
        there.with_timezone(&Utc)
    }

    fn rules(setting: Setting) -> ReminderRules {
        ReminderRules::try_from(setting).unwrap()
    }

    #[test]
    fn working_hours_leave_out_nights_weekends_and_holidays() {
        let rules = rules(Setting::default());
        for (placed, due, why) in [
            ("2026-11-23 10:00", "2026-11-24 10:00", "a working day"),
            ("2026-11-23 06:00", "2026-11-23 17:00", "before it opens"),
            ("2026-11-27 16:00", "2026-11-30 16:00", "over a weekend"),
            ("2026-11-28 12:00", "2026-11-30 17:00", "on a Saturday"),
            // Christmas Day and Boxing Day 2026 are a Friday and a Saturday; the eve is no public holiday.
            ("2026-12-24 10:00", "2026-12-28 10:00", "over Christmas"),
            // Clocks go forward in the night before 30 March 2026 (a Sunday, the 29th).
            (
                "2026-03-27 12:00",
                "2026-03-30 12:00",
                "over the change of clocks",
            ),
        ] {
            assert_eq!(rules.first_due(at(placed)), at(due), "{why}");
        }
    }

    #[test]
    fn plain_hours_are_plain() {
        let rules = rules(Setting {
            working_hours: false,
            first_after_hours: 24,
            every_hours: 6,
            ..Setting::default()
        });
        let friday = at("2026-11-27 16:00");
        assert_eq!(rules.first_due(friday), at("2026-11-28 16:00"));
        assert_eq!(rules.next_due(friday), at("2026-11-27 22:00"));
    }

    #[test]
    fn after_so_many_reminders_the_network_is_told() {
        let twice = rules(Setting::default());
        assert_eq!(twice.step(0), Step::Remind { number: 1 });
        assert_eq!(twice.step(1), Step::Remind { number: 2 });
        assert_eq!(twice.step(2), Step::Escalate);
        let never = rules(Setting {
            times: 0,
            ..Setting::default()
        });
        assert_eq!(never.step(0), Step::Escalate);
    }

    #[test]
    fn what_is_set_wrongly_is_refused() {
        let wrong = [
            Setting {
                first_after_hours: 0,
                ..Setting::default()
            },
            Setting {
                every_hours: HOURS_MAX + 1,
                ..Setting::default()
            },
            Setting {
                times: TIMES_MAX + 1,
                ..Setting::default()
            },
            Setting {
                escalate_to: "nobody".to_owned(),
                ..Setting::default()
            },
        ];
        for setting in wrong {
            assert!(ReminderRules::try_from(setting).is_err());
        }
    }
}
