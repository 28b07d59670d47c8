//! One question of an order form between its page and the form: read from what was typed, and shown again.

use api::orders::{FormChoice, FormCondition, FormField, FormFieldType, LocalText};
use std::str::FromStr;

use crate::http::fields::Fields;
use crate::i18n::Texts;
use crate::pages::form::Form;

/// Every type with its number.
pub(super) const KINDS: [FormFieldType; 5] = [
    FormFieldType::Text,
    FormFieldType::Choice,
    FormFieldType::Number,
    FormFieldType::Date,
    FormFieldType::YesNo,
];

/// The rules that a text can have.
const PATTERNS: [&str; 6] = [
    "",
    "digits",
    "email",
    "phone",
    "postal_code",
    "organization_number",
];

/// Something in a list to choose from.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// Reads a question of this type; what cannot be read is said at its field.
pub(super) fn read(
    kind: FormFieldType,
    fields: &Fields,
    form: &mut Form,
    t: &Texts,
) -> Option<FormField> {
    let (number, days) = (t.forms.error_number, t.forms.error_days);
    let text = |name: &str| fields.text(name);
    let local = |sv: &str, en: &str| LocalText {
        sv: text(sv),
        en: text(en),
    };
    let purge_days = whole(fields, form, "purge_days", t.forms.error_purge);
    let mut field = FormField {
        r#type: kind.into(),
        key: text("key"),
        label: Some(local("label_sv", "label_en")),
        help: Some(local("help_sv", "help_en")),
        required: text("need") == "always",
        required_if: (text("need") == "if").then(|| FormCondition {
            key: text("if_key"),
            value: text("if_value"),
        }),
        not_personal: kind != FormFieldType::Text && fields.flag("not_personal"),
        purge_days,
        ..FormField::default()
    };
    match kind {
        FormFieldType::Text => {
            let max_chars = whole(fields, form, "max_chars", t.forms.error_max_chars);
            field.max_chars = max_chars.unwrap_or_default();
            field.pattern = text("pattern");
        }
        FormFieldType::Number => {
            field.min = whole(fields, form, "min", number);
            field.max = whole(fields, form, "max", number);
        }
        FormFieldType::Date => {
            field.earliest_days = whole(fields, form, "earliest_days", days);
            field.latest_days = whole(fields, form, "latest_days", days);
        }
        FormFieldType::Choice => field.choices = choices(fields, form, t),
        FormFieldType::YesNo | FormFieldType::Unspecified => {}
    }
    form.is_right().then_some(field)
}

fn whole<T: FromStr>(
    fields: &Fields,
    form: &mut Form,
    name: &str,
    wrong: &'static str,
) -> Option<T> {
    let text = fields.text(name);
    let number = text.parse().ok();
    if number.is_none() && !text.is_empty() {
        form.refuse(name, wrong);
    }
    number
}

/// A choice on each line. The text is longer than any other field's; the body is bounded.
fn choices(fields: &Fields, form: &mut Form, t: &Texts) -> Vec<FormChoice> {
    let text = raw(fields, "choices");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read: Option<Vec<_>> = lines.map(choice).collect();
    if read.is_none() {
        form.refuse("choices", t.forms.error_choices);
    }
    read.unwrap_or_default()
}

fn choice(line: &str) -> Option<FormChoice> {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let [value, sv, en] = parts.as_slice() else {
        return None;
    };
    Some(FormChoice {
        value: (*value).to_owned(),
        label: Some(LocalText {
            sv: (*sv).to_owned(),
            en: (*en).to_owned(),
        }),
    })
}

/// A field's text as it came.
pub(super) fn raw<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.all(name).first().map_or("", String::as_str)
}

/// What was typed, to show it again.
pub(super) fn typed(fields: &Fields) -> Form {
    let mut form = Form::with(fields.texts(&[
        "key",
        "label_sv",
        "label_en",
        "help_sv",
        "help_en",
        "need",
        "if_key",
        "if_value",
        "max_chars",
        "pattern",
        "min",
        "max",
        "earliest_days",
        "latest_days",
        "not_personal",
        "purge_days",
    ]));
    form.set("choices", raw(fields, "choices"));
    form
}

