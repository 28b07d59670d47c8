//! Checks of the answers of an order: everything that is wrong at once, and no personal value repeated.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use kernel::{Email, OrganizationNumber, Phone, Violation};

use super::{
    FIELDS_MAX, Field, FieldKind, KEY_MAX, NO, NUMBER_MAX, Need, OrderForms, Pattern, Scope,
    VIOLATIONS_MAX, YES,
};

/// Answers of one order: both forms full.
pub const ANSWERS_MAX: usize = 2 * FIELDS_MAX;

/// Characters of a wrong value that is not personal.
const SHOWN_MAX: usize = 40;

/// Digits of a Swedish postal code.
const POSTAL_DIGITS: usize = 5;

/// What a customer typed. `Debug` does not say it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerInput {
    /// Whose field; none: the caller named no scope that there is.
    pub scope: Option<Scope>,
    /// Which field.
    pub key: String,
    /// What was typed.
    pub value: String,
}

/// An answer that its field takes. `Debug` does not say it.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whose field.
    pub scope: Scope,
    /// The field as it was asked.
    pub field: Field,
    /// In its one spelling.
    pub value: String,
}

impl std::fmt::Debug for AnswerInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AnswerInput(..)")
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("scope", &self.scope)
            .field("key", &self.field.key)
            .finish_non_exhaustive()
    }
}

/// Without empty answers, without space around the others, in one order: two requests that say the same are the same.
pub fn normalised(inputs: &[AnswerInput]) -> Vec<AnswerInput> {
    let mut answers: Vec<_> = inputs
        .iter()
        .map(|input| AnswerInput {
            value: input.value.trim().to_owned(),
            ..input.clone()
        })
        .filter(|input| !input.value.is_empty())
        .collect();
    answers.sort();
    answers
}

/// Checks normalised answers against the forms; `today` is the customer's.
///
/// # Errors
/// Everything that is wrong, as `answers.network.door_code`; of very much the first [`VIOLATIONS_MAX`].
pub fn check(
    forms: &OrderForms,
    inputs: &[AnswerInput],
    today: NaiveDate,
) -> Result<Vec<Answer>, Vec<Violation>> {
    if inputs.len() > ANSWERS_MAX {
        let rule = format!("at most {ANSWERS_MAX} answers");
        return Err(vec![Violation::new("answers", "", rule)]);
    }
    let mut wrong = Vec::new();
    let given = given(forms, inputs, &mut wrong);
    let mut answers = Vec::new();
    for (scope, field) in forms.fields() {
        let name = name(scope, &field.key);
        match given.get(&(scope, field.key.as_str())) {
            Some(value) => match parse(field, value, today) {
                Ok(value) => answers.push(Answer {
                    scope,
                    field: field.clone(),
                    value,
                }),
                Err(rule) => wrong.push(Violation::new(name, shown(field, value), rule)),
            },
            None if is_needed(&field.need, scope, &given) => {
                wrong.push(Violation::new(name, "", "required"));
            }
            None => {}
        }
    }
    if wrong.is_empty() {
        return Ok(answers);
    }
    wrong.truncate(VIOLATIONS_MAX);
    Err(wrong)
}

/// How a violation names a field of an order.
pub fn name(scope: Scope, key: &str) -> String {
    format!("answers.{}.{key}", scope.as_str())
}

type Given<'a> = HashMap<(Scope, &'a str), &'a str>;

fn given<'a>(
    forms: &OrderForms,
    inputs: &'a [AnswerInput],
    wrong: &mut Vec<Violation>,
) -> Given<'a> {
    let mut given = HashMap::new();
    for input in inputs {
        let Some(scope) = input.scope else {
            wrong.push(Violation::new(
                "answers",
                "",
                "network or provider as scope",
            ));
            continue;
        };
        if forms.of(scope).field(&input.key).is_none() {
            // What is no key may be anything.
            let key: String = input.key.chars().take(KEY_MAX).collect();
            let is_word = key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let name = if is_word {
                name(scope, &key)
            } else {
                "answers".to_owned()
            };
            wrong.push(Violation::new(name, "", "a field of the form"));
        } else if given
            .insert((scope, input.key.as_str()), input.value.as_str())
            .is_some()
        {
            wrong.push(Violation::new(name(scope, &input.key), "", "one answer"));
        }
    }
    given
}

