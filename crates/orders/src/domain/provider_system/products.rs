//! What a provider's system says that it sells (ON-API 2.6, spec_sp/products), read into what the catalogue takes.
//!
//! An answer is taken as a whole or not at all; what is wrong with one offering refuses that one. Liberal in what the
//! specification's own examples have: `name` for `offeringName`, no `campaign`, a time without seconds.

mod cost;
mod figures;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use cost::Cost;

use crate::domain::catalogue::OfferingInput;
use crate::domain::catalogue::offering::OFFERINGS_MAX;
use crate::domain::catalogue::words::DocumentKind;

/// Characters of what is said of a value that cannot be read.
const RULE_MAX_CHARS: usize = 200;

/// Something of an answer that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which member.
    pub field: String,
    /// What it should have been.
    pub rule: String,
}

impl Wrong {
    pub(crate) fn new(field: &str, rule: &str) -> Self {
        let (field, rule) = (
            field.to_owned(),
            rule.chars().take(RULE_MAX_CHARS).collect(),
        );
        Self { field, rule }
    }
}

/// What a provider says of itself; what is empty is not said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ProviderFacts {
    /// Of its customer service.
    pub phone: Option<String>,
    /// In ON-API's grammar.
    pub opening_hours: Option<String>,
    /// An address.
    pub website: Option<String>,
    /// What it says of itself.
    pub presentation: Option<String>,
    files: Vec<File>,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Products {
    /// Of the provider; none where it cannot be read.
    pub facts: Result<ProviderFacts, Wrong>,
    /// What is sold, product by product.
    pub offered: Vec<Offered>,
}

/// One offering of one product.
#[derive(Clone, Debug)]
pub struct Offered {
    /// ON-API's `productId`, as far as it can be read.
    pub product_id: String,
    /// ON-API's `offeringId`, as far as it can be read.
    pub offering_id: String,
    /// What the catalogue is to take, or all that is wrong.
    pub wanted: Result<Box<Wanted>, Vec<Wrong>>,
}

/// What the catalogue is to take.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of whichever provider.
    pub input: OfferingInput,
    /// When documents last changed, by their kind.
    pub updated: Vec<(DocumentKind, DateTime<Utc>)>,
    /// What was left out.
    pub left_out: Vec<Wrong>,
}

/// Why an answer is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoProducts {
    /// It is not JSON, or breaks off.
    NotJson,
    /// It has no list of products.
    NotProducts,
    /// It has more than [`OFFERINGS_MAX`].
    TooMany,
}

