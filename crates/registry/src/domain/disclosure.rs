//! People with protected personal data are shown to one member of the staff when another has approved it (decision 20).

use chrono::{DateTime, Duration, Utc};
use kernel::{AccessId, NetworkCode};
use uuid::Uuid;

use super::limits::{DISCLOSURE_DECIDE_HOURS, DISCLOSURE_LOOK_MINUTES};

/// That somebody wants to see the people at an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Its id.
    pub id: Uuid,
    /// Whose access.
    pub network: NetworkCode,
    /// Which access.
    pub access: AccessId,
    /// The user who asked.
    pub requested_by: String,
    /// Why.
    pub purpose: String,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// What another has said to it.
    pub decision: Option<Decision>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Otherwise it was declined.
    pub approved: bool,
    /// The user who decided.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where a disclosure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for another person.
    Pending,
    /// The people can be looked at.
    Approved,
    /// Another person has said no.
    Declined,
    /// Nobody decided in time, or the time to look is over.
    Lapsed,
}

/// Why it cannot be decided, or looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Whoever asked does not decide.
    OwnRequest,
    /// Only whoever asked may look.
    OfAnother,
    /// It stands elsewhere.
    Is(State),
}

impl State {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }
}

impl Disclosure {
    /// Until when it can be decided, or looked at.
    pub fn lapses_at(&self) -> DateTime<Utc> {
        match &self.decision {
            None => self.requested_at + Duration::hours(DISCLOSURE_DECIDE_HOURS),
            Some(decision) => decision.at + Duration::minutes(DISCLOSURE_LOOK_MINUTES),
        }
    }

    /// Where it stands.
    pub fn state(&self, now: DateTime<Utc>) -> State {
        match &self.decision {
            Some(decision) if !decision.approved => State::Declined,
            _ if now >= self.lapses_at() => State::Lapsed,
            Some(_) => State::Approved,
            None => State::Pending,
        }
    }

    /// Approves or declines.
    ///
    /// # Errors
    /// It does not wait any more, or the user is the one who asked.
    pub fn decide(&mut self, by: &str, approved: bool, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.may_decide(by, now)?;
        self.decision = Some(Decision {
            approved,
            by: by.to_owned(),
            at: now,
        });
        Ok(())
    }

    /// Whether the user may decide.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub fn may_decide(&self, by: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state(now) {
            State::Pending if self.requested_by == by => Err(Refusal::OwnRequest),
            State::Pending => Ok(()),
            other => Err(Refusal::Is(other)),
        }
    }

    /// Whether the user may look.
    ///
    /// # Errors
    /// It is not approved, not any more, or another user asked.
    pub fn may_look(&self, by: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state(now) {
            _ if self.requested_by != by => Err(Refusal::OfAnother),
            State::Approved => Ok(()),
            other => Err(Refusal::Is(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn at(hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, hour, minute, 0).unwrap()
    }

    fn asked() -> Disclosure {
        Disclosure {
            id: Uuid::nil(),
            network: NetworkCode::parse("TSTNET").unwrap(),
            access: AccessId::parse("T-1").unwrap(),
            requested_by: "ada".to_owned(),
            purpose: "fault report".to_owned(),
            requested_at: at(0, 0),
            decision: None,
        }
    }

    #[test]
    fn whoever_asks_neither_approves_nor_looks_alone() {
        let mut disclosure = asked();
        assert_eq!(
            disclosure.decide("ada", true, at(0, 1)),
            Err(Refusal::OwnRequest)
        );
        let pending = Refusal::Is(State::Pending);
        assert_eq!(disclosure.may_look("ada", at(0, 1)), Err(pending));
        disclosure.decide("bo", true, at(1, 0)).unwrap();
        assert_eq!(disclosure.may_look("bo", at(1, 1)), Err(Refusal::OfAnother));
        assert_eq!(disclosure.may_look("ada", at(1, 1)), Ok(()));
    }

    #[test]
    fn what_was_decided_stands_and_lapses() {
        let mut disclosure = asked();
        disclosure.decide("bo", true, at(1, 0)).unwrap();
        let approved = Refusal::Is(State::Approved);
        assert_eq!(disclosure.decide("cy", false, at(1, 1)), Err(approved));
        let end = disclosure.lapses_at();
        assert_eq!(
            disclosure.state(end - Duration::seconds(1)),
            State::Approved
        );
        assert_eq!(disclosure.state(end), State::Lapsed);

        let mut declined = asked();
        declined.decide("bo", false, at(1, 0)).unwrap();
        let refused = Refusal::Is(State::Declined);
        assert_eq!(declined.may_look("ada", at(1, 1)), Err(refused));
        assert_eq!(declined.state(at(23, 0)), State::Declined);
    }

    #[test]
    fn nobody_decides_what_has_lapsed() {
        let mut disclosure = asked();
        let end = disclosure.lapses_at();
        let lapsed = Refusal::Is(State::Lapsed);
        assert_eq!(disclosure.decide("bo", true, end), Err(lapsed));
    }
}