/// A question as its page shows it.
pub(super) fn shown(field: &FormField) -> Form {
    let mut form = Form::default();
    let label = field.label.clone().unwrap_or_default();
    let help = field.help.clone().unwrap_or_default();
    let need = match (&field.required_if, field.required) {
        (Some(_), _) => "if",
        (None, true) => "always",
        (None, false) => "no",
    };
    let condition = field.required_if.clone().unwrap_or_default();
    let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    let lines: Vec<String> = field.choices.iter().map(line).collect();
    let values = [
        ("key", field.key.clone()),
        ("label_sv", label.sv),
        ("label_en", label.en),
        ("help_sv", help.sv),
        ("help_en", help.en),
        ("need", need.to_owned()),
        ("if_key", condition.key),
        ("if_value", condition.value),
        (
            "max_chars",
            number(Some(field.max_chars.into()).filter(|max| *max > 0)),
        ),
        ("pattern", field.pattern.clone()),
        ("min", number(field.min)),
        ("max", number(field.max)),
        ("earliest_days", number(field.earliest_days.map(i64::from))),
        ("latest_days", number(field.latest_days.map(i64::from))),
        ("purge_days", number(field.purge_days.map(i64::from))),
        ("choices", lines.join("\n")),
    ];
    for (name, value) in values {
        form.set(name, &value);
    }
    if field.not_personal {
        form.set("not_personal", "yes");
    }
    form
}

fn line(choice: &FormChoice) -> String {
    let label = choice.label.clone().unwrap_or_default();
    format!("{} | {} | {}", choice.value, label.sv, label.en)
}

/// Which input a rule of the orders service is about: `label.sv`, `choices[2].value`.
pub(super) fn input_of(member: &str) -> &'static str {
    match member {
        "label.sv" | "label" => "label_sv",
        "label.en" => "label_en",
        "help.sv" | "help" => "help_sv",
        "help.en" => "help_en",
        "required_if" | "required_if.key" => "if_key",
        "required_if.value" => "if_value",
        "max_chars" => "max_chars",
        "pattern" => "pattern",
        "min" => "min",
        "max" => "max",
        "earliest_days" => "earliest_days",
        "latest_days" => "latest_days",
        "not_personal" => "not_personal",
        "purge_days" => "purge_days",
        member if member.starts_with("choices") => "choices",
        _ => "key",
    }
}

/// What is said there.
pub(super) fn rule_of(input: &str, t: &Texts) -> &'static str {
    let words = &t.forms;
    match input {
        "label_sv" | "label_en" => words.error_label,
        "help_sv" | "help_en" => words.error_help,
        "if_key" => words.error_if_key,
        "if_value" => words.error_if_value,
        "max_chars" => words.error_max_chars,
        "pattern" => words.error_pattern,
        "min" | "max" => words.error_number,
        "earliest_days" | "latest_days" => words.error_days,
        "not_personal" => words.error_not_personal,
        "purge_days" => words.error_purge,
        "choices" => words.error_choices,
        _ => words.error_key,
    }
}

/// The place of the question and the member of it that a violation names: `fields[2].label.sv`.
pub(super) fn place_of(violation: &str) -> Option<(usize, &str)> {
    let (index, member) = violation.strip_prefix("fields[")?.split_once(']')?;
    let member = member.strip_prefix('.').unwrap_or(member);
    Some((index.parse().ok()?, member))
}

/// A type in words.
pub(super) fn kind_words(kind: FormFieldType, t: &Texts) -> &'static str {
    let words = &t.forms;
    match kind {
        FormFieldType::Text => words.kind_text,
        FormFieldType::Choice => words.kind_choice,
        FormFieldType::Number => words.kind_number,
        FormFieldType::Date => words.kind_date,
        FormFieldType::YesNo => words.kind_yes_no,
        FormFieldType::Unspecified => words.kind_unknown,
    }
}

