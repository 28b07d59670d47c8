//! The accesses that have an address, or had it: whoever asks for their data knows where they live or lived, not what the
//! network calls it.

use std::collections::BTreeMap;

use kernel::{AddressParts, CountryCode, NetworkCode, PostalCode};

use super::match_address::checked;
use super::{Registry, RegistryError};
use crate::domain::limits::{ACCESSES_AT_MAX, FORMER_ROWS_MAX};
use crate::domain::search::{Builder, Found, SearchIndex};
use crate::store::search_rows::{self, SearchRow};

/// How an access stands to an address; the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It has it.
    Now,
    /// It had it when it ended.
    Ended,
    /// It had it before it got another one.
    Before,
}

/// An access that has, or has had, an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessAt {
    /// Which access.
    pub access_id: String,
    /// The address as it was written.
    pub address: AddressParts,
    /// Whether it still has it.
    pub standing: Standing,
}

/// The accesses at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessesAt {
    /// Those that have it first.
    pub accesses: Vec<AccessAt>,
    /// There are others: the apartment tells them apart.
    pub more: bool,
}

impl Registry {
    /// The accesses at exactly this address, now or before; an abbreviation of the street is the street.
    ///
    /// # Errors
    /// There is no street or no postal code, a part is too long, or the database fails.
    pub async fn accesses_at(
        &self,
        network: &NetworkCode,
        given: AddressParts,
    ) -> Result<AccessesAt, RegistryError> {
        let given = checked(given)?;
        let wrong = |rule| RegistryError::invalid("postalCode", "", rule);
        let country = match given.country_code.as_str() {
            "" => CountryCode::sweden(),
            code => CountryCode::parse(code).map_err(|e| wrong(e.rule))?,
        };
        let code = PostalCode::parse(&country, &given.postal_code).map_err(|e| wrong(e.rule))?;
        let reader = self.outbox.database().reader();
        let place = (code.as_str(), given.street_number.as_str());
        let past = search_rows::former(&reader, network, place, FORMER_ROWS_MAX).await?;
        let mut found: BTreeMap<String, (Standing, AddressParts)> = BTreeMap::new();
        let mut take = |id: &str, standing: Standing, address: AddressParts| {
            let before = found.get(id).map(|(standing, _)| *standing);
            if before.is_none_or(|before| standing < before) {
                found.insert(id.to_owned(), (standing, address));
            }
        };
        for one in exact(&self.indexes.of(network), &given) {
            take(&one.access_id, Standing::Now, one.address);
        }
        for one in exact(&index_of(&past), &given) {
            let row = one
                .access_id
                .parse()
                .ok()
                .and_then(|at: usize| past.get(at));
            let (row, ended) = row.ok_or(RegistryError::Corrupt("index"))?;
            let standing = if *ended {
                Standing::Ended
            } else {
                Standing::Before
            };
            take(&row.access_id, standing, one.address);
        }
        let mut accesses: Vec<_> = found
            .into_iter()
            .map(|(access_id, (standing, address))| AccessAt {
                access_id,
                address,
                standing,
            })
            .collect();
        accesses.sort_by_key(|access| access.standing);
        let more = accesses.len() > ACCESSES_AT_MAX;
        accesses.truncate(ACCESSES_AT_MAX);
        Ok(AccessesAt { accesses, more })
    }
}

/// Places whose address is as given.
fn exact(index: &SearchIndex, given: &AddressParts) -> Vec<Found> {
    // One more tells that there are more; an access of the past may stand there twice.
    index.at_address(given, 2 * ACCESSES_AT_MAX + 1)
}

/// The rows by their numbers: an access has had many addresses.
fn index_of(rows: &[(SearchRow, bool)]) -> SearchIndex {
    let mut builder = Builder::default();
    for (number, (row, _)) in rows.iter().enumerate() {
        let number = number.to_string();
        let mut row = row.indexed();
        row.access_id = &number;
        builder.add(&row);
    }
    SearchIndex::of(builder)
}
