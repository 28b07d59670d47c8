//! Whether what has an address as given is one place, or several among which nobody knows which was meant.

use std::collections::{BTreeMap, BTreeSet};

use kernel::AddressParts;

use super::index::Found;
use super::matching::{AddressMatch, Difference, DifferenceKind};
use super::reason::Part;
use super::text::fold;

/// What has the address as given is exact when it is one address. Where no town was given and it is there in several, or no
/// postal code and the town has it with several, or flats of it have distinguishers, nobody knows which was meant.
pub(super) fn one_place(exact: Vec<Found>, given: &AddressParts, limit: usize) -> AddressMatch {
    let town = |found: &Found| fold(&found.address.city);
    let towns: BTreeSet<_> = exact.iter().map(town).collect();
    let codes = |found: &Found| (town(found), found.address.postal_code.clone());
    let codes: BTreeSet<_> = exact.iter().map(codes).collect();
    let other_town = given.city.trim().is_empty() && towns.len() > 1;
    let other_code = given.postal_code.trim().is_empty() && codes.len() > towns.len();
    let mut flats: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for found in &exact {
        let flat = fold(&found.distinguisher);
        flats.entry(address_of(found)).or_default().insert(flat);
    }
    let of_several = |found: &Found| flats.get(&address_of(found)).is_some_and(|f| f.len() > 1);
    let other_flat: Vec<bool> = exact.iter().map(of_several).collect();
    let mut exact = exact.into_iter().take(limit);
    if !other_town && !other_code && !other_flat.contains(&true) {
        return AddressMatch::Exact(exact.collect());
    }
    let not_given = |part, found: &str| Difference {
        part,
        kind: DifferenceKind::NotGiven,
        given: String::new(),
        found: found.to_owned(),
    };
    let mut near = Vec::new();
    for (found, other_flat) in (&mut exact).zip(other_flat) {
        let at = &found.address;
        let mut differences = Vec::new();
        differences.extend(other_town.then(|| not_given(Part::City, &at.city)));
        differences.extend(other_code.then(|| not_given(Part::PostalCode, &at.postal_code)));
        let flat = other_flat.then(|| not_given(Part::Distinguisher, &found.distinguisher));
        differences.extend(flat);
        near.push((found, differences));
    }
    AddressMatch::Probable(near)
}

/// The address, however it is written.
fn address_of(found: &Found) -> [String; 6] {
    let at = &found.address;
    let parts = [
        &at.street_name,
        &at.street_number,
        &at.street_littera,
        &at.postal_code,
        &at.city,
        &at.apartment_number,
    ];
    parts.map(|part| fold(part))
}