impl NoProducts {
    /// A word for logs and lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotProducts => "not_products",
            Self::TooMany => "too_many",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    service_provider: Value,
    products: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Product {
    co_products: Vec<String>,
    #[serde(rename = "productId")]
    id: String,
    marketing_information: OfProduct,
    #[serde(default)]
    files: Option<Vec<File>>,
    offerings: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfProduct {
    product_name: String,
    categories: Vec<String>,
    description: String,
}

#[derive(Clone, Debug, Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: String,
    url: String,
    #[serde(default)]
    updated: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offering {
    offering_id: String,
    marketing_information: OfOffering,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfOffering {
    #[serde(alias = "name")]
    offering_name: String,
    consumer_types: Vec<String>,
    description: String,
    #[serde(default)]
    price_groups: Option<Vec<u32>>,
    #[serde(default)]
    delivery_information: Option<String>,
    start_price: String,
    price: String,
    price_period: String,
    period_of_notice: String,
    #[serde(default)]
    agreement_length: Option<String>,
    #[serde(default)]
    campaign_length: Option<String>,
    #[serde(default)]
    base_price: Option<String>,
    #[serde(default)]
    campaign_codes: Option<Vec<String>>,
    #[serde(default)]
    value_added: Option<String>,
}

impl Products {
    /// Reads a whole answer.
    ///
    /// # Errors
    /// It is none.
    pub fn read(body: &[u8]) -> Result<Self, NoProducts> {
        let value: Value = serde_json::from_slice(body).map_err(|_| NoProducts::NotJson)?;
        let answer: Answer = serde_json::from_value(value).map_err(|_| NoProducts::NotProducts)?;
        let facts = match answer.service_provider {
            Value::Null => Ok(ProviderFacts::default()),
            given => read("serviceProvider", given),
        };
        let common = facts.as_ref().map(|of| of.files.clone());
        let common = common.unwrap_or_default();
        let mut offered = Vec::new();
        for product in answer.products {
            offered_of(product, &common, &mut offered);
            if offered.len() > OFFERINGS_MAX {
                return Err(NoProducts::TooMany);
            }
        }
        Ok(Self { facts, offered })
    }
}

fn read<T: DeserializeOwned>(field: &str, value: Value) -> Result<T, Wrong> {
    serde_json::from_value(value).map_err(|error| Wrong::new(field, &error.to_string()))
}

/// An id that is shown beside what is wrong, as far as there is one.
fn id_of(value: &Value, name: &str) -> String {
    let id = value.get(name).and_then(Value::as_str).unwrap_or_default();
    id.chars().take(RULE_MAX_CHARS).collect()
}

fn offered_of(value: Value, common: &[File], all: &mut Vec<Offered>) {
    let product_id = id_of(&value, "productId");
    let refused = |offering_id: String, wrong| Offered {
        product_id: product_id.clone(),
        offering_id,
        wanted: Err(vec![wrong]),
    };
    let mut product: Product = match read("product", value) {
        Ok(product) => product,
        Err(wrong) => return all.push(refused(String::new(), wrong)),
    };
    for value in std::mem::take(&mut product.offerings) {
        let offering_id = id_of(&value, "offeringId");
        all.push(match read::<Offering>("offering", value) {
            Ok(offering) => Offered {
                product_id: product_id.clone(),
                offering_id,
                wanted: wanted(&product, &offering, common).map(Box::new),
            },
            Err(wrong) => refused(offering_id, wrong),
        });
    }
}

fn wanted(product: &Product, offering: &Offering, common: &[File]) -> Result<Wanted, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let [service] = product.co_products.as_slice() else {
        let rule = "one technical service: bundles are not sold in the guide";
        return Err(vec![Wrong::new("coProducts", rule)]);
    };
    let (said, about) = (
        &offering.marketing_information,
        &product.marketing_information,
    );
    if said.consumer_types.is_empty() {
        wrong.push(Wrong::new("consumerTypes", "one at least"));
    }
    let cost = Cost::read(said, &mut wrong);
    let mut left_out = Vec::new();
    let documents = documents(product, common, &mut left_out);
    let Some(cost) = cost.filter(|_| wrong.is_empty()) else {
        return Err(wrong);
    };
    let updated =
        |(kind, file): &(DocumentKind, &File)| Some((*kind, time(file.updated.as_ref()?)?));
    Ok(Wanted {
        updated: documents.iter().filter_map(updated).collect(),
        input: OfferingInput {
            service: service.clone(),
            name: said.offering_name.clone(),
            product_name: about.product_name.clone(),
            description: description(about, said),
            categories: about.categories.clone(),
            consumer_types: said.consumer_types.clone(),
            price_groups: said.price_groups.clone().unwrap_or_default(),
            monthly_price_ore: cost.monthly_ore,
            start_price_ore: cost.start_ore,
            price_period_months: cost.period,
            commitment_months: cost.agreement,
            notice_months: cost.notice,
            delivery: said.delivery_information.clone().unwrap_or_default(),
            external_product_id: product.id.clone(),
            external_offering_id: offering.offering_id.clone(),
            documents: documents
                .iter()
                .map(|(kind, file)| (kind.as_str().to_owned(), file.url.clone()))
                .collect(),
            code_required: cost.code_required,
            campaigns: cost.campaigns,
            ..OfferingInput::default()
        },
        left_out,
    })
}

/// The product's, and the offering's; and what the provider says that extras are worth.
fn description(about: &OfProduct, said: &OfOffering) -> String {
    let mut parts = vec![about.description.trim()];
    if said.description.trim() != parts[0] {
        parts.push(said.description.trim());
    }
    parts.retain(|part| !part.is_empty());
    let mut text = parts.join("\n\n");
    if let Some(value) = said
        .value_added
        .as_deref()
        .filter(|value| !value.is_empty())
    {
        text.push_str("\n\nVärde av det som ingår: ");
        text.push_str(value);
        text.push_str(" kr");
    }
    text
}

/// Of each kind the product's, or else the provider's. What is not https is left out, as nothing else is shown.
fn documents<'a>(
    product: &'a Product,
    common: &'a [File],
    left_out: &mut Vec<Wrong>,
) -> Vec<(DocumentKind, &'a File)> {
    let own = product.files.iter().flatten();
    let mut found: Vec<(DocumentKind, &File)> = Vec::new();
    for file in own.chain(common) {
        let kind = match file.kind.as_str() {
            "TermsAndConditions" => DocumentKind::Terms,
            "PrivacyPolicy" => DocumentKind::PrivacyPolicy,
            "Logo" => DocumentKind::Logo,
            _ => {
                let rule = "TermsAndConditions, PrivacyPolicy or Logo";
                left_out.push(Wrong::new("files.type", rule));
                continue;
            }
        };
        if !file.url.starts_with("https://") {
            left_out.push(Wrong::new("files.url", "https"));
        } else if found.iter().all(|(known, _)| *known != kind) {
            found.push((kind, file));
        }
    }
    found
}

/// RFC 3339, also without seconds.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let whole = DateTime::parse_from_rfc3339(text);
    let whole = whole.or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%#z"));
    whole.ok().map(|at| at.to_utc())
}

#[cfg(test)]
#[path = "products_tests.rs"]
mod tests;
