//! Order forms and answers between the wire's words and ours.

use api as pb;
use pb::orders::{FormFieldType, FormScope};

use super::translate::invalid;
use crate::app::error::OrdersError;
use crate::app::order_answers::{GivenAnswer, MASK};
use crate::domain::form::answer::AnswerInput;
use crate::domain::form::check::{FieldInput, KindName};
use crate::domain::form::{Choice, Field, FieldKind, FormOwner, LocalText, Need, Pattern, Scope};
use crate::events::outgoing::timestamp;
use crate::store::order_form::StoredForm;
use kernel::ProviderId;

/// Whose form: a provider's by its id, or the network's.
pub(super) fn owner_in(provider_id: &str) -> Result<FormOwner, OrdersError> {
    if provider_id.is_empty() {
        return Ok(FormOwner::Network);
    }
    ProviderId::parse(provider_id)
        .map(FormOwner::Provider)
        .map_err(|error| invalid("provider_id", provider_id, error.rule))
}

/// 0 names no version.
pub(super) fn version_in(version: u32) -> Option<u32> {
    (version > 0).then_some(version)
}

/// The version that a page goes on below.
pub(super) fn below_in(token: &str) -> Result<Option<u32>, OrdersError> {
    match token {
        "" => Ok(None),
        token => token
            .parse()
            .map(Some)
            .map_err(|_| OrdersError::wrong_page_token()),
    }
}

pub(super) fn fields_in(fields: Vec<pb::orders::FormField>) -> Vec<FieldInput> {
    fields.into_iter().map(field_in).collect()
}

fn field_in(field: pb::orders::FormField) -> FieldInput {
    let kind = match field.r#type() {
        FormFieldType::Text => Some(KindName::Text),
        FormFieldType::Choice => Some(KindName::Choice),
        FormFieldType::Number => Some(KindName::Number),
        FormFieldType::Date => Some(KindName::Date),
        FormFieldType::YesNo => Some(KindName::YesNo),
        FormFieldType::Unspecified => None,
    };
    let choice = |choice: pb::orders::FormChoice| Choice {
        value: choice.value,
        label: text_in(choice.label),
    };
    FieldInput {
        kind,
        key: field.key,
        label: text_in(field.label),
        help: text_in(field.help),
        required: field.required,
        required_if: field.required_if.map(|other| (other.key, other.value)),
        max_chars: field.max_chars,
        pattern: field.pattern,
        min: field.min,
        max: field.max,
        earliest_days: field.earliest_days,
        latest_days: field.latest_days,
        choices: field.choices.into_iter().map(choice).collect(),
        not_personal: field.not_personal,
        purge_days: field.purge_days,
    }
}

fn text_in(text: Option<pb::orders::LocalText>) -> LocalText {
    let text = text.unwrap_or_default();
    LocalText {
        sv: text.sv,
        en: text.en,
    }
}

/// A form that nobody has put has version 0 and no fields.
pub(super) fn form_or_none(owner: &FormOwner, stored: Option<StoredForm>) -> pb::orders::OrderForm {
    stored.map_or_else(
        || pb::orders::OrderForm {
            provider_id: owner.provider_id().to_owned(),
            ..pb::orders::OrderForm::default()
        },
        form_out,
    )
}

pub(super) fn form_out(stored: StoredForm) -> pb::orders::OrderForm {
    pb::orders::OrderForm {
        provider_id: stored.provider_id,
        version: stored.form.version,
        fields: stored.form.fields.into_iter().map(field_out).collect(),
        put_at: Some(timestamp(stored.put_at)),
        put_by: stored.put_by,
    }
}

/// For the public, who are not told who of the staff has put it, and when.
pub(super) fn public_form_out(stored: StoredForm) -> pb::orders::OrderForm {
    pb::orders::OrderForm {
        put_at: None,
        put_by: String::new(),
        ..form_out(stored)
    }
}

fn field_out(field: Field) -> pb::orders::FormField {
    let required_if = match &field.need {
        Need::If(condition) => Some(pb::orders::FormCondition {
            key: condition.key.clone(),
            value: condition.value.clone().unwrap_or_default(),
        }),
        Need::Optional | Need::Required => None,
    };
    let mut out = pb::orders::FormField {
        required: field.need == Need::Required,
        required_if,
        key: field.key,
        label: Some(text_out(field.label)),
        help: Some(text_out(field.help)),
        not_personal: !field.personal,
        purge_days: field.purge_days,
        ..pb::orders::FormField::default()
    };
    match field.kind {
        FieldKind::Text { max_chars, pattern } => {
            out.set_type(FormFieldType::Text);
            out.max_chars = max_chars;
            pattern
                .map_or("", Pattern::as_str)
                .clone_into(&mut out.pattern);
        }
        FieldKind::Choice { choices } => {
            out.set_type(FormFieldType::Choice);
            out.choices = choices.into_iter().map(choice_out).collect();
        }
        FieldKind::Number { min, max } => {
            out.set_type(FormFieldType::Number);
            (out.min, out.max) = (min, max);
        }
        FieldKind::Date {
            earliest_days,
            latest_days,
        } => {
            out.set_type(FormFieldType::Date);
            (out.earliest_days, out.latest_days) = (earliest_days, latest_days);
        }
        FieldKind::YesNo => out.set_type(FormFieldType::YesNo),
    }
    out
}

fn choice_out(choice: Choice) -> pb::orders::FormChoice {
    pb::orders::FormChoice {
        value: choice.value,
        label: Some(text_out(choice.label)),
    }
}

fn text_out(text: LocalText) -> pb::orders::LocalText {
    pb::orders::LocalText {
        sv: text.sv,
        en: text.en,
    }
}

pub(super) fn answers_in(answers: Vec<pb::orders::FormAnswer>) -> Vec<AnswerInput> {
    let answer = |answer: pb::orders::FormAnswer| AnswerInput {
        scope: match answer.scope() {
            FormScope::Network => Some(Scope::Network),
            FormScope::Provider => Some(Scope::Provider),
            FormScope::Unspecified => None,
        },
        key: answer.key,
        value: answer.value,
    };
    answers.into_iter().map(answer).collect()
}

pub(super) fn given_out(given: Vec<GivenAnswer>) -> Vec<pb::orders::GivenAnswer> {
    let out = |given: GivenAnswer| {
        let words = (given.value != MASK).then(|| given.field.words(&given.value));
        let scope = match given.scope {
            Scope::Network => FormScope::Network,
            Scope::Provider => FormScope::Provider,
        };
        pb::orders::GivenAnswer {
            scope: scope.into(),
            key: given.field.key,
            label: Some(text_out(given.field.label)),
            value: given.value,
            value_label: words.map(text_out),
            personal: given.field.personal,
        }
    };
    given.into_iter().map(out).collect()
}
