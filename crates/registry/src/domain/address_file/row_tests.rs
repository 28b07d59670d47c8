#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::*;

const HEADER: &str = "coID;accessId;streetName;streetNumber;streetLittera;postalCode;city;countryCode;premisesType;\
     mduApartmentNumber;swerefNorth;accessState;residentName;activeServices;extra";

fn judge(row: &str) -> RowVerdict {
    let split = |text: &str| text.split(';').map(str::to_owned).collect::<Vec<_>>();
    let columns = Columns::recognise(split(HEADER)).unwrap();
    read_row(
        &columns,
        &NetworkCode::parse("SNFDMO").unwrap(),
        &split(row),
    )
}

fn accepted(row: &str) -> AccessRow {
    match judge(row) {
        RowVerdict::Accepted(row) => *row,
        RowVerdict::Rejected { violations, .. } => panic!("{violations:?}"),
    }
}

fn refused(row: &str) -> Vec<Violation> {
    match judge(row) {
        RowVerdict::Accepted(row) => panic!("{row:?}"),
        RowVerdict::Rejected { violations, .. } => violations,
    }
}

#[test]
fn a_whole_row() {
    let row = accepted(
        "SNFDMO;81883;Kungsgatan;10;G;721 34;Västerås;SE;RENTAL_APARTMENT;0901;6609,5;CONNECTED;Åsa Öberg;TV, BB-100-100,TV;kept",
    );
    assert_eq!(
        row.facts.address.label(),
        "Kungsgatan 10G lgh 0901, 721 34 Västerås"
    );
    assert_eq!(row.facts.premises.on_api, OnApiPremisesType::MduApartment);
    assert_eq!(row.facts.services.unwrap(), ["BB-100-100", "TV"]);
    assert_eq!(row.facts.coordinates.north, "6609.5");
    assert_eq!(row.resident.unwrap().as_str(), "Åsa Öberg");
    assert_eq!(row.other_columns, [("extra".to_owned(), "kept".to_owned())]);
}

#[test]
fn meter_addresses_and_villages() {
    let meter = accepted("snfdmo;A-1;Bergbyvägen;652-16;A;18670;Brottby;;COUNTRYSIDE;;;;;;");
    assert_eq!(
        meter.facts.address.label(),
        "Bergbyvägen 652-16A, 186 70 Brottby"
    );
    assert_eq!(meter.facts.state, AccessState::Connected);
    assert_eq!((meter.facts.services, meter.resident), (None, None));
    let village = accepted("SNFDMO;A-2;Norrgården;;;79290;Mora;;RESIDENTIAL_HOUSE;;;PLANNED;;0;");
    assert_eq!(village.facts.address.street_number(), "");
    assert_eq!(village.facts.services, Some(Vec::new()));
}

#[test]
fn on_api_words_for_premises_are_kept_as_given() {
    let row = accepted("SNFDMO;1;Storgatan;1;;72134;X;;MDU_TECHNICAL;;;;;;");
    assert_eq!(row.facts.premises.on_api, OnApiPremisesType::MduTechnical);
    assert_eq!(row.facts.premises.market_database, PremisesType::Other);
}

#[test]
fn every_violation_of_a_row_is_reported() {
    let violations = refused("OTHER;a b;;10;;1;;SWE;CASTLE;11;north;GONE;12345;;");
    let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
    for field in [
        "coId",
        "accessId",
        "streetName",
        "city",
        "mduApartmentNumber",
        "countryCode",
        "postalCode",
        "premisesType",
        "swerefNorth",
        "accessState",
        "residentName",
    ] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    let resident = violations
        .iter()
        .find(|v| v.field == "residentName")
        .unwrap();
    assert_eq!(resident.value, "(5 characters)");
    let premises = violations
        .iter()
        .find(|v| v.field == "premisesType")
        .unwrap();
    assert_eq!(premises.value, "CASTLE");
}

#[test]
fn mandatory_fields_must_have_a_value() {
    for (position, field) in [
        (0, "coId"),
        (1, "accessId"),
        (2, "streetName"),
        (5, "postalCode"),
        (6, "city"),
        (8, "premisesType"),
    ] {
        let mut row: Vec<_> = "SNFDMO;1;Storgatan;1;;72134;Mora;;OTHER;;;;;;"
            .split(';')
            .collect();
        row[position] = " ";
        let violations = refused(&row.join(";"));
        assert_eq!(
            violations
                .iter()
                .map(|v| v.field.as_str())
                .collect::<Vec<_>>(),
            [field]
        );
    }
}

#[test]
fn an_identity_number_is_never_repeated_whatever_the_column() {
    let violations = refused(
        "SNFDMO;199001189811;Storgatan;1;;19900118-9811;anna@example.se;;anna@example.se;199001189811;;;;;",
    );
    for violation in &violations {
        assert!(
            !violation.value.contains("9811") && !violation.value.contains("anna"),
            "{violation:?}"
        );
    }
    assert!(violations.len() >= 4);
}

#[test]
fn a_wrong_number_of_fields_is_refused_without_an_access() {
    let verdict = judge("SNFDMO;1;Storgatan");
    assert_eq!(verdict.access_id(), None);
    assert_eq!(
        refused("SNFDMO;1;Storgatan")[0].rule,
        "the row has 3 fields, the header has 15"
    );
}

proptest! {
    #[test]
    fn never_panics(fields in proptest::collection::vec(".{0,30}", 15)) {
        let columns = Columns::recognise(HEADER.split(';').map(str::to_owned).collect()).unwrap();
        let verdict = read_row(&columns, &NetworkCode::parse("SNFDMO").unwrap(), &fields);
        if let RowVerdict::Rejected { violations, .. } = verdict {
            prop_assert!(!violations.is_empty());
        }
    }
}
