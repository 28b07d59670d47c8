//! What is sold.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{NetworkCode, ProviderId, Violation};
use serde::{Deserialize, Serialize};

use super::campaign::{self, Campaign, CampaignInput, MONTHS_MAX, Validity};
use super::reading::Reading;
use super::words::{Category, ConsumerType, DocumentKind};
use crate::domain::OfferingId;

/// Offerings that one provider has at a time: far more than a person can choose among, few enough to be held in memory.
pub const OFFERINGS_MAX: usize = 2_000;
/// Characters of a description, and of what is said of the delivery.
const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// Mbit/s: faster than any port that there is in a home.
const MBPS_MAX: u32 = 1_000_000;
/// A Mbit/s in the unit of a port's capacity.
const KBPS_OF_MBPS: u32 = 1_000;
/// Months of notice.
const NOTICE_MONTHS_MAX: u32 = 12;
/// Months that may be paid at a time.
const PERIODS: [u32; 5] = [1, 2, 3, 6, 12];
/// Price groups of one offering.
const PRICE_GROUPS_MAX: usize = 100;
/// Characters of an id in the provider's system (ON-API's ID).
const EXTERNAL_CHARS_MAX: usize = 36;

/// What a provider sells over one technical service of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// Its id.
    pub id: OfferingId,
    /// The network that it is sold in.
    pub network: NetworkCode,
    /// Who sells it.
    pub provider: ProviderId,
    /// The technical service that it needs: "BB-100-100".
    pub service: String,
    /// Its name for people: ON-API's `offeringName`.
    pub name: String,
    /// The product that it is an offering of, for people; or empty.
    pub product_name: String,
    /// What it is.
    pub description: String,
    /// What the product is.
    pub categories: Vec<Category>,
    /// Mbit/s to the customer; 0 is not said. To find it by, and held against the port: the contract is the provider's.
    pub down_mbps: u32,
    /// Mbit/s from the customer; 0 is not said.
    pub up_mbps: u32,
    /// Who may buy it; empty is everybody.
    pub consumer_types: Vec<ConsumerType>,
    /// Shown only where the access has one of these; empty is everywhere.
    pub price_groups: Vec<u32>,
    /// Recurring price in öre a month, VAT included.
    pub monthly_price_ore: i64,
    /// Price at the start in öre, VAT included.
    pub start_price_ore: i64,
    /// Months that are paid at a time.
    pub price_period_months: u32,
    /// Months; 0 is none. ON-API's `agreementLength`.
    pub commitment_months: u32,
    /// Months of notice; 0 is none.
    pub notice_months: u32,
    /// How it gets to the customer; or empty.
    pub delivery: String,
    /// What the provider's own system calls it.
    pub external: Option<ExternalKey>,
    /// At most one of each kind.
    pub documents: Vec<Document>,
    /// When it can be ordered.
    pub valid: Validity,
    /// Nobody but staff sees it.
    pub draft: bool,
    /// See [`Campaign`].
    pub campaigns: Vec<Campaign>,
    /// Only who gives the code of a campaign that is valid may order it.
    pub code_required: bool,
}

/// Names an offering in the provider's system: an offering's id need not be unique there, with the product's it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalKey {
    /// ON-API's `productId`.
    pub product: String,
    /// ON-API's `offeringId`.
    pub offering: String,
}

/// Something to read, at the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// https.
    pub url: String,
    /// When it last changed, where its provider's system says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<DateTime<Utc>>,
}

