#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use kernel::AddressParts;
use proptest::prelude::*;

use super::*;

fn access(
    id: &str,
    street: &str,
    number: &str,
    littera: &str,
    city: &str,
    apartment: &str,
) -> IndexedAccess {
    let address = Address::parse(AddressParts {
        street_name: street.into(),
        street_number: number.into(),
        street_littera: littera.into(),
        postal_code: "721 34".into(),
        city: city.into(),
        country_code: String::new(),
        apartment_number: apartment.into(),
    })
    .unwrap();
    IndexedAccess {
        access_id: AccessId::parse(id).unwrap(),
        address,
        state: AccessState::Connected,
        listed_services: None,
    }
}

fn index() -> SearchIndex {
    SearchIndex::build([
        access("1", "Kungsgatan", "10", "G", "Västerås", "1102"),
        access("2", "Kungsgatan", "10", "G", "Västerås", "1101"),
        access("3", "Kungsgatan", "1", "", "Västerås", ""),
        access("4", "Kungsgatan", "100", "", "Örebro", ""),
        access("5", "Bergbyvägen", "652-16", "A", "Täby", ""),
        access("6", "Norrgården", "", "", "Mora", ""),
        access("7", "Nils-Ersgatan", "3", "", "Mora", ""),
    ])
}

fn find(query: &str) -> Vec<String> {
    index()
        .find(query, 10)
        .into_iter()
        .map(|a| a.access_id.to_string())
        .collect()
}

#[test]
fn finds_by_every_part_of_an_address() {
    assert_eq!(find("kungsgatan 10 g"), ["2", "1"]);
    assert_eq!(find("Kungsgatan 10G, 721 34 Västerås"), ["2", "1"]);
    assert_eq!(find("kungsgatan 10g lgh 1102"), ["1"]);
    assert_eq!(find("bergbyvagen 652-16a"), ["5"]);
    assert_eq!(find("bergbyvägen 652"), ["5"]);
    assert_eq!(find("kungsg 10g väs"), ["2", "1"]);
    assert_eq!(find("väst kung 1 "), ["3", "2", "1"]);
    assert_eq!(find("1 kungsg"), ["3"]);
    assert_eq!(find("norrgarden mora"), ["6"]);
    assert_eq!(find("ersgatan"), ["7"]);
    assert_eq!(find("nils-ersg"), ["7"]);
    assert_eq!(find("72134 mora"), ["7", "6"]);
}

#[test]
fn exact_comes_before_prefix_and_a_number_is_a_prefix_only_at_the_end() {
    assert_eq!(find("kungsgatan 1"), ["3", "2", "1", "4"]);
    assert_eq!(find("kungsgatan 1 väst"), ["3"]);
    assert_eq!(find("kungsg 1"), ["3", "2", "1", "4"]);
    assert_eq!(find("ku 1 väst"), Vec::<String>::new());
}

#[test]
fn one_typo_in_a_long_word() {
    assert_eq!(find("kunsgatan 100"), ["4"]);
    assert_eq!(find("kungsgatan 100 orebor"), ["4"]);
    assert_eq!(
        find("kungsgatan 101"),
        Vec::<String>::new(),
        "numbers have no typos"
    );
}

#[test]
fn the_limit_holds_and_nothing_finds_nothing() {
    assert_eq!(index().find("kungsgatan", 2).len(), 2);
    assert!(find("").is_empty() && find("  , ").is_empty());
    assert!(find("a b c d e f g h i").is_empty());
    assert!(SearchIndex::default().find("x", 5).is_empty());
}

proptest! {
    #[test]
    fn never_panics(query in ".*", limit in 1_usize..20) {
        prop_assert!(index().find(&query, limit).len() <= limit);
    }
}