fn pattern_words(pattern: &str, t: &Texts) -> &'static str {
    let words = &t.forms;
    match pattern {
        "digits" => words.pattern_digits,
        "email" => words.pattern_email,
        "phone" => words.pattern_phone,
        "postal_code" => words.pattern_postal_code,
        "organization_number" => words.pattern_organization_number,
        _ => words.pattern_none,
    }
}

/// The rules of a text to choose from.
pub(super) fn patterns(chosen: &str, t: &Texts) -> Vec<Choice> {
    let choice = |value: &str| Choice {
        value: value.to_owned(),
        name: pattern_words(value, t).to_owned(),
        chosen: value == chosen,
    };
    PATTERNS.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::{Fields, Form, FormFieldType, KINDS, input_of, place_of, read, shown};
    use crate::i18n::Lang;

    fn fields(extra: &[(&str, &str)]) -> Fields {
        let common = [
            ("key", "door_code"),
            ("label_sv", "Portkod"),
            ("label_en", "Door code"),
            ("need", "if"),
            ("if_key", "router"),
            ("if_value", "own"),
            ("purge_days", "0"),
        ];
        let pairs = common.iter().chain(extra);
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fields::of(pairs.collect())
    }

    #[test]
    fn what_is_typed_is_read_and_shown_again_for_every_type() {
        let extra = [
            ("max_chars", "10"),
            ("pattern", "digits"),
            ("min", "-3"),
            ("max", "7"),
            ("earliest_days", "-1"),
            ("latest_days", "30"),
            ("choices", "own | Egen | My own\r\n\r\nrent|Hyrd|Rented"),
            ("not_personal", "yes"),
        ];
        for kind in KINDS {
            let t = Lang::Sv.texts();
            let field = read(kind, &fields(&extra), &mut Form::default(), t).unwrap();
            let again = shown(&field);
            for (name, value) in [("key", "door_code"), ("need", "if"), ("purge_days", "0")] {
                assert_eq!(again.value(name), value);
            }
            let is = |of: FormFieldType, name: &str, value: &str| {
                let expected = if kind == of { value } else { "" };
                assert_eq!(again.value(name), expected, "{name} of {kind:?}");
            };
            is(FormFieldType::Text, "max_chars", "10");
            is(FormFieldType::Text, "pattern", "digits");
            is(FormFieldType::Number, "min", "-3");
            is(FormFieldType::Number, "max", "7");
            is(FormFieldType::Date, "earliest_days", "-1");
            is(FormFieldType::Date, "latest_days", "30");
            let lines = "own | Egen | My own\nrent | Hyrd | Rented";
            is(FormFieldType::Choice, "choices", lines);
            assert_eq!(field.not_personal, kind != FormFieldType::Text);
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_where_it_is() {
        let cases = [
            (FormFieldType::Text, "max_chars", "-1"),
            (FormFieldType::Number, "max", "many"),
            (FormFieldType::Date, "earliest_days", "2026-01-01"),
            (FormFieldType::Choice, "choices", "own | Egen"),
            (FormFieldType::YesNo, "purge_days_", ""),
        ];
        for (kind, name, value) in cases {
            let mut form = Form::default();
            let field = read(kind, &fields(&[(name, value)]), &mut form, Lang::Sv.texts());
            assert_eq!(field.is_some(), kind == FormFieldType::YesNo, "{name}");
            assert_eq!(form.error(name).is_empty(), field.is_some(), "{name}");
        }
    }

    #[test]
    fn a_violation_names_its_question_and_input() {
        assert_eq!(place_of("fields[2].label.sv"), Some((2, "label.sv")));
        assert_eq!(place_of("fields"), None);
        assert_eq!(place_of("answers.network.x"), None);
        for (member, input) in [
            ("choices[2].label.sv", "choices"),
            ("required_if.key", "if_key"),
            ("help", "help_sv"),
            ("key", "key"),
        ] {
            assert_eq!(input_of(member), input);
        }
    }
}
