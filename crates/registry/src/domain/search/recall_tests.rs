//! How often a typo is forgiven, among as many names as a large network has.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use kernel::AccessState;

use super::base::IndexedAccess;
use super::build::Builder;
use super::index::SearchIndex;
use testkit::addresses::{Dice, street_names, towns};

/// Queries of each kind.
const QUERIES: usize = 2_000;

/// One access in every street.
fn index(names: &[String]) -> SearchIndex {
    let mut builder = Builder::default();
    let towns = towns();
    for (n, name) in names.iter().enumerate() {
        builder.add(&IndexedAccess {
            access_id: &format!("a{n}"),
            street_name: name,
            street_number: "1",
            street_littera: "",
            postal_code: "72134",
            city: &towns[n % 300],
            country_code: "SE",
            apartment_number: "",
            distinguisher: "",
            state: AccessState::Connected,
            services: None,
            version: 0,
        });
    }
    SearchIndex::of(builder)
}

fn found(index: &SearchIndex, query: &str, name: &str) -> bool {
    index
        .find(query, 10)
        .iter()
        .any(|f| f.address.street_name == name)
}

#[test]
fn one_typo_in_a_name_is_forgiven() {
    let names = street_names();
    assert!(names.len() >= 50_000);
    let (index, mut dice) = (index(&names), Dice::new(1));
    let mut missed = Vec::new();
    for _ in 0..QUERIES {
        let name = &names[dice.below(names.len())];
        let typed = dice.typo(name);
        if !found(&index, &typed, name) {
            missed.push((typed, name));
        }
    }
    assert!(
        missed.len() * 100 <= QUERIES * 2,
        "{} of {QUERIES}: {missed:?}",
        missed.len()
    );
}

#[test]
fn one_typo_in_a_name_is_forgiven_beside_a_town() {
    let (names, towns) = (street_names(), towns());
    let (index, mut dice) = (index(&names), Dice::new(2));
    let mut missed = Vec::new();
    for _ in 0..QUERIES {
        let at = dice.below(names.len());
        let typed = format!("{} 1 {}", dice.typo(&names[at]), towns[at % 300]);
        if !found(&index, &typed, &names[at]) {
            missed.push((typed, &names[at]));
        }
    }
    assert!(
        missed.len() * 100 <= QUERIES * 2,
        "{} of {QUERIES}: {missed:?}",
        missed.len()
    );
}
