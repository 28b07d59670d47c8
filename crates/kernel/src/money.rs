//! Amounts of money.

use std::fmt;

/// An amount in öre, so that nothing is ever rounded.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// An amount in öre.
    pub const fn from_ore(ore: i64) -> Self {
        Self(ore)
    }

    /// The amount in öre.
    pub const fn ore(self) -> i64 {
        self.0
    }

    /// The sum, or nothing when it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(ore) => Some(Self(ore)),
            None => None,
        }
    }
}

impl fmt::Display for Money {
    /// Swedish writing: `399,00 kr`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let ore = self.0.unsigned_abs();
        write!(f, "{sign}{},{:02} kr", ore / 100, ore % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_kronor() {
        assert_eq!(Money::from_ore(39_900).to_string(), "399,00 kr");
        assert_eq!(Money::from_ore(-5).to_string(), "-0,05 kr");
        assert_eq!(
            Money::from_ore(i64::MIN).to_string(),
            "-92233720368547758,08 kr"
        );
        assert_eq!(
            Money::from_ore(i64::MAX).checked_add(Money::from_ore(1)),
            None
        );
    }
}
