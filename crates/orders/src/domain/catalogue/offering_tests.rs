#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
use uuid::Uuid;

use super::*;
use crate::domain::catalogue::{Provider, ProviderInput};

fn ham() -> NetworkCode {
    NetworkCode::parse("HAM").unwrap()
}

fn right() -> OfferingInput {
    OfferingInput {
        provider: "nordbredband".into(),
        service: "BB-100-100".into(),
        name: "Bredband 100".into(),
        monthly_price_ore: 29_900,
        ..OfferingInput::default()
    }
}

fn fields(input: &OfferingInput) -> Vec<String> {
    let fresh = OfferingId::from_uuid(Uuid::nil());
    match Offering::parse(ham(), input, fresh) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.into_iter().map(|v| v.field).collect(),
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let input = OfferingInput {
        provider: "X".into(),
        monthly_price_ore: -1,
        ..OfferingInput::default()
    };
    assert_eq!(
        fields(&input),
        ["provider_id", "service", "name", "monthly_price_ore"]
    );

    let input = ProviderInput {
        privacy_url: "http://example.se".into(),
        website: "https://user:word@example.se".into(),
        opening_hours: "dygnet runt".into(),
        phone: "ring".into(),
        ..ProviderInput::default()
    };
    let wrong = Provider::parse(ham(), &input).unwrap_err();
    let fields: Vec<_> = wrong.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "provider_id",
            "order_email",
            "name",
            "privacy_url",
            "phone",
            "opening_hours",
            "website"
        ]
    );
}

#[test]
fn every_new_field_has_its_rule() {
    assert_eq!(fields(&right()), [""; 0]);
    let words = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let wrong = OfferingInput {
        categories: words(&["internet", "internet", "radio"]),
        consumer_types: words(&["student", "cat"]),
        price_period_months: 5,
        notice_months: 13,
        down_mbps: 1_000_001,
        external_product_id: "p/1".into(),
        documents: vec![
            ("logo".into(), "http://example.se/logo".into()),
            ("poem".into(), "https://example.se".into()),
        ],
        valid_from: "2026-12-02".into(),
        valid_until: "2026-12-01".into(),
        ..right()
    };
    assert_eq!(
        fields(&wrong),
        [
            "price_period_months",
            "notice_months",
            "down_mbps",
            "categories[1]",
            "categories[2]",
            "consumer_types[1]",
            "documents[1]",
            "documents[0].url",
            "external_product_id",
            "external_offering_id",
            "valid_until",
        ]
    );
}

#[test]
fn campaigns_of_one_code_are_never_valid_on_the_same_day() {
    let campaign = |kind: &str, value, from: &str, until: &str, code: &str| CampaignInput {
        kind: kind.into(),
        value,
        months: 3,
        valid_from: from.into(),
        valid_until: until.into(),
        code: code.into(),
    };
    let with = |campaigns: Vec<CampaignInput>| OfferingInput {
        campaigns,
        ..right()
    };
    let one = campaign("percentage", 20, "2026-12-01", "2026-12-31", "");
    let next = campaign("fixedPrice", 9_900, "2027-01-01", "", "");
    let coded = campaign("amount", 5_000, "", "", "jul");
    assert_eq!(
        fields(&with(vec![one.clone(), next.clone(), coded.clone()])),
        [""; 0]
    );
    let late = campaign("surcharge", 100, "2026-12-31", "2027-02-01", "");
    let same = campaign("amount", 1, "", "", " JUL ");
    assert_eq!(
        fields(&with(vec![one, next, coded, late, same])),
        ["campaigns[3].valid_from", "campaigns[4].valid_from"]
    );
    let wrong = CampaignInput {
        months: 61,
        ..campaign("percentage", 101, "soon", "", "a b")
    };
    assert_eq!(
        fields(&with(vec![wrong])),
        ["value", "months", "valid_from", "code"].map(|f| format!("campaigns[0].{f}"))
    );
}

#[test]
fn an_offering_of_groups_is_not_for_an_access_without_one() {
    let fresh = OfferingId::from_uuid(Uuid::nil());
    let everywhere = Offering::parse(ham(), &right(), fresh).unwrap();
    let input = OfferingInput {
        price_groups: vec![3, 0, 3],
        ..right()
    };
    let grouped = Offering::parse(ham(), &input, fresh).unwrap();
    assert_eq!(grouped.price_groups, [0, 3]);
    for (group, shown) in [
        (None, false),
        (Some(0), true),
        (Some(1), false),
        (Some(3), true),
    ] {
        assert_eq!(grouped.is_for_group(group), shown, "{group:?}");
        assert!(everywhere.is_for_group(group));
    }
}