fn is_needed(need: &Need, scope: Scope, given: &Given<'_>) -> bool {
    match need {
        Need::Optional => false,
        Need::Required => true,
        Need::If(condition) => given
            .get(&(scope, condition.key.as_str()))
            .is_some_and(|said| condition.value.as_ref().is_none_or(|value| value == said)),
    }
}

fn shown(field: &Field, value: &str) -> String {
    if field.personal {
        return String::new();
    }
    value.chars().take(SHOWN_MAX).collect()
}

/// The answer in its one spelling, or what would have been right.
fn parse(field: &Field, value: &str, today: NaiveDate) -> Result<String, String> {
    match &field.kind {
        FieldKind::Text { max_chars, pattern } => text(value, *max_chars, *pattern),
        FieldKind::Choice { choices } => {
            let known = choices.iter().any(|choice| choice.value == value);
            known
                .then(|| value.to_owned())
                .ok_or_else(|| "one of the choices".to_owned())
        }
        FieldKind::Number { min, max } => number(value, *min, *max),
        FieldKind::Date {
            earliest_days,
            latest_days,
        } => date(value, *earliest_days, *latest_days, today),
        FieldKind::YesNo => [YES, NO]
            .contains(&value)
            .then(|| value.to_owned())
            .ok_or_else(|| "yes or no".to_owned()),
    }
}

fn text(value: &str, max_chars: u32, pattern: Option<Pattern>) -> Result<String, String> {
    if value.chars().count() > max_chars as usize {
        return Err(format!("at most {max_chars} characters"));
    }
    if value.contains(char::is_control) {
        return Err("one line of text".to_owned());
    }
    let refused = |error: kernel::ParseError| error.rule.to_owned();
    let digits = |value: &str| value.bytes().all(|b| b.is_ascii_digit());
    match pattern {
        None => Ok(value.to_owned()),
        Some(Pattern::Digits) if digits(value) => Ok(value.to_owned()),
        Some(Pattern::Digits) => Err("digits alone".to_owned()),
        Some(Pattern::Email) => Email::parse(value)
            .map(|email| email.as_str().to_owned())
            .map_err(refused),
        Some(Pattern::Phone) => Phone::parse(value)
            .map(|phone| phone.canonical().to_owned())
            .map_err(refused),
        Some(Pattern::PostalCode) => {
            let code: String = value.chars().filter(|c| *c != ' ').collect();
            let right = code.len() == POSTAL_DIGITS && digits(&code);
            right
                .then_some(code)
                .ok_or_else(|| "five digits".to_owned())
        }
        Some(Pattern::OrganizationNumber) => OrganizationNumber::parse(value)
            .map(|number| number.canonical().to_owned())
            .map_err(refused),
    }
}

fn number(value: &str, min: Option<i64>, max: Option<i64>) -> Result<String, String> {
    let (min, max) = (min.unwrap_or(-NUMBER_MAX), max.unwrap_or(NUMBER_MAX));
    let rule = || format!("a whole number, {min} to {max}");
    let number: i64 = value.parse().map_err(|_| rule())?;
    if (min..=max).contains(&number) {
        Ok(number.to_string())
    } else {
        Err(rule())
    }
}

fn date(
    value: &str,
    earliest_days: Option<i32>,
    latest_days: Option<i32>,
    today: NaiveDate,
) -> Result<String, String> {
    let day = NaiveDate::parse_from_str(value, "%Y-%m-%d")
        .map_err(|_| "a day as YYYY-MM-DD".to_owned())?;
    let bound = |days: Option<i32>| days.and_then(|days| from_today(today, days));
    match (bound(earliest_days), bound(latest_days)) {
        (Some(earliest), _) if day < earliest => Err(format!("{earliest} or later")),
        (_, Some(latest)) if day > latest => Err(format!("{latest} or earlier")),
        _ => Ok(day.to_string()),
    }
}

/// So many days from today.
fn from_today(today: NaiveDate, days: i32) -> Option<NaiveDate> {
    let count = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 {
        today.checked_sub_days(count)
    } else {
        today.checked_add_days(count)
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
