#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use kernel::Violation;

use crate::domain::address_file::field::MASTER;
use crate::domain::address_file::row::tests::under;
use crate::domain::address_file::{Format, RowVerdict};

/// The capacity of a row, or the reasons why it is refused.
fn capacity(format: Format, header: &str, row: &str) -> Result<Option<u32>, Vec<Violation>> {
    match under(format, header, row) {
        RowVerdict::Accepted(row) => Ok(row.facts.capacity_kbps),
        RowVerdict::Rejected { violations, .. } => Err(violations),
    }
}

#[test]
fn the_capacity_of_a_port_is_within_the_bounds_of_its_format_and_unit() {
    let master = MASTER.join("|");
    let mdb1 = |kbps: &str| {
        let row = format!("SNFDMO|Ort||Tomten 1|Gatan|1|||72134||||||4||1||S-1||||1|{kbps}|");
        capacity(Format::MdB1, &master, &row)
    };
    let mdb2 = |kbps: &str, mbps: &str| {
        let header = "coId|accessId|streetName|postalCode|city|premisesType|capacity|portSpeed";
        let row = format!("SNFDMO|1|Gatan 1|72134|Ort|OTHER|{kbps}|{mbps}");
        capacity(Format::MdB2, header, &row)
    };
    let pi = |mbps: &str| {
        let header = "accessId|streetName|postalCode|city|premisesType|option82|portSpeed";
        let row = format!("1|Gatan 1|72134|Ort|RESIDENTIAL_HOUSE|52|{mbps}");
        capacity(Format::PiApi, header, &row)
    };
    for (found, kbps) in [
        (mdb1(""), None),
        (mdb1("256"), Some(256)),
        (mdb1("1000000"), Some(1_000_000)),
        (mdb2("10000000", ""), Some(10_000_000)),
        (mdb2("", "10000"), Some(10_000_000)),
        (mdb2("100000", "100"), Some(100_000)),
        (pi("1"), Some(1_000)),
        (pi("1000 / 100"), Some(1_000_000)),
        (pi("100000"), Some(100_000_000)),
    ] {
        assert_eq!(found, Ok(kbps));
    }
    let refusal = |found: Result<Option<u32>, Vec<Violation>>| {
        let violations = found.unwrap_err();
        assert_eq!(violations.len(), 1, "{violations:?}");
        (
            violations[0].reason.clone(),
            violations[0].arguments.join(" "),
        )
    };
    let kbps = (
        "CAPACITY_INVALID".to_owned(),
        "256 100000000 kbit/s".to_owned(),
    );
    let mbps = ("CAPACITY_INVALID".to_owned(), "1 100000 Mbit/s".to_owned());
    for wrong in ["0", "255", "1000001", "-1", "1 Gbit", "1e6", "99999999999"] {
        let (reason, arguments) = refusal(mdb1(wrong));
        assert_eq!(reason, "CAPACITY_INVALID", "{wrong}");
        assert_eq!(arguments, "256 1000000 kbit/s");
    }
    for wrong in ["255", "100000001", "fast"] {
        assert_eq!(refusal(mdb2(wrong, "")), kbps, "{wrong}");
    }
    for wrong in [
        "0", "100001", "0/100", "100/", "/100", "100/fast", "100/10/1",
    ] {
        assert_eq!(refusal(pi(wrong)), mbps, "{wrong}");
    }
    let differs = ("CAPACITY_DIFFERS".to_owned(), String::new());
    assert_eq!(refusal(mdb2("100000", "1000")), differs);
    let violations = mdb1("0").unwrap_err();
    let rule = "capacity is a whole number from 256 to 1000000 kbit/s";
    assert_eq!(
        (violations[0].field.as_str(), violations[0].value.as_str()),
        ("capacity", "0")
    );
    assert_eq!(violations[0].rule, rule);
}
