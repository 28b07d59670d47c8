//! What kind of place an access serves: the words of the market database and of ON-API, and the one table between them.

use crate::{ParseError, enumeration::enumeration};

enumeration! {
    /// The market database's kinds of premises (MdB2 §2.4).
    PremisesType, "PREMISES_TYPE_INVALID",
    "a premises type is RESIDENTIAL_HOUSE, COUNTRYSIDE, RESIDENTIAL_ASSOCIATION, RENTAL_APARTMENT, APARTMENT_ASSOCIATION, OTHER or COMMERCIAL" {
        /// A detached house.
        ResidentialHouse = "RESIDENTIAL_HOUSE",
        /// A house in the country.
        Countryside = "COUNTRYSIDE",
        /// A house in a joint-property association (samfällighet).
        ResidentialAssociation = "RESIDENTIAL_ASSOCIATION",
        /// A rental flat.
        RentalApartment = "RENTAL_APARTMENT",
        /// A condominium flat (bostadsrätt).
        ApartmentAssociation = "APARTMENT_ASSOCIATION",
        /// Anything else.
        Other = "OTHER",
        /// A company's address.
        Commercial = "COMMERCIAL",
    }
}

enumeration! {
    /// ON-API 2.6's kinds of premises.
    OnApiPremisesType, "ON_API_PREMISES_TYPE_INVALID",
    "a premises type of ON-API is COMMERCIAL, MDU_APARTMENT, MDU_COMMON, MDU_TECHNICAL, PUBLIC, RESIDENTIAL_HOUSE or UNKNOWN" {
        /// A company's address.
        Commercial = "COMMERCIAL",
        /// A flat.
        MduApartment = "MDU_APARTMENT",
        /// A common room of a block of flats.
        MduCommon = "MDU_COMMON",
        /// A technical room of a block of flats.
        MduTechnical = "MDU_TECHNICAL",
        /// A public place.
        Public = "PUBLIC",
        /// A detached house.
        ResidentialHouse = "RESIDENTIAL_HOUSE",
        /// Not known.
        Unknown = "UNKNOWN",
    }
}

/// The one table. Where several rows share the right side, the first is what the right side alone means on the left.
const TABLE: &[(PremisesType, OnApiPremisesType)] = &[
    (
        PremisesType::ResidentialHouse,
        OnApiPremisesType::ResidentialHouse,
    ),
    (
        PremisesType::Countryside,
        OnApiPremisesType::ResidentialHouse,
    ),
    (
        PremisesType::ResidentialAssociation,
        OnApiPremisesType::ResidentialHouse,
    ),
    (
        PremisesType::RentalApartment,
        OnApiPremisesType::MduApartment,
    ),
    (
        PremisesType::ApartmentAssociation,
        OnApiPremisesType::MduApartment,
    ),
    (PremisesType::Commercial, OnApiPremisesType::Commercial),
    (PremisesType::Other, OnApiPremisesType::Unknown),
];

impl PremisesType {
    /// The word of ON-API for it. Not invertible, so both words are stored (decision 31).
    pub fn on_api(self) -> OnApiPremisesType {
        TABLE
            .iter()
            .find(|(left, _)| *left == self)
            .map_or(OnApiPremisesType::Unknown, |(_, right)| *right)
    }
}

impl OnApiPremisesType {
    /// The market database's word where only ON-API's is known; common, technical and public places are `OTHER` there.
    pub fn market_database(self) -> PremisesType {
        self.candidates()
            .first()
            .copied()
            .unwrap_or(PremisesType::Other)
    }

    /// Every word of the market database that this one may stand for.
    pub fn candidates(self) -> Vec<PremisesType> {
        TABLE
            .iter()
            .filter(|(_, right)| *right == self)
            .map(|(left, _)| *left)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_one_on_the_other_side() {
        for word in PremisesType::ALL {
            assert!(word.on_api().candidates().contains(word), "{word}");
            assert_eq!(PremisesType::parse(word.as_str()).unwrap(), *word);
        }
        for word in OnApiPremisesType::ALL {
            let back = word.market_database();
            let lossless = back.on_api() == *word;
            let folded = matches!(
                word,
                OnApiPremisesType::MduCommon
                    | OnApiPremisesType::MduTechnical
                    | OnApiPremisesType::Public
            );
            assert_ne!(lossless, folded, "{word}");
        }
    }

    #[test]
    fn the_table_names_every_word_once() {
        assert_eq!(TABLE.len(), PremisesType::ALL.len());
    }
}
