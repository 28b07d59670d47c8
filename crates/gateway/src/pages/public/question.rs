//! What network and providers ask in an order, as a visitor sees it: every rule in words, nothing needs script.

use api::orders::{
    FormAnswer, FormCondition, FormField, FormFieldType, FormScope, LocalText, OrderForm,
};
use chrono::{Days, NaiveDate};

use super::checkout::{ITEMS_MAX, of_item, provider_prefix};
use crate::http::fields::Fields;
use crate::i18n::{Lang, fill};
use crate::pages::form::Form;

/// What the names of the network's questions begin with on the page; the providers' have [`provider_prefix`].
pub const NETWORK: &str = "network-";

/// One question.
pub struct Question {
    /// Name and id of its field on the page.
    pub name: String,
    pub label: String,
    /// Help, rules and condition, in sentences.
    pub hint: String,
    /// Of the input; empty: one of the options is chosen.
    pub input: &'static str,
    /// Value and words.
    pub options: Vec<(String, String)>,
    pub required: bool,
    /// Whether it may be left out whatever else is answered.
    pub optional: bool,
    /// Said when it must be answered and is not.
    missing: String,
    /// Said when it is answered wrongly.
    wrong: String,
    /// The other field, by its name here, and its answer or nothing for any.
    condition: Option<(String, String)>,
}

/// What one of them asks, and in which version.
#[derive(Default)]
pub struct Questions {
    pub version: u32,
    pub all: Vec<Question>,
}

impl Questions {
    /// Of the forms that came with the offers, that of the network (no id) or of a provider; `prefix` begins their names.
    pub fn of(
        forms: &[OrderForm],
        provider_id: &str,
        prefix: &str,
        (lang, today): (Lang, NaiveDate),
    ) -> Self {
        let Some(form) = forms.iter().find(|form| form.provider_id == provider_id) else {
            return Self::default();
        };
        let asked = form.fields.iter();
        let question = |field| Question::of(field, &form.fields, prefix, lang, today);
        Self {
            version: form.version,
            all: asked.map(question).collect(),
        }
    }

    /// Puts what the service refused, by the names of its violations, at the fields.
    pub fn refuse(&self, form: &mut Form, names: &[String]) {
        for question in self.all.iter().filter(|q| names.contains(&q.name)) {
            let is_missing = form.value(&question.name).is_empty();
            let said = if is_missing {
                &question.missing
            } else {
                &question.wrong
            };
            form.refuse(&question.name, said.clone());
        }
    }

    /// Says what must be answered and is not, when the service has not been asked yet.
    pub fn refuse_missing(&self, form: &mut Form) {
        let needed = |question: &Question| match &question.condition {
            Some((other, value)) => {
                let said = form.value(other);
                !said.is_empty() && (value.is_empty() || said == value)
            }
            None => question.required,
        };
        let missing: Vec<String> = self
            .all
            .iter()
            .filter(|q| form.value(&q.name).is_empty() && needed(q))
            .map(|q| q.name.clone())
            .collect();
        self.refuse(form, &missing);
    }
}

/// The answers of a posted page to one of the forms; what is empty is no answer.
pub fn answers(fields: &Fields, scope: FormScope, prefix: &str) -> Vec<FormAnswer> {
    let answer = |name: &str| {
        let key = name.strip_prefix(prefix)?;
        let value = fields.text(name);
        (!value.is_empty()).then(|| FormAnswer {
            scope: scope.into(),
            key: key.to_owned(),
            value,
        })
    };
    fields.names().filter_map(answer).collect()
}

/// Keeps what was typed, to show it again.
pub fn keep(form: &mut Form, fields: &Fields) {
    let providers: Vec<String> = (0..ITEMS_MAX).map(provider_prefix).collect();
    let ours = |name: &&str| {
        name.starts_with(NETWORK) || providers.iter().any(|prefix| name.starts_with(prefix))
    };
    for name in fields.names().filter(ours) {
        form.set(name, &fields.text(name));
    }
}

/// The field of the page that a violation of the service is about.
pub fn named(violation: &str) -> Option<String> {
    if let Some(key) = violation.strip_prefix("answers.network.") {
        return Some(format!("{NETWORK}{key}"));
    }
    let (item, field) = of_item(violation)?;
    let key = field.strip_prefix("answers.provider.")?;
    Some(format!("{}{key}", provider_prefix(item)))
}

