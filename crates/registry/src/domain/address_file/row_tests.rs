#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use kernel::{OnApiPremisesType, PremisesType};

use super::super::Columns;
use super::*;

const HEADER: &str = "coID;accessId;streetName;streetNumber;streetLittera;postalCode;city;countryCode;premisesType;\
     mduApartmentNumber;swerefNorth;accessState;residentName;activeServices;extra";

fn rules() -> Judge {
    Judge {
        network: NetworkCode::parse("SNFDMO").unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    }
}

pub fn under(format: Format, header: &str, row: &str) -> RowVerdict {
    let split = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
    let columns = Columns::recognise(split(header), format).unwrap();
    read_row(&Values::of_row(&columns, &split(row)), &rules())
}

fn judge(row: &str) -> RowVerdict {
    under(
        Format::MdB2,
        &HEADER.replace(';', "|"),
        &row.replace(';', "|"),
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
fn a_time_with_its_zone_is_the_day_by_swedish_clocks() {
    let header = "coId|accessId|streetName|postalCode|city|premisesType|connectionDate";
    for (written, day) in [
        ("2008-02-11T23:00:00Z", "2008-02-12"),
        ("2008-07-11T22:00:00Z", "2008-07-12"),
        ("2008-02-12T00:00:00+01:00", "2008-02-12"),
        ("2008-02-12T23:30:00", "2008-02-12"),
        ("2008-02-12", "2008-02-12"),
        ("20080212", "2008-02-12"),
    ] {
        let row = format!("SNFDMO|1|Byn|72134|Ort|UNKNOWN|{written}");
        let RowVerdict::Accepted(row) = under(Format::MdB2, header, &row) else {
            panic!("{written}");
        };
        assert_eq!(row.facts.connected_on_text(), day, "{written}");
    }
}

#[test]
fn a_whole_address_line_in_the_column_of_the_street_is_cut_as_elsewhere() {
    let row = accepted("SNFDMO;1;Storgatan 3 lgh 0901;;;72134;Ort;SE;RENTAL_APARTMENT;;;;;;");
    let label = row.facts.address.label();
    assert_eq!(label, "Storgatan 3 lgh 0901, 721 34 Ort");
}

#[test]
fn what_hides_somebody_or_lost_its_letters_is_refused_and_a_name_is_not_shown() {
    for (street, city, state, reason, shown) in [
        ("V?stergatan", "Ort", "", "LETTERS_LOST", true),
        ("Storgatan", "V{ster}s", "", "LETTERS_LOST", true),
        ("Kalle 19121212-1212", "Ort", "", "FIELD_PERSONAL", false),
        (
            "Stor\u{202e}gatan",
            "Ort",
            "",
            "FIELD_CONTROL_CHARACTERS",
            false,
        ),
        (
            "Storgatan",
            "Ort",
            "Birgitta Slipström",
            "ACCESS_STATE_INVALID",
            false,
        ),
    ] {
        let wrong = refused(&format!(
            "SNFDMO;1;{street};3;;72134;{city};SE;UNKNOWN;;;{state};;;"
        ));
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert_eq!(wrong[0].reason, reason, "{wrong:?}");
        let value = wrong[0].value.as_str();
        assert_eq!(value == street || value == city, shown, "{wrong:?}");
    }
}

#[test]
fn no_column_that_others_read_holds_an_identity_number_however_it_is_written() {
    let header = "coId|accessId|streetName|streetNumber|streetLittera|postalCode|city|premisesType|mduDistinguisher|\
                  outlet|population|propertyUnitDesignation|nationalAddressUUID";
    let fields: Vec<&str> = header.split('|').map(str::trim).collect();
    let usual = [
        "SNFDMO", "1", "Gatan", "3", "", "72134", "Ort", "OTHER", "", "", "", "", "",
    ];
    for field in fields.iter().skip(8).chain(["streetNumber", "city"].iter()) {
        for written in [
            "19121212-1212",
            "191212121212",
            "Tolvan 121212-1212",
            "19121212 1212",
        ] {
            let at = fields.iter().position(|name| name == field).unwrap();
            let mut row = usual;
            row[at] = written;
            let verdict = under(Format::MdB2, &fields.join("|"), &row.join("|"));
            let RowVerdict::Rejected { violations, .. } = verdict else {
                panic!("{field} = {written}")
            };
            let personal = violations.iter().find(|v| v.reason == "FIELD_PERSONAL");
            assert_eq!(personal.unwrap().field, *field, "{violations:?}");
        }
    }
    let joined = "SNFDMO|1|Gatan|19121212|1212|72134|Ort|OTHER|||||";
    let verdict = under(Format::MdB2, &fields.join("|"), joined);
    assert!(
        matches!(verdict, RowVerdict::Rejected { .. }),
        "number and letter together"
    );
    let mdb1 = "citynet|city|building|streetname|zip|type|cpe|socket|premise";
    for premise in ["19121212-1212", "1002;121212-1212"] {
        let row = format!("SNFDMO|Ort|1|Gatan|72134|11|1|A1|{premise}");
        let verdict = under(Format::MdB1, mdb1, &row);
        assert!(matches!(verdict, RowVerdict::Rejected { .. }), "{premise}");
    }
    // Numbers that are nobody's.
    let plain = "SNFDMO|1|Gatan|550|70|72134|Ort|OTHER|198-234B12|2001:17|010-3|Mården 1:23|";
    let verdict = under(Format::MdB2, &fields.join("|"), plain);
    assert!(matches!(verdict, RowVerdict::Accepted(_)), "{verdict:?}");
}

#[test]
fn what_comes_nobody_knows_when_is_neither_connected_nor_sold() {
    let header = "accessId|streetName|streetNumber|postalCode|city|premisesType|activationDate|salesStartDate";
    let judged = |activation: &str, sales: &str| {
        let row = format!("1|Gatan|3|72134|Ort|RESIDENTIAL_HOUSE|{activation}|{sales}");
        match under(Format::PiApi, header, &row) {
            RowVerdict::Accepted(row) => (row.facts.state, row.facts.services),
            RowVerdict::Rejected { violations, .. } => panic!("{violations:?}"),
        }
    };
    let never = "3030-12-12T00:00:01Z";
    assert_eq!(judged(never, "").0, AccessState::Planned);
    assert_eq!(judged("1990-01-01T00:00:01Z", "").0, AccessState::Connected);
    assert_eq!(judged("YES", never).1, Some(Vec::new()));
}

#[test]
fn a_day_of_connection_that_has_not_come_is_a_plan_unless_the_row_says_a_state() {
    let header = "coId|accessId|streetName|streetNumber|postalCode|city|premisesType|accessState|connectionDate";
    let state = |word: &str, day: &str| {
        let row = format!("SNFDMO|1|Gatan|3|72134|Ort|OTHER|{word}|{day}");
        match under(Format::MdB2, header, &row) {
            RowVerdict::Accepted(row) => row.facts.state,
            RowVerdict::Rejected { violations, .. } => panic!("{violations:?}"),
        }
    };
    for day in ["", "2008-02-12", "2026-11-22"] {
        assert_eq!(state("", day), AccessState::Connected, "{day}");
    }
    for day in ["2026-11-23", "2099-01-01", "3030-12-12T00:00:01Z"] {
        assert_eq!(state("", day), AccessState::Planned, "{day}");
    }
    assert_eq!(state("HOMESPASSED", "2099-01-01"), AccessState::HomesPassed);
}

#[test]
fn mdb1_tells_that_a_port_is_active_and_not_what_on_it() {
    let header = "citynet|city|building|streetname|zip|type|cpe|socket|active";
    let judged = |active: &str| {
        under(
            Format::MdB1,
            header,
            &format!("SNFDMO|Ort|Hus 1|Byn|72134|4|1|1|{active}"),
        )
    };
    for active in ["1", "2", ""] {
        let RowVerdict::Accepted(row) = judged(active) else {
            panic!("{active}");
        };
        assert_eq!(row.facts.services, None, "{active}");
    }
    assert!(matches!(judged("ja"), RowVerdict::Rejected { .. }));
}

#[test]
fn a_whole_row() {
    let row = accepted(
        "SNFDMO;81883;Kungsgatan;10;G;721 34;Västerås;SE;RENTAL_APARTMENT;0901;;CONNECTED;Åsa Öberg;TV, BB-100-100,TV;kept",
    );
    assert_eq!(
        row.facts.address.label(),
        "Kungsgatan 10G lgh 0901, 721 34 Västerås"
    );
    assert_eq!(row.facts.premises.on_api, OnApiPremisesType::MduApartment);
    assert_eq!(row.facts.services.unwrap(), ["BB-100-100", "TV"]);
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
fn a_row_of_the_first_specification() {
    let header = super::super::field::MASTER.join("|");
    let verdict = under(
        Format::MdB1,
        &header,
        "MNCMSN|Västerås|Bäckby|Dragverket 166|Spikverksgatan|128|B|Åsa Provsson|724 74|BRF Djupet|Kopparbergsvägen 8|72213|Luleå\
         |1002;198-234B12|4|2008-02-12|1|LVP-12|321-654-987|3|1|tv,direct|1|512|2",
    );
    let RowVerdict::Rejected {
        violations,
        access_id,
    } = verdict
    else {
        panic!("the network is another one")
    };
    assert_eq!(access_id.unwrap().as_str(), "321-654-987");
    assert_eq!(
        violations
            .iter()
            .map(|v| v.field.as_str())
            .collect::<Vec<_>>(),
        ["citynet"]
    );
    let verdict = under(
        Format::MdB1,
        &header,
        "SNFDMO|Västerås|Bäckby|Dragverket 166|Spikverksgatan|128|B|Åsa Provsson|724 74|BRF Djupet|Kopparbergsvägen 8|72213|Luleå\
         |1002;198-234B12|4|2008-02-12|1|LVP-12|321-654-987|3|1|tv,direct|1|512|2",
    );
    let RowVerdict::Accepted(row) = verdict else {
        panic!("{verdict:?}")
    };
    let facts = &row.facts;
    assert_eq!(
        facts.address.label(),
        "Spikverksgatan 128B lgh 1002, 724 74 Västerås"
    );
    assert_eq!(
        (
            facts.distinguisher.as_str(),
            facts.property_designation.as_str()
        ),
        ("198-234B12", "Dragverket 166")
    );
    assert_eq!(
        facts.premises.market_database,
        PremisesType::ResidentialHouse
    );
    assert_eq!(
        (facts.cpe, facts.capacity_kbps, facts.area.as_str()),
        (Some(true), Some(512), "Bäckby")
    );
    assert_eq!(facts.connected_on_text(), "2008-02-12");
    assert_eq!(facts.technical["keywords"], "tv,direct");
    assert_eq!(row.owner[0], ("name".to_owned(), "BRF Djupet".to_owned()));
    assert_eq!(row.owner.len(), 4);
}

#[test]
fn a_row_of_the_upload_api() {
    let header = "accessId|streetName|streetNumber|streetLittera|postalCode|city|countryCode|premisesType|mduApartmentNumber|\
        mduDistinguisher|outletId|population|option82|coFiberConverter|coCpeSwitch|coCpeRouter|activationDate|salesStartDate|portSpeed|iptv|rfof";
    let read = |row: &str| under(Format::PiApi, header, row);
    let RowVerdict::Accepted(row) = read(
        "2222|Lantvägen|550|70|100 00|Ankeborg|SE|33|1002||ABC1|pop1|abc123|LASER|||YES|YES|100|YES|NO",
    ) else {
        panic!()
    };
    assert_eq!(
        row.facts.address.label(),
        "Lantvägen 550-70 lgh 1002, 100 00 Ankeborg"
    );
    assert_eq!(row.facts.premises.on_api, OnApiPremisesType::MduApartment);
    assert_eq!(row.facts.capacity_kbps, Some(100_000));
    assert_eq!(
        (
            row.facts.outlet.as_str(),
            row.facts.technical["option82"].as_str()
        ),
        ("ABC1", "abc123")
    );
    for (activation, state, day) in [
        ("NO", AccessState::Planned, ""),
        ("2012-07-01", AccessState::Connected, "2012-07-01"),
        ("2030-07-01", AccessState::Planned, ""),
    ] {
        let row = format!(
            "1|Gatan|1||10000|X|SE|RESIDENTIAL_HOUSE|||||o|||| {activation}|YES|1000|NO|NO"
        );
        let RowVerdict::Accepted(row) = read(&row) else {
            panic!()
        };
        assert_eq!(
            (row.facts.state, row.facts.connected_on_text().as_str()),
            (state, day)
        );
    }
    let RowVerdict::Rejected { violations, .. } =
        read("1|Gatan|1||10000|X|SE|MDU_APARTMENT|||||o||||sometime|YES|fast|NO|NO")
    else {
        panic!()
    };
    let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(
        fields,
        ["mduApartmentNumber", "activationDate", "portSpeed"]
    );
}

#[test]
fn the_borrowed_columns_of_the_second_specification() {
    let header = "coId|accessId|streetName|postalCode|city|premisesType|countryCode|latitude|longitude|outlet|priceGroup|medium|capacity|cpe|connectionDate|legacyAccessId";
    let read = |row: &str| under(Format::MdB2, header, row);
    let RowVerdict::Accepted(row) = read(
        "SNFDMO|1|Karl Johans gate 22|0026|Oslo|COMMERCIAL|NO|59,91|10.74|A|0|FIBRE|1000000|NO|20080212|old-1",
    ) else {
        panic!()
    };
    assert_eq!(row.facts.address.label(), "Karl Johans gate 22, 0026 Oslo");
    assert_eq!(
        (
            row.facts.address.street_number(),
            row.facts.coordinates.latitude.as_str()
        ),
        ("22", "59.91")
    );
    assert_eq!(
        (row.facts.price_group, row.facts.cpe),
        (Some(0), Some(false))
    );
    let RowVerdict::Rejected { violations, .. } =
        read("SNFDMO|1|Gatan|0026|Oslo|COMMERCIAL|DK|95|x|A|-1||fast|maybe|12 feb|19900118-9811")
    else {
        panic!()
    };
    let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "connectionDate",
            "latitude",
            "longitude",
            "legacyAccessId",
            "priceGroup",
            "capacity",
            "cpe"
        ]
    );
    assert!(violations.iter().all(|v| !v.value.contains("9811")));
}

fn placed(country: &str, coordinates: &str) -> RowVerdict {
    let header = "coId|accessId|streetName|postalCode|city|premisesType|countryCode|swerefType|swerefNorth|swerefEast|latitude|longitude";
    let address = match country {
        "NO" => "Karl Johans gate 22|0026|Oslo",
        _ => "Centralplan 15|11120|Stockholm",
    };
    let row = format!("SNFDMO|1|{address}|COMMERCIAL|{country}|{coordinates}");
    under(Format::MdB2, header, &row)
}

#[test]
fn of_two_ways_to_say_where_it_is_the_one_that_is_missing_is_worked_out() {
    for (country, given, told) in [
        (
            "",
            "SWEREF 99 TM|6580822,5|674032||",
            ["SWEREF 99 TM", "6580822.5", "674032", "59.330", "18.059"],
        ),
        (
            "SE",
            "|||59,330231|18.059196",
            [
                "SWEREF99TM",
                "6580821.99",
                "674032.35",
                "59.330231",
                "18.059196",
            ],
        ),
        (
            "SE",
            "|6580822|674032|59.3302|18.0592",
            ["SWEREF99TM", "6580822", "674032", "59.3302", "18.0592"],
        ),
        ("SE", "||||", ["", "", "", "", ""]),
        (
            "NO",
            "|||59.9139|10.7522",
            ["", "", "", "59.9139", "10.7522"],
        ),
        ("NO", "|||9.9|100", ["", "", "", "9.9", "100"]),
    ] {
        let RowVerdict::Accepted(row) = placed(country, given) else {
            panic!("{country} {given}")
        };
        let c = row.facts.coordinates;
        let all = [c.system, c.north, c.east, c.latitude, c.longitude];
        for (is, begins) in all.iter().zip(told) {
            let right = is.starts_with(begins) && is.is_empty() == begins.is_empty();
            assert!(right, "{given}: {all:?}");
        }
    }
}

#[test]
fn coordinates_that_cannot_be_right_are_refused() {
    for (given, field, reason) in [
        ("|6580822|||", "swerefEast", "COORDINATE_HALF"),
        ("||||18.05", "latitude", "COORDINATE_HALF"),
        ("|674032|6580822||", "swerefNorth", "COORDINATE_ABROAD"),
        ("|||0|0", "latitude", "COORDINATE_ABROAD"),
        (
            "|6580822|674032|59.5|18.05",
            "swerefNorth",
            "COORDINATES_DIFFER",
        ),
        (
            "SWEREF 99 18 00|6580822|674032|59.330231|18.059196",
            "swerefNorth",
            "COORDINATES_DIFFER",
        ),
        ("|north|674032||", "swerefNorth", "COORDINATE_INVALID"),
    ] {
        let RowVerdict::Rejected { violations, .. } = placed("SE", given) else {
            panic!("{given}")
        };
        let [violation] = violations.as_slice() else {
            panic!("{given}: {violations:?}")
        };
        assert_eq!(
            (violation.field.as_str(), violation.reason.as_str()),
            (field, reason),
            "{given}"
        );
    }
}

proptest! {
    #[test]
    fn never_panics(fields in proptest::collection::vec(".{0,30}", 15)) {
        let columns = Columns::recognise(HEADER.split(';').map(str::to_owned).collect(), Format::MdB2).unwrap();
        let verdict = read_row(&Values::of_row(&columns, &fields), &rules());
        if let RowVerdict::Rejected { violations, .. } = verdict {
            prop_assert!(!violations.is_empty());
        }
    }
}
