//! The form of an offering: between its fields and the offering that the orders service keeps.

use api::orders::{Campaign, Offering, OfferingDocument};
use kernel::Violation;

use crate::domain::price;
use crate::http::fields::Fields;
use crate::i18n::{Lang, Texts};
use crate::pages::form::{self, Form};
use crate::pages::public::choice::{CATEGORIES, CONSUMERS};
use crate::pages::public::offer::{category, consumer_type};

/// Campaigns that a form has room for; the orders service takes as many.
const CAMPAIGNS_MAX: usize = 8;
const CAMPAIGN_KINDS: [&str; 4] = ["percentage", "amount", "fixedPrice", "surcharge"];
const CAMPAIGN_FIELDS: [&str; 6] = [
    "kind",
    "value",
    "months",
    "valid_from",
    "valid_until",
    "code",
];

/// Fields that are a text of the offering as it is.
const TEXTS: [&str; 16] = [
    "offering_id",
    "offering_provider",
    "service",
    "product_name",
    "offering_name",
    "description",
    "monthly_price",
    "delivery",
    "external_product_id",
    "external_offering_id",
    "terms_url",
    "policy_url",
    "logo_url",
    "offer_from",
    "offer_until",
    "price_groups",
];

/// Fields with a whole number; empty is 0.
const NUMBERS: [&str; 5] = [
    "commitment_months",
    "notice_months",
    "price_period_months",
    "down_mbps",
    "up_mbps",
];

/// Documents, and their fields.
const DOCUMENTS: [(&str, &str); 3] = [
    ("termsAndConditions", "terms_url"),
    ("privacyPolicy", "policy_url"),
    ("logo", "logo_url"),
];

/// A box to tick.
pub struct Tick {
    pub field: String,
    pub name: &'static str,
    pub ticked: bool,
}

/// The fields of one campaign.
pub struct CampaignFields {
    /// From 1.
    pub number: usize,
    pub kind_field: String,
    pub kind: String,
    pub kinds: Vec<(&'static str, &'static str)>,
    pub inputs: Vec<CampaignInput>,
}

/// A field of a campaign.
pub struct CampaignInput {
    pub field: String,
    pub label: &'static str,
    pub input: &'static str,
}

/// What was written, to show it again.
pub fn keep(fields: &Fields) -> Form {
    let mut form = Form::default();
    let names: Vec<String> = fields.names().map(str::to_owned).collect();
    for name in names.iter().filter(|name| is_ours(name)) {
        form.set(name, &fields.text(name));
    }
    form
}

