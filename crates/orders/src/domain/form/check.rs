//! Checks of a form when it is put: everything that is wrong at once.

mod conditions;

use std::collections::HashSet;

use kernel::Violation;

use super::{
    CHOICES_MAX, Choice, Condition, DATE_DAYS_MAX, FIELDS_MAX, Field, FieldKind, HELP_MAX, KEY_MAX,
    LABEL_MAX, LocalText, NUMBER_MAX, Need, PURGE_DAYS_MAX, Pattern, TEXT_MAX, VIOLATIONS_MAX,
};

/// Characters of a wrong value that a violation repeats.
const SHOWN_MAX: usize = 40;

/// A field as it was sent, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldInput {
    /// See [`Field::key`].
    pub key: String,
    /// None: the sender named no type that there is.
    pub kind: Option<KindName>,
    /// See [`Field::label`].
    pub label: LocalText,
    /// See [`Field::help`].
    pub help: LocalText,
    /// Always required.
    pub required: bool,
    /// Key, and answer or empty.
    pub required_if: Option<(String, String)>,
    /// Of a text; 0 is [`TEXT_MAX`].
    pub max_chars: u32,
    /// Of a text: the name of a [`Pattern`], or empty.
    pub pattern: String,
    /// Of a number.
    pub min: Option<i64>,
    /// Of a number.
    pub max: Option<i64>,
    /// Of a date.
    pub earliest_days: Option<i32>,
    /// Of a date.
    pub latest_days: Option<i32>,
    /// Of a choice.
    pub choices: Vec<Choice>,
    /// The answer says nothing of a person.
    pub not_personal: bool,
    /// See [`Field::purge_days`].
    pub purge_days: Option<u32>,
}

/// The types by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindName {
    /// See [`FieldKind::Text`].
    Text,
    /// See [`FieldKind::Choice`].
    Choice,
    /// See [`FieldKind::Number`].
    Number,
    /// See [`FieldKind::Date`].
    Date,
    /// See [`FieldKind::YesNo`].
    YesNo,
}

/// Checks the fields of a form.
///
/// # Errors
/// Everything that is wrong, as `fields[2].label.sv`; of very much the first [`VIOLATIONS_MAX`].
pub fn fields(inputs: &[FieldInput]) -> Result<Vec<Field>, Vec<Violation>> {
    if inputs.len() > FIELDS_MAX {
        let rule = format!("at most {FIELDS_MAX} fields");
        let count = inputs.len().to_string();
        return Err(vec![Violation::new("fields", count, rule)]);
    }
    let mut wrong = Wrong::default();
    let parsed: Vec<Field> = inputs
        .iter()
        .enumerate()
        .map(|(index, input)| {
            wrong.at = format!("fields[{index}]");
            field(input, &mut wrong)
        })
        .collect();
    doubled(&parsed, &mut wrong);
    conditions::conditions(&parsed, &mut wrong);
    if wrong.all.is_empty() {
        Ok(parsed)
    } else {
        wrong.all.truncate(VIOLATIONS_MAX);
        Err(wrong.all)
    }
}

/// Collects violations at one place after another.
#[derive(Default)]
struct Wrong {
    at: String,
    all: Vec<Violation>,
}

impl Wrong {
    fn add(&mut self, member: &str, value: &str, rule: impl Into<String>) {
        let value: String = value.chars().take(SHOWN_MAX).collect();
        let field = format!("{}.{member}", self.at);
        self.all.push(Violation::new(field, value, rule));
    }

    fn at(&mut self, index: usize, member: &str, value: &str, rule: impl Into<String>) {
        self.at = format!("fields[{index}]");
        self.add(member, value, rule);
    }
}

fn field(input: &FieldInput, wrong: &mut Wrong) -> Field {
    key("key", &input.key, wrong);
    text("label", &input.label, 1, LABEL_MAX, wrong);
    text("help", &input.help, 0, HELP_MAX, wrong);
    strangers(input, wrong);
    if input.not_personal && input.kind == Some(KindName::Text) {
        wrong.add("not_personal", "true", "a text is always personal");
    }
    if let Some(days) = input.purge_days.filter(|days| *days > PURGE_DAYS_MAX) {
        let rule = format!("0 to {PURGE_DAYS_MAX} days");
        wrong.add("purge_days", &days.to_string(), rule);
    }
    Field {
        key: input.key.clone(),
        label: trimmed(&input.label),
        help: trimmed(&input.help),
        kind: kind(input, wrong),
        need: need(input, wrong),
        personal: !input.not_personal,
        purge_days: input.purge_days,
    }
}

fn kind(input: &FieldInput, wrong: &mut Wrong) -> FieldKind {
    match input.kind {
        Some(KindName::Text) => text_kind(input, wrong),
        Some(KindName::Choice) => choice_kind(input, wrong),
        Some(KindName::Number) => {
            range("min", input.min, NUMBER_MAX, wrong);
            range("max", input.max, NUMBER_MAX, wrong);
            ordered("max", input.min, input.max, wrong);
            FieldKind::Number {
                min: input.min,
                max: input.max,
            }
        }
        Some(KindName::Date) => {
            let (from, to) = (input.earliest_days, input.latest_days);
            range(
                "earliest_days",
                from.map(i64::from),
                DATE_DAYS_MAX.into(),
                wrong,
            );
            range(
                "latest_days",
                to.map(i64::from),
                DATE_DAYS_MAX.into(),
                wrong,
            );
            ordered("latest_days", from.map(i64::from), to.map(i64::from), wrong);
            FieldKind::Date {
                earliest_days: from,
                latest_days: to,
            }
        }
        Some(KindName::YesNo) => FieldKind::YesNo,
        None => {
            wrong.add("type", "", "text, choice, number, date or yes_no");
            FieldKind::YesNo
        }
    }
}

