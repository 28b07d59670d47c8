#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use chrono::TimeZone as _;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn validity(from: &str, until: Option<&str>) -> Validity {
    Validity {
        from: date(from),
        until: until.map(date),
    }
}

fn parse(text: &ContractText) -> Result<MarketContract, Vec<Violation>> {
    let network = NetworkCode::parse("SNFDMO").unwrap();
    let now = Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap();
    text.parse(Uuid::nil(), &network, now)
}

#[test]
fn both_ends_of_a_validity_are_in_it() {
    let year = validity("2026-01-01", Some("2026-12-31"));
    assert!(year.holds(date("2026-01-01")) && year.holds(date("2026-12-31")));
    assert!(!year.holds(date("2025-12-31")) && !year.holds(date("2027-01-01")));
    assert!(validity("2026-01-01", None).holds(date("2999-01-01")));
}

#[test]
fn what_shares_a_day_overlaps() {
    let year = validity("2026-01-01", Some("2026-12-31"));
    for (other, overlaps) in [
        (validity("2026-12-31", None), true),
        (validity("2027-01-01", None), false),
        (validity("2025-01-01", Some("2025-12-31")), false),
        (validity("2025-01-01", Some("2026-01-01")), true),
        (validity("2025-01-01", None), true),
    ] {
        assert_eq!(year.overlaps(other), overlaps, "{other:?}");
        assert_eq!(other.overlaps(year), overlaps, "{other:?}");
    }
}

#[test]
fn every_broken_rule_of_a_contract_is_named() {
    let text = ContractText {
        provider: "No Such".to_owned(),
        columns: vec!["streetName".to_owned(), "residentName".to_owned()],
        premises: vec!["CASTLE".to_owned()],
        valid_from: "2026-12-01".to_owned(),
        valid_until: "2026-11-01".to_owned(),
        on_api: false,
    };
    let fields: Vec<_> = parse(&text)
        .unwrap_err()
        .into_iter()
        .map(|v| v.field)
        .collect();
    assert_eq!(
        fields,
        ["provider_id", "columns", "premises_types", "valid_until"]
    );
    let nothing = ContractText::default();
    let fields: Vec<_> = parse(&nothing)
        .unwrap_err()
        .into_iter()
        .map(|v| v.field)
        .collect();
    assert_eq!(fields, ["provider_id", "columns", "valid_from"]);
}

#[test]
fn columns_are_read_in_any_case_and_kept_in_the_order_of_a_file() {
    let text = ContractText {
        provider: "nordbredband".to_owned(),
        columns: ["CITY", "streetname", "city"].map(str::to_owned).to_vec(),
        valid_from: "2026-11-22".to_owned(),
        ..ContractText::default()
    };
    assert_eq!(
        parse(&text).unwrap().columns,
        [MarketColumn::StreetName, MarketColumn::City]
    );
}

#[test]
fn no_column_is_about_a_person() {
    for name in MarketColumn::names() {
        let lower = name.to_lowercase();
        assert!(
            ["resident", "owner", "serial", "phone", "mail"]
                .iter()
                .all(|word| !lower.contains(word)),
            "{name}"
        );
        assert_eq!(MarketColumn::parse(name).unwrap().as_str(), name);
    }
}

#[test]
fn a_cursor_comes_back_as_it_was_given() {
    for access_id in ["", "ABC-123.4", "1"] {
        let cursor = Cursor {
            epoch: 3,
            revision: 17,
            access_id: access_id.to_owned(),
        };
        assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
    }
    for text in ["", "1", "1.2", "x.1.A", "1.-2.A", "1.2.A B", "1.2.å"] {
        assert_eq!(Cursor::parse(text), Err(CursorError), "{text}");
    }
}

#[test]
fn a_time_before_the_epoch_is_refused_and_its_first_second_is_not() {
    let began = Utc.with_ymd_and_hms(2026, 11, 22, 12, 41, 1).unwrap();
    let micros = chrono::TimeDelta::microseconds;
    for (since, refused) in [
        (began - micros(1_000_001), true),
        (began - micros(2), true),
        (began - micros(1), false),
        (began, false),
        (began + micros(1), false),
    ] {
        assert_eq!(is_from_before(since, began), refused, "{since}");
    }
}

#[test]
fn what_a_contract_says_is_read_from_the_second_after_it_was_said_or_began() {
    let read_from = |changed: &str, first_day: &str| {
        let text = ContractText {
            provider: "nordbredband".to_owned(),
            columns: vec!["city".to_owned()],
            valid_from: first_day.to_owned(),
            ..ContractText::default()
        };
        let contract = MarketContract {
            changed_at: changed.parse().unwrap(),
            ..parse(&text).unwrap()
        };
        contract.read_from().to_rfc3339()
    };
    let noon = "2026-11-22T12:00:01+00:00";
    for changed in ["12:00:00Z", "12:00:00.7Z", "12:00:00.999999Z"] {
        assert_eq!(
            read_from(&format!("2026-11-22T{changed}"), "2026-01-01"),
            noon
        );
    }
    // At midnight in Sweden.
    let changed = "2026-06-01T12:00:00Z";
    assert_eq!(
        read_from(changed, "2026-07-01"),
        "2026-06-30T22:00:01+00:00"
    );
}