fn is_ours(name: &str) -> bool {
    TEXTS.contains(&name)
        || NUMBERS.contains(&name)
        || ["start_price", "draft", "code_required"].contains(&name)
        || ["category_", "consumer_", "campaign_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// The form of an offering that is there.
pub fn of(offering: &Offering) -> Form {
    let mut form = Form::default();
    let number = |n: u32| if n == 0 { String::new() } else { n.to_string() };
    let groups: Vec<_> = offering.price_groups.iter().map(u32::to_string).collect();
    for (field, value) in [
        ("offering_id", offering.offering_id.clone()),
        ("offering_provider", offering.provider_id.clone()),
        ("service", offering.service.clone()),
        ("product_name", offering.product_name.clone()),
        ("offering_name", offering.name.clone()),
        ("description", offering.description.clone()),
        ("monthly_price", kronor(offering.monthly_price_ore)),
        ("start_price", kronor(offering.start_price_ore)),
        ("commitment_months", number(offering.commitment_months)),
        ("notice_months", number(offering.notice_months)),
        ("price_period_months", number(offering.price_period_months)),
        ("down_mbps", number(offering.down_mbps)),
        ("up_mbps", number(offering.up_mbps)),
        ("delivery", offering.delivery.clone()),
        ("external_product_id", offering.external_product_id.clone()),
        (
            "external_offering_id",
            offering.external_offering_id.clone(),
        ),
        ("offer_from", offering.valid_from.clone()),
        ("offer_until", offering.valid_until.clone()),
        ("price_groups", groups.join(", ")),
    ] {
        form.set(field, &value);
    }
    for document in &offering.documents {
        let field = DOCUMENTS.iter().find(|(kind, _)| *kind == document.kind);
        if let Some((_, field)) = field {
            form.set(field, &document.url);
        }
    }
    let ticks = offering
        .categories
        .iter()
        .map(|word| format!("category_{word}"));
    let ticks = ticks.chain(
        offering
            .consumer_types
            .iter()
            .map(|word| format!("consumer_{word}")),
    );
    ticks
        .chain(offering.draft.then(|| "draft".to_owned()))
        .chain(offering.code_required.then(|| "code_required".to_owned()))
        .for_each(|field| form.set(&field, "yes"));
    for (at, campaign) in offering.campaigns.iter().enumerate() {
        keep_campaign(&mut form, at, campaign);
    }
    form
}

fn keep_campaign(form: &mut Form, at: usize, campaign: &Campaign) {
    let value = if campaign.kind == "percentage" {
        campaign.value.to_string()
    } else {
        kronor(campaign.value)
    };
    for (field, value) in [
        ("kind", campaign.kind.clone()),
        ("value", value),
        ("months", campaign.months.to_string()),
        ("valid_from", campaign.valid_from.clone()),
        ("valid_until", campaign.valid_until.clone()),
        ("code", campaign.code.clone()),
    ] {
        form.set(&format!("campaign_{at}_{field}"), &value);
    }
}

/// As it is written into the form.
fn kronor(ore: i64) -> String {
    price::show(ore, Lang::Sv)
}

/// Reads the form; what cannot be read is said at its field.
pub fn read(form: &mut Form, fields: &Fields, t: &Texts) -> Option<Offering> {
    let [commitment, notice, period, down, up] = NUMBERS.map(|field| number(form, field, t));
    let monthly = kronor_in(form, "monthly_price", false, t);
    let start = kronor_in(form, "start_price", true, t);
    let price_groups = price_groups(form, t);
    let campaigns = campaigns(form, t);
    let ticked = |prefix: &str, words: &[&str]| -> Vec<String> {
        let ticked = |word: &&&str| fields.flag(&format!("{prefix}_{word}"));
        words
            .iter()
            .filter(ticked)
            .map(ToString::to_string)
            .collect()
    };
    let documents = DOCUMENTS.iter().map(|(kind, field)| OfferingDocument {
        kind: (*kind).to_owned(),
        url: fields.text(field),
        updated: None,
    });
    Some(Offering {
        offering_id: fields.text("offering_id"),
        provider_id: fields.text("offering_provider"),
        service: fields.text("service"),
        name: fields.text("offering_name"),
        product_name: fields.text("product_name"),
        description: fields.text("description"),
        categories: ticked("category", &CATEGORIES),
        consumer_types: ticked("consumer", &CONSUMERS),
        down_mbps: down?,
        up_mbps: up?,
        price_groups: price_groups?,
        monthly_price_ore: monthly?,
        start_price_ore: start?,
        price_period_months: period?,
        commitment_months: commitment?,
        notice_months: notice?,
        delivery: fields.text("delivery"),
        external_product_id: fields.text("external_product_id"),
        external_offering_id: fields.text("external_offering_id"),
        documents: documents.filter(|d| !d.url.is_empty()).collect(),
        valid_from: fields.text("offer_from"),
        valid_until: fields.text("offer_until"),
        draft: fields.flag("draft"),
        code_required: fields.flag("code_required"),
        campaigns: campaigns?,
        ..Offering::default()
    })
}

fn number(form: &mut Form, field: &str, t: &Texts) -> Option<u32> {
    let text = form.value(field);
    let read = if text.is_empty() {
        Some(0)
    } else {
        text.parse().ok()
    };
    if read.is_none() {
        form.refuse(field, t.common.error_number);
    }
    read
}

fn kronor_in(form: &mut Form, field: &str, may_be_empty: bool, t: &Texts) -> Option<i64> {
    let text = form.value(field);
    let read = if text.is_empty() && may_be_empty {
        Some(0)
    } else {
        price::parse(text)
    };
    if read.is_none() {
        form.refuse(field, t.common.error_price);
    }
    read
}

fn price_groups(form: &mut Form, t: &Texts) -> Option<Vec<u32>> {
    let parts = form.value("price_groups").split(',').map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    let groups: Option<Vec<u32>> = parts.map(|part| part.parse().ok()).collect();
    if groups.is_none() {
        form.refuse("price_groups", t.common.error_number);
    }
    groups
}

/// A campaign without a kind is none. They keep their numbers, so that a refusal finds its field.
fn campaigns(form: &mut Form, t: &Texts) -> Option<Vec<Campaign>> {
    let mut all = Some(Vec::new());
    for at in 0..CAMPAIGNS_MAX {
        let field = |name: &str| format!("campaign_{at}_{name}");
        let kind = form.value(&field("kind")).to_owned();
        if kind.is_empty() {
            continue;
        }
        let value = if kind == "percentage" {
            number(form, &field("value"), t).map(i64::from)
        } else {
            kronor_in(form, &field("value"), false, t)
        };
        let months = number(form, &field("months"), t);
        let campaign = value.zip(months).map(|(value, months)| Campaign {
            kind,
            value,
            months,
            valid_from: form.value(&field("valid_from")).to_owned(),
            valid_until: form.value(&field("valid_until")).to_owned(),
            code: form.value(&field("code")).to_owned(),
        });
        all = all.zip(campaign).map(|(mut all, campaign)| {
            all.push(campaign);
            all
        });
    }
    all
}

/// Says what the service refused at the fields of this form.
pub fn refuse(form: &mut Form, t: &Texts, violations: &[Violation]) {
    for violation in violations {
        let (field, word) = field_of(&violation.field, form);
        form.refuse(&field, form::message(t, &word));
    }
}

/// The field of the page, and what it is about.
fn field_of(field: &str, form: &Form) -> (String, String) {
    let last = field.rsplit('.').next().unwrap_or_default().to_owned();
    if let Some(rest) = field.strip_prefix("campaigns[") {
        let nth = rest
            .split(']')
            .next()
            .and_then(|nth| nth.parse::<usize>().ok());
        let mut given =
            (0..CAMPAIGNS_MAX).filter(|at| !form.is(&format!("campaign_{at}_kind"), ""));
        let at = given.nth(nth.unwrap_or_default()).unwrap_or_default();
        return (format!("campaign_{at}_{last}"), last);
    }
    let ours = match last.split('[').next().unwrap_or_default() {
        "name" => "offering_name",
        "provider_id" => "offering_provider",
        "monthly_price_ore" => "monthly_price",
        "start_price_ore" => "start_price",
        "valid_from" => "offer_from",
        "valid_until" => "offer_until",
        "documents" | "url" => "terms_url",
        "categories" => "category_internet",
        "consumer_types" => "consumer_residential",
        other => other,
    };
    (ours.to_owned(), last)
}

/// The boxes of the categories.
pub fn categories(form: &Form, t: &Texts) -> Vec<Tick> {
    ticks(form, "category", &CATEGORIES, |word| category(word, t))
}

/// The boxes of who may buy.
pub fn consumers(form: &Form, t: &Texts) -> Vec<Tick> {
    ticks(form, "consumer", &CONSUMERS, |word| consumer_type(word, t))
}

fn ticks(
    form: &Form,
    prefix: &str,
    words: &[&str],
    name: impl Fn(&str) -> &'static str,
) -> Vec<Tick> {
    let tick = |word: &&str| {
        let field = format!("{prefix}_{word}");
        Tick {
            name: name(word),
            ticked: !form.value(&field).is_empty(),
            field,
        }
    };
    words.iter().map(tick).collect()
}

/// The campaigns that there are, and room for one more.
pub fn campaign_fields(form: &Form, t: &Texts) -> Vec<CampaignFields> {
    let value = |at: usize, name: &str| form.value(&format!("campaign_{at}_{name}")).to_owned();
    let is_used = |at: &usize| {
        CAMPAIGN_FIELDS
            .iter()
            .any(|name| !value(*at, name).is_empty())
    };
    let used = (0..CAMPAIGNS_MAX)
        .rev()
        .find(is_used)
        .map_or(0, |last| last + 1);
    let names = [
        t.staff.campaign_percentage,
        t.staff.campaign_amount,
        t.staff.campaign_fixed,
        t.staff.campaign_surcharge,
    ];
    let inputs = [
        ("value", t.staff.campaign_value, "text"),
        ("months", t.staff.campaign_months, "text"),
        ("valid_from", t.staff.offering_from, "date"),
        ("valid_until", t.staff.offering_until, "date"),
        ("code", t.public.filter_code, "text"),
    ];
    let row = |at: usize| CampaignFields {
        number: at + 1,
        kind_field: format!("campaign_{at}_kind"),
        kind: value(at, "kind"),
        kinds: CAMPAIGN_KINDS.into_iter().zip(names).collect(),
        inputs: inputs
            .map(|(name, label, input)| CampaignInput {
                field: format!("campaign_{at}_{name}"),
                label,
                input,
            })
            .into(),
    };
    (0..CAMPAIGNS_MAX.min(used + 1)).map(row).collect()
}
