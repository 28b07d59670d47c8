//! Why a value was refused.

use std::fmt;

/// A value was refused by its type. Never holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    /// One sentence for a human: what a right value looks like.
    pub rule: &'static str,
    /// A stable code for machines, `UPPER_SNAKE_CASE`.
    pub reason: &'static str,
}

impl ParseError {
    /// An error with its sentence and its stable code.
    pub const fn new(reason: &'static str, rule: &'static str) -> Self {
        Self { rule, reason }
    }

    /// That this field, whose value may be shown, has broken the rule.
    pub fn of(self, field: impl Into<String>, value: impl Into<String>) -> Violation {
        Violation::new(field, value, self.rule).because(self.reason)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule)
    }
}

impl std::error::Error for ParseError {}

/// One broken rule of a request or a row. All violations are reported at once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Violation {
    /// The field as the caller spells it.
    pub field: String,
    /// The value as given, masked where it is personal.
    pub value: String,
    /// One sentence: what would have been right.
    pub rule: String,
    /// The rule's stable code, `UPPER_SNAKE_CASE`, by which it is said in another language; empty where nobody does.
    #[serde(default)]
    pub reason: String,
    /// What the rule says of numbers and words, in its order.
    #[serde(default)]
    pub arguments: Vec<String>,
}

impl Violation {
    /// A violation whose value may be shown.
    pub fn new(
        field: impl Into<String>,
        value: impl Into<String>,
        rule: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            rule: rule.into(),
            reason: String::new(),
            arguments: Vec::new(),
        }
    }

    /// A violation of a personal field: the value is replaced by its length.
    pub fn masked(field: impl Into<String>, value: &str, rule: impl Into<String>) -> Self {
        Self::new(field, value, rule).mask()
    }

    /// The same violation with the value replaced by its length.
    #[must_use]
    pub fn mask(mut self) -> Self {
        self.value = match self.value.chars().count() {
            0 => String::new(),
            length => format!("({length} characters)"),
        };
        self
    }

    /// The same violation with the code of its rule.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        reason.clone_into(&mut self.reason);
        self
    }

    /// The same violation with what its rule says of numbers and words.
    #[must_use]
    pub fn with(mut self, argument: impl fmt::Display) -> Self {
        self.arguments.push(argument.to_string());
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_violation_does_not_hold_the_value() {
        let violation = Violation::masked("email", "anna@example.se", "must be an address");
        assert!(!format!("{violation:?}").contains("anna"));
        assert_eq!(violation.value, "(15 characters)");
    }
}
