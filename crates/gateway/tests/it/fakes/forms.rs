//! Order forms, as the orders service would keep them.

use api::orders::*;
use kernel::Violation;
use service_kit::error::{ErrorKind, ServiceError, refusal, to_status};
use tonic::Status;

/// What is asked, and which answers are refused.
#[derive(Default)]
pub struct Forms {
    /// The current ones.
    pub current: Vec<OrderForm>,
    /// Refused with these names of fields and rules.
    pub wrong: Vec<(&'static str, &'static str)>,
    /// A form is refused with these.
    pub wrong_form: Vec<(&'static str, &'static str)>,
    /// Those before the current ones, the newest last.
    pub old: Vec<OrderForm>,
}

#[derive(Debug, thiserror::Error)]
#[error("the request is not valid")]
pub struct Wrong(pub Vec<Violation>);

impl ServiceError for Wrong {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }

    fn reason(&self) -> &'static str {
        "REQUEST_INVALID"
    }

    fn violations(&self) -> Vec<Violation> {
        self.0.clone()
    }
}

/// A refusal for these fields.
pub fn wrong(fields: &[(&str, &str)]) -> Status {
    let violation = |(field, rule): &(&str, &str)| Violation::new(*field, "", *rule);
    to_status(Wrong(fields.iter().map(violation).collect()))
}

impl Forms {
    fn version(&self, provider_id: &str) -> u32 {
        let mut current = self.current.iter();
        let form = current.find(|form| form.provider_id == provider_id);
        form.map_or(0, |form| form.version)
    }

    /// Refuses an order that answers another version, or answers wrongly; `item` begins the names of what a provider asks.
    pub fn check(&self, asked: &PlaceOrderRequest, item: &str) -> Result<(), Status> {
        let shown = (asked.network_form_version, asked.provider_form_version);
        let provider = match asked.offering_id.as_str() {
            "o-2" => "ostnet",
            _ => "nordbredband",
        };
        if shown != (self.version(""), self.version(provider)) {
            let reason = "FORM_OUTDATED";
            return Err(refusal(ErrorKind::Precondition, reason, "it has changed"));
        }
        if self.wrong.is_empty() {
            return Ok(());
        }
        let named =
            |(field, rule): &(&str, &'static str)| match field.strip_prefix("answers.provider.") {
                Some(_) => (format!("{item}{field}"), *rule),
                None => ((*field).to_owned(), *rule),
            };
        let named: Vec<_> = self.wrong.iter().map(named).collect();
        let named: Vec<_> = named
            .iter()
            .map(|(field, rule)| (field.as_str(), *rule))
            .collect();
        Err(wrong(&named))
    }

    /// One version, or the current one.
    pub fn find(&self, provider_id: &str, version: u32) -> Option<OrderForm> {
        let mut all = self.current.iter().chain(&self.old);
        let wanted = |form: &&OrderForm| {
            form.provider_id == provider_id && (version == 0 || form.version == version)
        };
        all.find(wanted).cloned()
    }

    pub fn put(&mut self, asked: PutOrderFormRequest) -> Result<Option<OrderForm>, Status> {
        if !self.wrong_form.is_empty() {
            return Err(wrong(&self.wrong_form));
        }
        if asked.check_only {
            return Ok(None);
        }
        if asked.expected_version != self.version(&asked.provider_id) {
            let reason = "FORM_VERSION_CHANGED";
            return Err(refusal(ErrorKind::Conflict, reason, "somebody was first"));
        }
        let form = OrderForm {
            provider_id: asked.provider_id,
            version: asked.expected_version + 1,
            fields: asked.fields,
            ..OrderForm::default()
        };
        let is_same = |old: &mut OrderForm| old.provider_id == form.provider_id;
        self.old.extend(self.current.extract_if(.., is_same));
        self.current.push(form.clone());
        Ok(Some(form))
    }
}

fn both(sv: &str, en: &str) -> LocalText {
    LocalText {
        sv: sv.into(),
        en: en.into(),
    }
}

/// The network asks for a door code and a day, nordbredband for a router and, if it is the customer's own, its number.
pub fn asked() -> Vec<OrderForm> {
    let code = FormField {
        key: "door_code".into(),
        r#type: FormFieldType::Text.into(),
        label: Some(both("Portkod <A>", "Door code <A>")),
        help: Some(both("Till porten.", "Of the entrance.")),
        required: true,
        max_chars: 10,
        ..FormField::default()
    };
    let visit = FormField {
        key: "visit".into(),
        r#type: FormFieldType::Date.into(),
        label: Some(both("Besök", "Visit")),
        earliest_days: Some(0),
        ..FormField::default()
    };
    let choice = |value: &str, sv: &str, en: &str| FormChoice {
        value: value.into(),
        label: Some(both(sv, en)),
    };
    let router = FormField {
        key: "router".into(),
        r#type: FormFieldType::Choice.into(),
        label: Some(both("Router", "Router")),
        choices: vec![
            choice("own", "Egen", "My own"),
            choice("rent", "Hyrd", "Rented"),
        ],
        ..FormField::default()
    };
    let serial = FormField {
        key: "serial".into(),
        r#type: FormFieldType::Text.into(),
        label: Some(both("Serienummer", "Serial number")),
        max_chars: 40,
        required_if: Some(FormCondition {
            key: "router".into(),
            value: "own".into(),
        }),
        ..FormField::default()
    };
    let form = |provider_id: &str, version, fields| OrderForm {
        provider_id: provider_id.into(),
        version,
        fields,
        ..OrderForm::default()
    };
    vec![
        form("", 3, vec![code, visit]),
        form("nordbredband", 7, vec![router, serial]),
        form("sydfiber", 1, vec![]),
    ]
}

/// A personal answer as staff get it, and one that is not.
pub fn given() -> Vec<GivenAnswer> {
    let given = |key: &str, label, value: &str, words| GivenAnswer {
        scope: FormScope::Network.into(),
        key: key.into(),
        label,
        value: value.into(),
        value_label: words,
        personal: value == "***",
    };
    vec![
        given("door_code", Some(both("Portkod", "Door code")), "***", None),
        given(
            "router",
            Some(both("Router", "Router")),
            "own",
            Some(both("Egen", "My own")),
        ),
    ]
}
