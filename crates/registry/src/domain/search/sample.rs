//! Addresses for tests.

use kernel::AccessState;

use super::base::IndexedAccess;
use super::build::Builder;
use super::index::SearchIndex;

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub id: String,
    pub street: String,
    pub number: String,
    pub littera: String,
    pub code: String,
    pub city: String,
    pub apartment: String,
    pub distinguisher: String,
}

impl Row {
    /// `Kungsgatan 10 G`, `721 34 Västerås`: the last two words of the one are number and littera, empty or not.
    pub fn new(id: &str, line: &str, town: &str, apartment: &str) -> Self {
        let mut parts = line.rsplitn(3, ' ');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (littera, number, street) = (next(), next(), next());
        let digits = town
            .bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b' ')
            .count();
        let (code, city) = town.split_at(digits);
        Self {
            id: id.to_owned(),
            street,
            number,
            littera,
            code: code.replace(' ', ""),
            city: city.to_owned(),
            apartment: apartment.to_owned(),
            distinguisher: String::new(),
        }
    }

    pub fn indexed(&self) -> IndexedAccess<'_> {
        IndexedAccess {
            access_id: &self.id,
            street_name: &self.street,
            street_number: &self.number,
            street_littera: &self.littera,
            postal_code: &self.code,
            city: &self.city,
            country_code: "SE",
            apartment_number: &self.apartment,
            distinguisher: &self.distinguisher,
            state: AccessState::Connected,
            services: None,
            version: self.id.len() as u64 * 31 + self.street.len() as u64,
        }
    }
}

pub(super) fn index_of(rows: &[Row]) -> SearchIndex {
    let mut builder = Builder::default();
    for row in rows {
        builder.add(&row.indexed());
    }
    SearchIndex::of(builder)
}
