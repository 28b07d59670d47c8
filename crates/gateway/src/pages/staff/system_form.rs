//! The form of a provider's system: what was entered, what is shown again, what is wrong. Secrets are never shown.

use api::orders::{ProviderSystem, PutProviderSystemRequest};
use kernel::Violation;

use crate::app::session::SignedIn;
use crate::http::fields::Fields;
use crate::i18n::Texts;
use crate::pages::form::Form;

/// The functions of a system, with the fields of the form.
const FUNCTIONS: [(&str, &str); 4] = [
    ("products", "function_products"),
    ("order", "function_order"),
    ("activationnotice", "function_activationnotice"),
    ("contacts", "function_contacts"),
];
/// Fields that are shown again; secrets are not.
const SHOWN: &[&str] = &[
    "provider_id",
    "base_url",
    "api_version",
    "user_name",
    "portal_url",
    "portal_operator",
    "version",
];

/// A box of the form.
pub(super) struct Tick {
    pub field: &'static str,
    pub words: &'static str,
    pub on: bool,
}

/// What was entered, to be shown again.
pub(super) fn keep(fields: &Fields) -> Form {
    let mut form = Form::with(fields.texts(SHOWN));
    for (_, field) in FUNCTIONS {
        if fields.flag(field) {
            form.set(field, "on");
        }
    }
    form
}

/// What is asked of the orders service.
pub(super) fn asked(staff: &SignedIn, fields: &Fields) -> PutProviderSystemRequest {
    let functions = FUNCTIONS.iter().filter(|(_, field)| fields.flag(field));
    PutProviderSystemRequest {
        network: staff.network.to_string(),
        system: Some(ProviderSystem {
            provider_id: fields.text("provider_id"),
            base_url: fields.text("base_url"),
            api_version: fields.text("api_version"),
            functions: functions.map(|(name, _)| (*name).to_owned()).collect(),
            portal_url: fields.text("portal_url"),
            portal_operator: fields.text("portal_operator"),
            ..ProviderSystem::default()
        }),
        user_name: fields.text("user_name"),
        password: fields.text("system_password"),
        portal_key: fields.text("portal_key"),
        // A form without a number edits nothing that there is.
        expected_version: fields.text("version").parse().unwrap_or_default(),
    }
}

/// The form of a system that there is, or of a new one.
pub(super) fn filled(known: Option<&ProviderSystem>, provider: &str) -> Form {
    let mut form = Form::default();
    form.set("provider_id", provider);
    form.set("api_version", "2.6");
    form.set("version", "0");
    let Some(system) = known else {
        return form;
    };
    for (field, value) in [
        ("base_url", &system.base_url),
        ("api_version", &system.api_version),
        ("portal_url", &system.portal_url),
        ("portal_operator", &system.portal_operator),
        ("version", &system.version.to_string()),
    ] {
        form.set(field, value);
    }
    for (name, field) in FUNCTIONS {
        if system.functions.iter().any(|one| one == name) {
            form.set(field, "on");
        }
    }
    form
}

/// The boxes.
pub(super) fn ticks(form: &Form, t: &Texts) -> Vec<Tick> {
    let s = &t.systems;
    let words = [
        s.function_products,
        s.function_order,
        s.function_activationnotice,
        s.function_contacts,
    ];
    let tick = |((_, field), words): ((&str, &'static str), &'static str)| Tick {
        field,
        words,
        on: form.is(field, "on"),
    };
    FUNCTIONS.into_iter().zip(words).map(tick).collect()
}

/// Each at its field, in the reader's language.
pub(super) fn refuse(form: &mut Form, t: &Texts, violations: &[Violation]) {
    let s = &t.systems;
    for violation in violations {
        let field = violation.field.rsplit('.').next().unwrap_or_default();
        let (field, message) = match field {
            "user_name" => ("user_name", s.error_user_name),
            "password" => ("system_password", s.error_password),
            "portal_url" => ("portal_url", s.error_portal_url),
            "portal_operator" => ("portal_operator", s.error_portal_operator),
            "portal_key" => ("portal_key", s.error_portal_key),
            "base_url" => ("base_url", s.error_base_url),
            "provider_id" => ("provider_id", t.common.error_provider_id),
            other => (other, t.common.error_other),
        };
        form.refuse(field, message);
    }
}
