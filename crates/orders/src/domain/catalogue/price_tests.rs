#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
use kernel::{NetworkCode, ProviderId};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::OfferingId;
use crate::domain::catalogue::OfferingInput;
use crate::domain::catalogue::campaign::{MONTHS_MAX, Validity};
use crate::domain::catalogue::reading::MAX_PRICE_ORE;

fn offering(monthly: i64, start: i64, commitment: u32, period: u32) -> Offering {
    let input = OfferingInput {
        provider: ProviderId::parse("nordbredband").unwrap().to_string(),
        service: "BB-100-100".to_owned(),
        name: "Bredband 100".to_owned(),
        monthly_price_ore: monthly,
        start_price_ore: start,
        commitment_months: commitment,
        price_period_months: period,
        ..OfferingInput::default()
    };
    let ham = NetworkCode::parse("HAM").unwrap();
    Offering::parse(ham, &input, OfferingId::from_uuid(Uuid::nil())).unwrap()
}

fn campaign(kind: CampaignKind, value: i64, months: u32) -> Campaign {
    Campaign {
        kind,
        value,
        months,
        valid: Validity::default(),
        code: String::new(),
    }
}

fn campaigns() -> impl Strategy<Value = Campaign> {
    let kind = prop::sample::select(CampaignKind::ALL);
    (kind, 0..=MAX_PRICE_ORE, 1i64..=100, 0..=MONTHS_MAX).prop_map(
        |(kind, ore, percent, months)| {
            let value = match kind {
                CampaignKind::Percentage => percent,
                _ => ore,
            };
            campaign(kind, value, months)
        },
    )
}

fn offerings() -> impl Strategy<Value = Offering> {
    let period = prop::sample::select(&[1u32, 3, 12][..]);
    let price = 0..=MAX_PRICE_ORE;
    (price.clone(), price, 0..=MONTHS_MAX, period)
        .prop_map(|(monthly, start, months, period)| offering(monthly, start, months, period))
}

proptest! {
    #[test]
    fn the_total_is_the_start_and_every_month_one_by_one(
        offering in offerings(), campaign in campaigns()
    ) {
        let price = Price::of(&offering, Some(&campaign));
        let mut sum = offering.start_price_ore;
        for month in 0..price.total_months {
            sum += if month < campaign.months { price.first_monthly_ore } else { price.monthly_ore };
        }
        prop_assert_eq!(price.total_ore, sum);
        prop_assert!(price.total_months >= offering.commitment_months.max(1));
        prop_assert!(price.total_months < offering.commitment_months.max(1) + offering.price_period_months);
        prop_assert!(price.total_months.is_multiple_of(offering.price_period_months));
    }

    #[test]
    fn a_campaign_of_no_months_changes_nothing(offering in offerings(), of in campaigns()) {
        let none = Campaign { months: 0, ..of };
        prop_assert_eq!(Price::of(&offering, Some(&none)), Price::of(&offering, None));
    }

    #[test]
    fn no_month_is_below_nothing_and_a_reduction_never_costs(offering in offerings(), of in campaigns()) {
        let (plain, price) = (Price::of(&offering, None), Price::of(&offering, Some(&of)));
        prop_assert!(price.first_monthly_ore >= 0 && price.total_ore >= offering.start_price_ore);
        match of.kind {
            CampaignKind::Percentage | CampaignKind::Amount => prop_assert!(price.total_ore <= plain.total_ore),
            CampaignKind::Surcharge => prop_assert!(price.total_ore >= plain.total_ore),
            CampaignKind::FixedPrice => {}
        }
    }

    #[test]
    fn a_percentage_is_never_shown_below_what_it_is(offering in offerings(), percent in 1i64..=100) {
        let of = campaign(CampaignKind::Percentage, percent, 1);
        let shown = Price::of(&offering, Some(&of)).first_monthly_ore;
        let exact = offering.monthly_price_ore * (100 - percent);
        prop_assert!(shown * 100 >= exact && shown * 100 < exact + 100);
    }

    #[test]
    fn who_is_bound_for_longer_never_pays_less(offering in offerings(), of in campaigns()) {
        let longer = Offering { commitment_months: offering.commitment_months + 1, ..offering.clone() };
        prop_assert!(Price::of(&longer, Some(&of)).total_ore >= Price::of(&offering, Some(&of)).total_ore);
    }
}

#[test]
fn each_kind_by_hand() {
    let offering = offering(29_900, 10_000, 12, 1);
    for (kind, value, first, total) in [
        (
            CampaignKind::Percentage,
            33,
            20_033,
            10_000 + 3 * 20_033 + 9 * 29_900,
        ),
        (
            CampaignKind::Amount,
            10_000,
            19_900,
            10_000 + 3 * 19_900 + 9 * 29_900,
        ),
        (CampaignKind::Amount, 40_000, 0, 10_000 + 9 * 29_900),
        (
            CampaignKind::FixedPrice,
            9_900,
            9_900,
            10_000 + 3 * 9_900 + 9 * 29_900,
        ),
        (
            CampaignKind::Surcharge,
            5_000,
            34_900,
            10_000 + 3 * 34_900 + 9 * 29_900,
        ),
    ] {
        let price = Price::of(&offering, Some(&campaign(kind, value, 3)));
        assert_eq!(
            (price.first_monthly_ore, price.total_ore),
            (first, total),
            "{kind:?}"
        );
    }
}

#[test]
fn a_quarter_that_has_begun_is_paid() {
    let price = Price::of(&offering(10_000, 0, 4, 3), None);
    assert_eq!((price.total_months, price.total_ore), (6, 60_000));
    let price = Price::of(&offering(10_000, 0, 0, 1), None);
    assert_eq!((price.total_months, price.total_ore), (1, 10_000));
}

#[test]
fn a_code_gets_its_campaign_and_others_get_the_open_one_while_they_are_valid() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let mut offering = offering(29_900, 0, 12, 1);
    let december = Validity {
        from: Some(day("2026-12-01")),
        until: Some(day("2026-12-31")),
    };
    let open = Campaign {
        valid: december,
        ..campaign(CampaignKind::FixedPrice, 19_900, 3)
    };
    let secret = Campaign {
        code: "JUL-26".to_owned(),
        ..campaign(CampaignKind::FixedPrice, 9_900, 3)
    };
    offering.campaigns = vec![open, secret];
    for (on, code, first) in [
        ("2026-11-30", "", 29_900),
        ("2026-12-01", "", 19_900),
        ("2026-12-31", "wrong", 19_900),
        ("2027-01-01", "", 29_900),
        ("2027-01-01", " jul-26", 9_900),
    ] {
        let price = offering.price_on(day(on), code);
        assert_eq!(price.first_monthly_ore, first, "{on} {code}");
    }
    let (plain, with) = (
        offering.price_on(day("2027-01-01"), ""),
        offering.price_on(day("2027-01-01"), "JUL-26"),
    );
    assert_ne!(plain.mark(), with.mark());
    assert_eq!(
        plain.mark(),
        offering.price_on(day("2027-02-01"), "").mark()
    );
}