/// What a caller says of an offering, unchecked.
#[derive(Clone, Debug, Default)]
pub struct OfferingInput {
    /// Empty gives a new one.
    pub id: String,
    /// See [`Offering::provider`].
    pub provider: String,
    /// See [`Offering::service`].
    pub service: String,
    /// See [`Offering::name`].
    pub name: String,
    /// See [`Offering::product_name`].
    pub product_name: String,
    /// See [`Offering::description`].
    pub description: String,
    /// Words of [`Category`].
    pub categories: Vec<String>,
    /// See [`Offering::down_mbps`].
    pub down_mbps: u32,
    /// See [`Offering::up_mbps`].
    pub up_mbps: u32,
    /// Words of [`ConsumerType`].
    pub consumer_types: Vec<String>,
    /// See [`Offering::price_groups`].
    pub price_groups: Vec<u32>,
    /// See [`Offering::monthly_price_ore`].
    pub monthly_price_ore: i64,
    /// See [`Offering::start_price_ore`].
    pub start_price_ore: i64,
    /// See [`Offering::price_period_months`]; 0 is read as 1.
    pub price_period_months: u32,
    /// See [`Offering::commitment_months`].
    pub commitment_months: u32,
    /// See [`Offering::notice_months`].
    pub notice_months: u32,
    /// See [`Offering::delivery`].
    pub delivery: String,
    /// Both, or none. See [`ExternalKey::product`].
    pub external_product_id: String,
    /// See [`ExternalKey::offering`].
    pub external_offering_id: String,
    /// A word of [`DocumentKind`], and the address.
    pub documents: Vec<(String, String)>,
    /// ISO 8601, or empty.
    pub valid_from: String,
    /// ISO 8601, or empty.
    pub valid_until: String,
    /// See [`Offering::draft`].
    pub draft: bool,
    /// See [`Offering::campaigns`].
    pub campaigns: Vec<CampaignInput>,
    /// See [`Offering::code_required`].
    pub code_required: bool,
}

impl Offering {
    /// Checks everything and says all that is wrong at once; `fresh` becomes the id of a new offering.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(
        network: NetworkCode,
        input: &OfferingInput,
        fresh: OfferingId,
    ) -> Result<Self, Vec<Violation>> {
        let mut read = Reading::default();
        let id = match input.id.as_str() {
            "" => Some(fresh),
            given => read.parsed("offering_id", given, OfferingId::parse(given), |_| "a UUID"),
        };
        let provider = ProviderId::parse(&input.provider);
        let provider = read.parsed("provider_id", &input.provider, provider, |e| e.rule);
        let texts = Texts::read(&mut read, input);
        let figures = Figures::read(&mut read, input);
        let lists = Lists::read(&mut read, input);
        let external = external(&mut read, input);
        let valid = Validity::read(&mut read, "", &input.valid_from, &input.valid_until);
        match (id, provider) {
            (Some(id), Some(provider)) if read.wrong.is_empty() => Ok(Self {
                id,
                network,
                provider,
                service: texts.service,
                name: texts.name,
                product_name: texts.product_name,
                description: texts.description,
                categories: lists.categories,
                down_mbps: input.down_mbps,
                up_mbps: input.up_mbps,
                consumer_types: lists.consumer_types,
                price_groups: lists.price_groups,
                monthly_price_ore: input.monthly_price_ore,
                start_price_ore: input.start_price_ore,
                price_period_months: figures.price_period_months,
                commitment_months: input.commitment_months,
                notice_months: input.notice_months,
                delivery: texts.delivery,
                external,
                documents: lists.documents,
                valid,
                draft: input.draft,
                campaigns: lists.campaigns,
                code_required: input.code_required,
            }),
            _ => Err(read.wrong),
        }
    }

    /// Whether it can be ordered on a day.
    pub fn is_sold_on(&self, day: NaiveDate) -> bool {
        !self.draft && self.valid.holds_on(day)
    }

    /// Mbit/s in its faster direction; 0 is not said.
    pub fn mbps(&self) -> u32 {
        self.down_mbps.max(self.up_mbps)
    }

    /// Whether a port of so many kbit/s can carry it (MDB-8). One that says no speed fits every port.
    pub fn fits(&self, capacity_kbps: u32) -> bool {
        self.mbps().saturating_mul(KBPS_OF_MBPS) <= capacity_kbps
    }

    /// Whether it is sold at accesses of this price group; none: the access has no group.
    pub fn is_for_group(&self, group: Option<u32>) -> bool {
        self.price_groups.is_empty()
            || group.is_some_and(|group| self.price_groups.contains(&group))
    }
}

struct Texts {
    service: String,
    name: String,
    product_name: String,
    description: String,
    delivery: String,
}