fn text_kind(input: &FieldInput, wrong: &mut Wrong) -> FieldKind {
    if input.max_chars > TEXT_MAX {
        let rule = format!("at most {TEXT_MAX} characters");
        wrong.add("max_chars", &input.max_chars.to_string(), rule);
    }
    let pattern = Pattern::ALL
        .into_iter()
        .find(|pattern| pattern.as_str() == input.pattern);
    if pattern.is_none() && !input.pattern.is_empty() {
        let names = Pattern::ALL.map(Pattern::as_str).join(", ");
        wrong.add("pattern", &input.pattern, format!("one of {names}"));
    }
    FieldKind::Text {
        max_chars: if input.max_chars == 0 {
            TEXT_MAX
        } else {
            input.max_chars
        },
        pattern,
    }
}

fn choice_kind(input: &FieldInput, wrong: &mut Wrong) -> FieldKind {
    if input.choices.is_empty() || input.choices.len() > CHOICES_MAX {
        let rule = format!("1 to {CHOICES_MAX} choices");
        wrong.add("choices", &input.choices.len().to_string(), rule);
    }
    let mut seen = HashSet::new();
    let mut choices = Vec::new();
    for (index, choice) in input.choices.iter().take(CHOICES_MAX).enumerate() {
        let member = format!("choices[{index}]");
        key(&format!("{member}.value"), &choice.value, wrong);
        text(
            &format!("{member}.label"),
            &choice.label,
            1,
            LABEL_MAX,
            wrong,
        );
        if !seen.insert(choice.value.as_str()) {
            let rule = "each value once";
            wrong.add(&format!("{member}.value"), &choice.value, rule);
        }
        choices.push(Choice {
            value: choice.value.clone(),
            label: trimmed(&choice.label),
        });
    }
    FieldKind::Choice { choices }
}

/// What is said of a type that the field is not of would be silently without effect.
fn strangers(input: &FieldInput, wrong: &mut Wrong) {
    let said = [
        ("max_chars", input.max_chars != 0, KindName::Text, "text"),
        ("pattern", !input.pattern.is_empty(), KindName::Text, "text"),
        ("min", input.min.is_some(), KindName::Number, "number"),
        ("max", input.max.is_some(), KindName::Number, "number"),
        (
            "earliest_days",
            input.earliest_days.is_some(),
            KindName::Date,
            "date",
        ),
        (
            "latest_days",
            input.latest_days.is_some(),
            KindName::Date,
            "date",
        ),
        (
            "choices",
            !input.choices.is_empty(),
            KindName::Choice,
            "choice",
        ),
    ];
    for (member, said, of, name) in said {
        if said && input.kind.is_some_and(|kind| kind != of) {
            wrong.add(member, "", format!("only of a field of type {name}"));
        }
    }
}

fn need(input: &FieldInput, wrong: &mut Wrong) -> Need {
    match (&input.required_if, input.required) {
        (None, true) => Need::Required,
        (None, false) => Need::Optional,
        (Some((key, value)), required) => {
            if required {
                wrong.add("required_if", key, "not with required, which is always");
            }
            Need::If(Condition {
                key: key.clone(),
                value: (!value.is_empty()).then(|| value.clone()),
            })
        }
    }
}

fn doubled(fields: &[Field], wrong: &mut Wrong) {
    let mut seen = HashSet::new();
    for (index, field) in fields.iter().enumerate() {
        if !seen.insert(field.key.as_str()) {
            wrong.at(index, "key", &field.key, "each key once in a form");
        }
    }
}

fn key(member: &str, text: &str, wrong: &mut Wrong) {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let right = (1..=KEY_MAX).contains(&text.len())
        && text.as_bytes()[0].is_ascii_lowercase()
        && text.bytes().all(word);
    if !right {
        let rule = format!("a to z, digits and _, a letter first, at most {KEY_MAX} characters");
        wrong.add(member, text, rule);
    }
}

fn text(member: &str, text: &LocalText, min: usize, max: usize, wrong: &mut Wrong) {
    for (language, text) in [("sv", &text.sv), ("en", &text.en)] {
        let text = text.trim();
        if !(min..=max).contains(&text.chars().count()) {
            let rule = format!("{min} to {max} characters");
            wrong.add(&format!("{member}.{language}"), text, rule);
        } else if text.contains(char::is_control) {
            wrong.add(&format!("{member}.{language}"), "", "one line of text");
        }
    }
    if text.sv.trim().is_empty() != text.en.trim().is_empty() && min == 0 {
        wrong.add(member, "", "in both languages, or in neither");
    }
}

fn range(member: &str, value: Option<i64>, max: i64, wrong: &mut Wrong) {
    if let Some(value) = value.filter(|value| !(-max..=max).contains(value)) {
        wrong.add(member, &value.to_string(), format!("-{max} to {max}"));
    }
}

fn ordered(member: &str, from: Option<i64>, to: Option<i64>, wrong: &mut Wrong) {
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        wrong.add(member, &to.to_string(), format!("at least {from}"));
    }
}

fn trimmed(text: &LocalText) -> LocalText {
    LocalText {
        sv: text.sv.trim().to_owned(),
        en: text.en.trim().to_owned(),
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