impl Question {
    fn of(
        field: &FormField,
        form: &[FormField],
        prefix: &str,
        lang: Lang,
        today: NaiveDate,
    ) -> Self {
        let t = &lang.texts().public;
        let label = words(field.label.as_ref(), lang);
        let condition = field.required_if.as_ref();
        let bounds = bounds(field, lang, today);
        let sentences = [
            words(field.help.as_ref(), lang),
            bounds.clone(),
            condition.map_or_else(String::new, |other| explained(other, form, lang)),
        ];
        Self {
            name: format!("{prefix}{}", field.key),
            hint: joined(&sentences),
            input: match field.r#type() {
                FormFieldType::Date => "date",
                FormFieldType::Choice | FormFieldType::YesNo => "",
                _ => input_of(&field.pattern),
            },
            options: options(field, lang),
            required: field.required,
            optional: !field.required && condition.is_none(),
            missing: fill(t.question_missing, &label),
            wrong: joined(&[rule(field, &label, lang), bounds]),
            condition: condition
                .map(|other| (format!("{prefix}{}", other.key), other.value.clone())),
            label,
        }
    }
}

/// The keyboard that a telephone shows.
fn input_of(pattern: &str) -> &'static str {
    match pattern {
        "email" => "email",
        "phone" => "tel",
        _ => "text",
    }
}

fn options(field: &FormField, lang: Lang) -> Vec<(String, String)> {
    let t = &lang.texts().public;
    match field.r#type() {
        FormFieldType::YesNo => [("yes", t.question_yes), ("no", t.question_no)]
            .map(|(value, words)| (value.to_owned(), words.to_owned()))
            .to_vec(),
        _ => field
            .choices
            .iter()
            .map(|choice| (choice.value.clone(), words(choice.label.as_ref(), lang)))
            .collect(),
    }
}

/// What an answer must look like.
fn rule(field: &FormField, label: &str, lang: Lang) -> String {
    let t = &lang.texts().public;
    let text = match field.r#type() {
        FormFieldType::Choice | FormFieldType::YesNo => t.question_choice,
        FormFieldType::Number => t.question_number,
        FormFieldType::Date => t.question_date,
        _ => match field.pattern.as_str() {
            "digits" => t.question_digits,
            "email" => t.question_email,
            "phone" => t.question_phone,
            "postal_code" => t.question_postal_code,
            "organization_number" => t.question_organization_number,
            _ => return fill(&fill(t.question_text, label), field.max_chars),
        },
    };
    fill(text, label)
}

/// From when, up to what.
fn bounds(field: &FormField, lang: Lang, today: NaiveDate) -> String {
    let t = &lang.texts().public;
    let day = |days: Option<i32>| days.and_then(|days| from_today(today, days));
    let (from, to) = match field.r#type() {
        FormFieldType::Number => (
            field.min.map(|min| min.to_string()),
            field.max.map(|max| max.to_string()),
        ),
        FormFieldType::Date => (day(field.earliest_days), day(field.latest_days)),
        _ => (None, None),
    };
    joined(&[
        from.map_or_else(String::new, |from| fill(t.question_from, from)),
        to.map_or_else(String::new, |to| fill(t.question_to, to)),
    ])
}

fn from_today(today: NaiveDate, days: i32) -> Option<String> {
    let count = Days::new(u64::from(days.unsigned_abs()));
    let day = if days < 0 {
        today.checked_sub_days(count)
    } else {
        today.checked_add_days(count)
    };
    day.map(|day| day.to_string())
}

/// When it must be answered, in the words of the other question.
fn explained(condition: &FormCondition, form: &[FormField], lang: Lang) -> String {
    let t = &lang.texts().public;
    let Some(other) = form.iter().find(|field| field.key == condition.key) else {
        return String::new();
    };
    let question = words(other.label.as_ref(), lang);
    if condition.value.is_empty() {
        return fill(t.question_if_any, question);
    }
    let options = options(other, lang);
    let answer = options
        .into_iter()
        .find(|(value, _)| *value == condition.value);
    let answer = answer.map_or_else(|| condition.value.clone(), |(_, words)| words);
    fill(&fill(t.question_if_is, answer), question)
}

/// A text in the reader's language.
pub fn words(text: Option<&LocalText>, lang: Lang) -> String {
    let text = text.cloned().unwrap_or_default();
    match lang {
        Lang::Sv => text.sv,
        Lang::En => text.en,
    }
}

fn joined(sentences: &[String]) -> String {
    let said: Vec<&str> = sentences
        .iter()
        .map(String::as_str)
        .filter(|sentence| !sentence.is_empty())
        .collect();
    said.join(" ")
}
