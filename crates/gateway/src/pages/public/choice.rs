//! What a visitor wants to see of the offers: by plain GET, so that it can be kept and sent on. None of it is about a person.

use api::orders::{OfferFilter, OfferSort};
use kernel::ProviderId;
use serde::Deserialize;
use url::form_urlencoded;

use super::offer::{category, consumer_type};
use crate::domain::price;
use crate::i18n::Texts;
use crate::pages::form::Form;

/// Categories in the order of the list.
pub const CATEGORIES: [&str; 5] = ["internet", "tv", "telephony", "smarthome", "security"];
/// Types of customers in the order of the list.
pub const CONSUMERS: [&str; 5] = [
    "residential",
    "business",
    "student",
    "senior",
    "propertyOwner",
];
/// What is chosen by, in the order of the form.
const FIELDS: [&str; 8] = [
    "category",
    "consumer_type",
    "min_speed",
    "max_price",
    "max_commitment",
    "sort",
    "code",
    "provider",
];
/// Characters of a code that are read.
const CODE_CHARS: usize = 40;

/// The fields of the filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfferQuery {
    category: String,
    consumer_type: String,
    min_speed: String,
    max_price: String,
    max_commitment: String,
    sort: String,
    code: String,
    provider: String,
    /// The page of an order by figures.
    from: String,
}

/// What is asked of the orders service, and what is shown of it again.
pub struct Choice {
    pub filter: OfferFilter,
    pub sort: OfferSort,
    pub code: String,
    /// Where the page begins.
    pub page_token: String,
    pub form: Form,
    /// Something is chosen: the filter is shown open.
    pub chosen: bool,
}

/// One of a list.
pub struct Item {
    pub value: &'static str,
    pub name: &'static str,
    pub chosen: bool,
}

impl Choice {
    /// Reads what was written; what cannot be read is said at its field, and nothing is filtered by it.
    pub fn of(query: OfferQuery, t: &Texts) -> Self {
        let mut form = Form::default();
        let values = [
            &query.category,
            &query.consumer_type,
            &query.min_speed,
            &query.max_price,
            &query.max_commitment,
            &query.sort,
            &query.code,
            &query.provider,
        ];
        for (field, value) in FIELDS.into_iter().zip(values) {
            form.set(field, value.trim());
        }
        let number = |form: &mut Form, field: &str| {
            let text = form.value(field).to_owned();
            let read = text.parse::<u32>().ok();
            if read.is_none() && !text.is_empty() {
                form.refuse(field, t.common.error_number);
            }
            read
        };
        let min_speed = number(&mut form, "min_speed");
        let max_commitment_months = number(&mut form, "max_commitment");
        let max_month_ore = price::parse(form.value("max_price"));
        if max_month_ore.is_none() && !form.value("max_price").is_empty() {
            form.refuse("max_price", t.common.error_price);
        }
        let known = |words: &[&str], word: &str| words.contains(&word).then(|| word.to_owned());
        let category = known(&CATEGORIES, form.value("category"));
        let consumer_type = known(&CONSUMERS, form.value("consumer_type"));
        let provider = ProviderId::parse(form.value("provider")).ok();
        let provider = provider.map(|provider| provider.to_string());
        let chosen = values.iter().any(|value| !value.trim().is_empty());
        let sort = match query.sort.as_str() {
            "price" => OfferSort::Price,
            "total" => OfferSort::Total,
            "speed" => OfferSort::Speed,
            _ => OfferSort::Neutral,
        };
        Self {
            filter: OfferFilter {
                categories: category.into_iter().collect(),
                min_down_mbps: min_speed.unwrap_or_default(),
                max_month_ore,
                max_commitment_months,
                consumer_type: consumer_type.unwrap_or_default(),
                provider_id: provider.unwrap_or_default(),
                offering_ids: Vec::new(),
            },
            page_token: match sort {
                OfferSort::Neutral => String::new(),
                _ => query.from.chars().filter(char::is_ascii_digit).collect(),
            },
            sort,
            code: code(&query.code),
            form,
            chosen,
        }
    }

    /// The same choice, but for one provider's offers, the cheapest first.
    pub fn of_provider(&self, provider: &str) -> String {
        self.link(&[("provider", provider), ("sort", "price")])
    }

    /// The page after this one.
    pub fn next(&self, page_token: &str) -> String {
        self.link(&[("from", page_token)])
    }

    fn link(&self, changed: &[(&str, &str)]) -> String {
        let kept = FIELDS.iter().filter(|field| {
            let changes = changed.iter().any(|(changed, _)| changed == *field);
            !changes && !self.form.value(field).is_empty()
        });
        let kept = kept.map(|field| (*field, self.form.value(field)));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept).extend_pairs(changed);
        query.finish()
    }

    pub fn categories(&self, t: &Texts) -> Vec<Item> {
        let chosen = self.form.value("category");
        let item = |value| Item {
            value,
            name: category(value, t),
            chosen: value == chosen,
        };
        CATEGORIES.map(item).into()
    }

    pub fn consumers(&self, t: &Texts) -> Vec<Item> {
        let chosen = self.form.value("consumer_type");
        let item = |value| Item {
            value,
            name: consumer_type(value, t),
            chosen: value == chosen,
        };
        CONSUMERS.map(item).into()
    }

    pub fn sorts(&self, t: &Texts) -> Vec<Item> {
        let t = &t.public;
        let chosen = self.form.value("sort");
        [
            ("", t.sort_neutral),
            ("price", t.sort_price),
            ("total", t.sort_total),
            ("speed", t.sort_speed),
        ]
        .map(|(value, name)| Item {
            value,
            name,
            chosen: value == chosen,
        })
        .into()
    }
}

/// A campaign's code as it may stand in an address; what is none has no meaning and goes.
pub fn code(typed: &str) -> String {
    let right = |c: &char| c.is_alphanumeric() || *c == '-' || *c == '_';
    typed.chars().filter(right).take(CODE_CHARS).collect()
}