impl Texts {
    fn read(read: &mut Reading, input: &OfferingInput) -> Self {
        let long = (0, DESCRIPTION_CHARS_MAX);
        Self {
            service: read.text("service", &input.service, (1, 60)),
            name: read.text("name", &input.name, (1, 120)),
            product_name: read.text("product_name", &input.product_name, (0, 120)),
            description: read.text("description", &input.description, long),
            delivery: read.text("delivery", &input.delivery, long),
        }
    }
}

struct Figures {
    price_period_months: u32,
}

impl Figures {
    fn read(read: &mut Reading, input: &OfferingInput) -> Self {
        read.ore("monthly_price_ore", input.monthly_price_ore);
        read.ore("start_price_ore", input.start_price_ore);
        let price_period_months = input.price_period_months.max(1);
        if !PERIODS.contains(&price_period_months) {
            let given = price_period_months.to_string();
            read.refuse("price_period_months", &given, "1, 2, 3, 6 or 12 months");
        }
        let commitment = (0, MONTHS_MAX);
        read.number(
            "commitment_months",
            input.commitment_months,
            commitment,
            "months",
        );
        let notice = (0, NOTICE_MONTHS_MAX);
        read.number("notice_months", input.notice_months, notice, "months");
        for (field, speed) in [("down_mbps", input.down_mbps), ("up_mbps", input.up_mbps)] {
            read.number(field, speed, (0, MBPS_MAX), "Mbit/s");
        }
        Self {
            price_period_months,
        }
    }
}

struct Lists {
    categories: Vec<Category>,
    consumer_types: Vec<ConsumerType>,
    price_groups: Vec<u32>,
    documents: Vec<Document>,
    campaigns: Vec<Campaign>,
}

impl Lists {
    fn read(read: &mut Reading, input: &OfferingInput) -> Self {
        let (categories, types) = (&input.categories, &input.consumer_types);
        if input.price_groups.len() > PRICE_GROUPS_MAX {
            let given = input.price_groups.len().to_string();
            read.refuse(
                "price_groups",
                &given,
                &format!("at most {PRICE_GROUPS_MAX}"),
            );
        }
        let mut price_groups = input.price_groups.clone();
        price_groups.sort_unstable();
        price_groups.dedup();
        Self {
            categories: read.words("categories", categories, Category::parse, Category::RULE),
            consumer_types: read.words(
                "consumer_types",
                types,
                ConsumerType::parse,
                ConsumerType::RULE,
            ),
            price_groups,
            documents: documents(read, &input.documents),
            campaigns: campaign::read_all(read, &input.campaigns),
        }
    }
}

fn documents(read: &mut Reading, given: &[(String, String)]) -> Vec<Document> {
    let kinds: Vec<String> = given.iter().map(|(kind, _)| kind.clone()).collect();
    let parse = DocumentKind::parse;
    let kinds = read.words("documents", &kinds, parse, DocumentKind::RULE);
    let mut documents = Vec::new();
    for (at, (word, url)) in given.iter().enumerate() {
        let url = read.https(&format!("documents[{at}].url"), url, false);
        let kind = kinds.iter().copied().find(|kind| kind.as_str() == word);
        documents.extend(kind.map(|kind| Document {
            kind,
            url,
            updated: None,
        }));
    }
    documents
}

fn external(read: &mut Reading, input: &OfferingInput) -> Option<ExternalKey> {
    let (product, offering) = (&input.external_product_id, &input.external_offering_id);
    if product.is_empty() && offering.is_empty() {
        return None;
    }
    for (field, id) in [
        ("external_product_id", product),
        ("external_offering_id", offering),
    ] {
        if !is_external_id(id) {
            let rule = "both ids, each 1 to 36 letters, digits, \"-\" and \".\"";
            read.refuse(field, id, rule);
        }
    }
    Some(ExternalKey {
        product: product.clone(),
        offering: offering.clone(),
    })
}

/// ON-API's ID: `^[-0-9a-zA-Z\.]{1,36}$`.
pub fn is_external_id(id: &str) -> bool {
    (1..=EXTERNAL_CHARS_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

#[cfg(test)]
#[path = "offering_tests.rs"]
mod tests;
