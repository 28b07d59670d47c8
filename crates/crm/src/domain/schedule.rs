//! When a person in quarantine is reminded, and when the contact is removed.

use chrono::{DateTime, Duration, Utc};

/// Days after which a reminder goes out.
pub const REMINDER_DAYS: [i64; 3] = [3, 7, 12];

/// The day on which an unconfirmed contact is removed; a link lives as long.
pub const REMOVAL_DAY: i64 = 14;

/// What is due for a contact in quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing yet.
    Wait,
    /// Send one reminder; so many days have passed by now. Those that were missed are not made up for.
    Remind {
        /// Reminders that then count as sent.
        reminders: usize,
        /// Whole days until the removal.
        days_left: i64,
    },
    /// Remove the contact.
    Remove,
}

/// What is due at this time for a contact that has had so many reminders.
pub fn due(created_at: DateTime<Utc>, reminders: usize, now: DateTime<Utc>) -> Step {
    if now >= removal(created_at) {
        return Step::Remove;
    }
    let passed = REMINDER_DAYS
        .iter()
        .filter(|days| now >= created_at + Duration::days(**days))
        .count();
    if passed > reminders {
        Step::Remind {
            reminders: passed,
            days_left: (removal(created_at) - now).num_days().max(1),
        }
    } else {
        Step::Wait
    }
}

/// When to look at a contact again that has had so many reminders.
pub fn next(created_at: DateTime<Utc>, reminders: usize) -> DateTime<Utc> {
    let days = REMINDER_DAYS.get(reminders).copied().unwrap_or(REMOVAL_DAY);
    created_at + Duration::days(days)
}

/// When a contact that nobody confirms is removed, and its links die.
pub fn removal(created_at: DateTime<Utc>) -> DateTime<Utc> {
    created_at + Duration::days(REMOVAL_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::days(days)
    }

    #[test]
    fn three_reminders_and_then_removal() {
        let steps: Vec<_> = [
            (2, 0),
            (3, 0),
            (3, 1),
            (7, 1),
            (11, 2),
            (12, 2),
            (13, 3),
            (14, 3),
            (40, 0),
        ]
        .map(|(at, reminders)| due(day(0), reminders, day(at)))
        .into();
        let remind = |reminders, days_left| Step::Remind {
            reminders,
            days_left,
        };
        let expected = [
            Step::Wait,
            remind(1, 11),
            Step::Wait,
            remind(2, 7),
            Step::Wait,
            remind(3, 2),
            Step::Wait,
            Step::Remove,
            Step::Remove,
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn a_service_that_was_down_sends_one_reminder_and_not_three() {
        assert_eq!(
            due(day(0), 0, day(13)),
            Step::Remind {
                reminders: 3,
                days_left: 1
            }
        );
    }

    #[test]
    fn the_next_look_is_when_something_is_due() {
        assert_eq!(
            [0, 1, 2, 3].map(|reminders| next(day(0), reminders)),
            [day(3), day(7), day(12), day(14)]
        );
    }
}
