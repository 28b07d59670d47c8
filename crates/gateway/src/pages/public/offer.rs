//! An offer as visitors see it.

use api::orders::{Offering, OfferingDocument};

use crate::i18n::{Lang, Texts, fill};
use crate::pages::price::{self, PriceWords};

/// An offer in words.
pub struct Offer {
    pub id: String,
    pub name: String,
    pub product: String,
    pub provider: String,
    pub privacy_url: String,
    pub service: String,
    pub description: String,
    pub delivery: String,
    pub speed: String,
    pub categories: String,
    pub for_whom: String,
    pub price: PriceWords,
    /// Names the price, for the order.
    pub mark: String,
    pub documents: Vec<Document>,
    /// How the provider's customer service is reached.
    pub contact: String,
    pub order: String,
    /// Said at the box by which it is ordered with others.
    pub together: String,
}

/// A link to something to read at the provider.
pub struct Document {
    pub name: &'static str,
    pub url: String,
}

impl Offer {
    pub fn of(offering: Offering, lang: Lang) -> Self {
        let texts = lang.texts();
        let t = &texts.public;
        let price = price::of_offer(&offering);
        let words = |words: &[String], name: fn(&str, &Texts) -> &'static str| {
            let names: Vec<_> = words.iter().map(|word| name(word, texts)).collect();
            names.join(", ")
        };
        let contact = [&offering.provider_phone, &offering.provider_opening_hours];
        let contact: Vec<&str> = contact.iter().map(|s| s.as_str()).collect();
        let contact = contact.join(" ").trim().to_owned();
        let for_whom = words(&offering.consumer_types, consumer_type);
        Self {
            price: PriceWords::of(&price, lang),
            mark: price.mark,
            order: fill(t.place_order, &offering.name),
            together: fill(t.order_with_others, &offering.name),
            provider: fill(t.by_provider, &offering.provider_name),
            privacy_url: web(offering.privacy_url),
            speed: speed(offering.down_mbps, offering.up_mbps, t.offer_speed),
            categories: words(&offering.categories, category),
            for_whom: if for_whom.is_empty() {
                String::new()
            } else {
                fill(t.offer_for, for_whom)
            },
            documents: offering
                .documents
                .into_iter()
                .filter_map(|document| Document::of(document, texts))
                .collect(),
            contact: if contact.is_empty() {
                String::new()
            } else {
                fill(t.offer_contact, contact)
            },
            id: offering.offering_id,
            name: offering.name,
            product: offering.product_name,
            service: offering.service,
            description: offering.description,
            delivery: offering.delivery,
        }
    }
}

impl Document {
    /// A logo is none to read.
    fn of(document: OfferingDocument, t: &Texts) -> Option<Self> {
        let name = match document.kind.as_str() {
            "termsAndConditions" => t.public.offer_terms,
            "privacyPolicy" => t.common.privacy,
            _ => return None,
        };
        let url = web(document.url);
        (!url.is_empty()).then_some(Self { name, url })
    }
}

/// A link that a provider entered: only to the web.
fn web(url: String) -> String {
    if url.starts_with("https://") {
        url
    } else {
        String::new()
    }
}

/// What has to be done at the place before what is ordered there works.
pub fn activation(direct: bool, t: &Texts) -> &'static str {
    if direct {
        t.public.place_direct
    } else {
        t.public.place_installation
    }
}

fn speed(down: u32, up: u32, text: &str) -> String {
    match (down, up) {
        (0, _) => String::new(),
        (down, 0) => fill(text, down),
        (down, up) => fill(text, format!("{down}/{up}")),
    }
}

/// What a category of the orders service is called.
pub fn category(word: &str, t: &Texts) -> &'static str {
    let t = &t.public;
    match word {
        "internet" => t.category_internet,
        "tv" => t.category_tv,
        "telephony" => t.category_telephony,
        "smarthome" => t.category_smarthome,
        "security" => t.category_security,
        _ => t.category_other,
    }
}

/// What a type of customer of the orders service is called.
pub fn consumer_type(word: &str, t: &Texts) -> &'static str {
    let t = &t.public;
    match word {
        "residential" => t.consumer_residential,
        "business" => t.consumer_business,
        "student" => t.consumer_student,
        "senior" => t.consumer_senior,
        "propertyOwner" => t.consumer_property_owner,
        _ => t.consumer_other,
    }
}
