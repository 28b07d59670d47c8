//! A part of the index that does not change: streets in the order of a directory, their houses, the accesses in these.

use std::collections::HashSet;
use std::ops::Range;

use kernel::{AccessState, AddressParts};

use super::texts::{Lists, Texts};
use super::vocabulary::{Vocabulary, count};

/// An access as it comes from the database and goes into the index. The address is as it was accepted; the index trusts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexedAccess<'a> {
    /// Never leaves the service but inside a handle.
    pub access_id: &'a str,
    /// The street, village or farm.
    pub street_name: &'a str,
    /// The number, or empty.
    pub street_number: &'a str,
    /// The entrance letter, or empty.
    pub street_littera: &'a str,
    /// Without spaces.
    pub postal_code: &'a str,
    /// The post town.
    pub city: &'a str,
    /// Two letters.
    pub country_code: &'a str,
    /// Four digits, or empty.
    pub apartment_number: &'a str,
    /// Text that tells flats apart where there is no number, or empty.
    pub distinguisher: &'a str,
    /// How far it has come.
    pub state: AccessState,
    /// The services of which the file said that they can be had there, as they are stored.
    pub services: Option<&'a str>,
    /// Changes whenever what is known of the access does.
    pub version: u64,
}

impl IndexedAccess<'_> {
    /// The address in parts.
    pub fn address(&self) -> AddressParts {
        AddressParts {
            street_name: self.street_name.to_owned(),
            street_number: self.street_number.to_owned(),
            street_littera: self.street_littera.to_owned(),
            postal_code: self.postal_code.to_owned(),
            city: self.city.to_owned(),
            country_code: self.country_code.to_owned(),
            apartment_number: self.apartment_number.to_owned(),
        }
    }
}

/// What a word is to a street.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A word of its name.
    Name,
    /// All words of its name in one.
    Joined,
    /// What a word of its name stands for.
    Written,
    /// A word of its town's name.
    Town,
}

/// The roles in the order of the bits that they are kept in.
const ROLES: [Role; 4] = [Role::Name, Role::Joined, Role::Written, Role::Town];

/// Word and role in one number.
pub(super) fn with_role(word: u32, role: Role) -> u32 {
    word << 2 | role as u32
}

