//! A form that is shown again: what was written, and what is wrong with it, each at its field.

use std::collections::HashMap;

use http::StatusCode;
use kernel::Violation;

use crate::i18n::Texts;

/// Values and errors of a form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    values: HashMap<String, String>,
    errors: Vec<FieldError>,
}

/// One error, at its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name and id.
    pub field: String,
    /// What to do, in the reader's language.
    pub message: String,
}

impl Form {
    /// A form with these values.
    pub fn with(values: HashMap<String, String>) -> Self {
        Self {
            values,
            errors: Vec::new(),
        }
    }

    /// The value of a field.
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// Puts a value into a field.
    pub fn set(&mut self, field: &str, value: &str) {
        self.values.insert(field.to_owned(), value.to_owned());
    }

    /// Whether a field has this value; for boxes and choices.
    pub fn is(&self, field: &str, value: &str) -> bool {
        self.value(field) == value
    }

    /// The error at a field, or nothing.
    pub fn error(&self, field: &str) -> &str {
        self.errors
            .iter()
            .find(|e| e.field == field)
            .map_or("", |e| e.message.as_str())
    }

    /// All errors, for the summary at the top.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.errors.is_empty()
    }

    /// The status of the page that shows it.
    pub fn status(&self) -> StatusCode {
        if self.is_right() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    /// Adds an error at a field, unless it has one.
    pub fn refuse(&mut self, field: &str, message: impl Into<String>) {
        if self.error(field).is_empty() {
            self.errors.push(FieldError {
                field: field.to_owned(),
                message: message.into(),
            });
        }
    }

    /// Adds a service's violations, in the reader's language: a field says the same whatever the service calls the rule.
    pub fn refuse_all(&mut self, t: &Texts, violations: &[Violation]) {
        for violation in violations {
            let field = violation.field.rsplit('.').next().unwrap_or_default();
            self.refuse(field, message(t, field));
        }
    }
}

/// What is said at a field that is wrong.
pub fn message(t: &Texts, field: &str) -> &'static str {
    let c = &t.common;
    match field {
        "name" | "network_name" => c.error_name,
        "identity_number" | "identity_numbers" => c.error_identity_number,
        "email" | "emails" | "order_email" => c.error_email,
        "phone" | "phones" => c.error_phone,
        "requested_date" => c.error_requested_date,
        "accepted" => c.error_accepted,
        "query" | "q" => c.error_query,
        "provider_id" => c.error_provider_id,
        "network" => c.error_network,
        "host" => t.network.error_host,
        "password" => c.error_password,
        "roles" => c.error_roles,
        "file" => c.error_file,
        "keys" => c.error_keys,
        "names_at_access" | "access_id" => c.error_names_at_access,
        "reason" | "purpose" | "identity_proof" => c.error_reason,
        "monthly_price_ore" | "start_price_ore" | "monthly_price" | "start_price" | "value" => {
            c.error_price
        }
        "months"
        | "notice_months"
        | "price_period_months"
        | "down_mbps"
        | "up_mbps"
        | "price_groups"
        | "commitment_months" => c.error_number,
        "command_id" => c.error_command_id,
        "columns" => t.contracts.error_columns,
        "premises_types" => t.contracts.error_premises,
        "valid_from" => t.contracts.error_valid_from,
        "valid_until" => t.contracts.error_valid_until,
        _ => c.error_other,
    }
}

#[cfg(test)]
mod tests {
    use super::Form;
    use crate::i18n::Lang;
    use kernel::Violation;

    #[test]
    fn a_services_violations_land_at_their_fields_in_swedish() {
        let mut form = Form::default();
        let wrong = [
            Violation::new("customer.email", "", "must be an address"),
            Violation::new("x", "", "y"),
        ];
        form.refuse_all(Lang::Sv.texts(), &wrong);
        assert!(form.error("email").contains("e-postadress"));
        assert_eq!(form.errors().len(), 2);
        assert!(!form.is_right());
    }
}