/// The word and what it is to the street.
pub(super) fn word_and_role(number: u32) -> (u32, Role) {
    (number >> 2, ROLES[(number & 3) as usize])
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Street {
    pub name: u32,
    pub city: u32,
    pub country: u32,
    /// The first of its houses; they go on to those of the next street.
    pub houses: u32,
    /// Words of its name.
    pub words: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct House {
    /// The digits that the number begins with; 0 without a number.
    pub digits: u32,
    pub number: u32,
    pub littera: u32,
    /// Its place among the postal codes.
    pub postal_code: u32,
    /// The first of its accesses.
    pub accesses: u32,
}

/// Apartment number of an access that has none.
pub(super) const NO_APARTMENT: u16 = u16::MAX;
/// Services of an access for which none are listed.
pub(super) const NOT_LISTED: u32 = u32::MAX;

/// What does not change. All lists that say "the first of" end with one that says where they end.
#[derive(Debug, Default)]
pub(super) struct Base {
    pub texts: Texts,
    pub vocabulary: Vocabulary,
    /// Streets of each word.
    pub streets_of_word: Lists,
    /// Words of each street, with their roles.
    pub words_of_street: Lists,
    pub streets: Vec<Street>,
    pub houses: Vec<House>,
    /// Texts, sorted.
    pub postal_codes: Vec<u32>,
    /// Streets of each postal code.
    pub streets_of_code: Lists,
    pub apartments: Vec<u16>,
    pub states: Vec<AccessState>,
    pub services: Vec<u32>,
    /// Texts.
    pub distinguishers: Vec<u32>,
    /// The words of all of these, folded.
    pub distinguisher_words: HashSet<String>,
    pub versions: Vec<u64>,
    pub ids: Texts,
    /// The accesses in the order of their ids.
    pub by_id: Vec<u32>,
}

impl Base {
    /// How many accesses there are.
    pub fn len(&self) -> u32 {
        count(self.apartments.len())
    }

    /// How many streets there are.
    pub fn street_count(&self) -> u32 {
        count(self.streets.len().saturating_sub(1))
    }

    /// The houses of a street.
    pub fn houses_of(&self, street: u32) -> Range<u32> {
        self.streets[street as usize].houses..self.streets[street as usize + 1].houses
    }

    /// The accesses of houses.
    pub fn accesses_of(&self, houses: Range<u32>) -> Range<u32> {
        self.houses[houses.start as usize].accesses..self.houses[houses.end as usize].accesses
    }

    /// The street's name.
    pub fn name(&self, street: u32) -> &str {
        self.texts.get(self.streets[street as usize].name)
    }

    /// The street's town.
    pub fn city(&self, street: u32) -> &str {
        self.texts.get(self.streets[street as usize].city)
    }

    /// The house's number as text.
    pub fn number(&self, house: u32) -> &str {
        self.texts.get(self.houses[house as usize].number)
    }

    /// The house's entrance letter.
    pub fn littera(&self, house: u32) -> &str {
        self.texts.get(self.houses[house as usize].littera)
    }

    /// The house's postal code.
    pub fn postal_code(&self, house: u32) -> &str {
        let code = self.houses[house as usize].postal_code;
        self.texts.get(self.postal_codes[code as usize])
    }

    /// The postal codes that begin so.
    pub fn postal_codes(&self, beginning: &str) -> Range<u32> {
        let codes = &self.postal_codes;
        let start = codes.partition_point(|code| self.texts.get(*code) < beginning);
        let length =
            codes[start..].partition_point(|code| self.texts.get(*code).starts_with(beginning));
        count(start)..count(start + length)
    }

    /// The access with this id.
    pub fn find(&self, access_id: &str) -> Option<u32> {
        let place = self
            .by_id
            .binary_search_by(|access| self.ids.get(*access).cmp(access_id))
            .ok()?;
        Some(self.by_id[place])
    }

    /// The house of an access.
    pub fn house_of(&self, access: u32) -> u32 {
        count(
            self.houses
                .partition_point(|house| house.accesses <= access),
        ) - 1
    }

    /// The street of a house.
    pub fn street_of(&self, house: u32) -> u32 {
        count(
            self.streets
                .partition_point(|street| street.houses <= house),
        ) - 1
    }

    /// An access, as it went in; `apartment` keeps the text of its number.
    pub fn access<'a>(&'a self, access: u32, apartment: &'a mut String) -> IndexedAccess<'a> {
        let house = self.house_of(access);
        let street = self.street_of(house);
        let (at, services) = (access as usize, self.services[access as usize]);
        apartment.clear();
        if self.apartments[at] != NO_APARTMENT {
            use std::fmt::Write as _;
            write!(apartment, "{:04}", self.apartments[at]).expect("a string takes everything");
        }
        IndexedAccess {
            access_id: self.ids.get(access),
            street_name: self.name(street),
            street_number: self.number(house),
            street_littera: self.littera(house),
            postal_code: self.postal_code(house),
            city: self.city(street),
            country_code: self.texts.get(self.streets[street as usize].country),
            apartment_number: apartment,
            distinguisher: self.texts.get(self.distinguishers[at]),
            state: self.states[at],
            services: (services != NOT_LISTED).then(|| self.texts.get(services)),
            version: self.versions[at],
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.texts.bytes()
            + self.vocabulary.bytes()
            + self.streets_of_word.bytes()
            + self.words_of_street.bytes()
            + self.streets.capacity() * size_of::<Street>()
            + self.houses.capacity() * size_of::<House>()
            + self.postal_codes.capacity() * size_of::<u32>()
            + self.streets_of_code.bytes()
            + self.apartments.capacity() * size_of::<u16>()
            + self.states.capacity() * size_of::<AccessState>()
            + self.services.capacity() * size_of::<u32>()
            + self.distinguishers.capacity() * size_of::<u32>()
            + self
                .distinguisher_words
                .iter()
                .map(|word| size_of::<String>() + word.capacity())
                .sum::<usize>()
            + self.versions.capacity() * size_of::<u64>()
            + self.ids.bytes()
            + self.by_id.capacity() * size_of::<u32>()
    }
}
