//! The boxes of a contract: the columns and premises that it can name, in the reader's language.

use kernel::OnApiPremisesType;

use crate::domain::market_column::COLUMNS;
use crate::i18n::Texts;

/// A box: what is sent, what is read, whether it is ticked.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: &'static str,
    pub(super) chosen: bool,
}

/// The boxes of the columns. A column that a contract has and this list lacks has a box too: saving must lose nothing.
pub(super) fn columns(chosen: &[String], t: &Texts) -> Vec<Choice> {
    choices(&COLUMNS, chosen, |name| column_label(name, t))
}

/// The boxes of the premises types.
pub(super) fn premises(chosen: &[String], t: &Texts) -> Vec<Choice> {
    let words: Vec<_> = OnApiPremisesType::ALL
        .iter()
        .map(|word| word.as_str())
        .collect();
    choices(&words, chosen, |word| premises_label(word, t))
}

fn choices(known: &[&str], chosen: &[String], label: impl Fn(&str) -> &'static str) -> Vec<Choice> {
    let unknown = chosen
        .iter()
        .map(String::as_str)
        .filter(|value| !known.contains(value));
    known
        .iter()
        .copied()
        .chain(unknown)
        .map(|value| Choice {
            chosen: chosen.iter().any(|one| one == value),
            label: label(value),
            value: value.to_owned(),
        })
        .collect()
}

/// A column in words.
pub(super) fn column_label(name: &str, t: &Texts) -> &'static str {
    let (s, c) = (&t.staff, &t.contracts);
    match name {
        "streetName" => s.access_street_name,
        "streetNumber" => s.access_street_number,
        "streetLittera" => s.access_street_littera,
        "postalCode" => s.access_postal_code,
        "city" => s.access_city,
        "countryCode" => s.access_country,
        "premisesType" => s.access_premises,
        "mduApartmentNumber" => s.access_apartment,
        "mduDistinguisher" => s.access_distinguisher,
        "propertyUnitDesignation" => s.access_property,
        "coordinates" => c.column_coordinates,
        "outlet" => s.access_outlet,
        "population" => s.access_population,
        "priceGroup" => s.access_price_group,
        "nationalAddressUUID" => s.access_national_uuid,
        "legacyAccessId" => s.access_legacy_id,
        "accessState" => c.column_state,
        "connectionDate" => c.column_connected_on,
        "medium" => s.access_medium,
        "capacity" => s.access_capacity,
        "activeServices" => c.column_services,
        _ => c.column_unknown,
    }
}

/// A premises type of ON-API in words.
pub(super) fn premises_label(word: &str, t: &Texts) -> &'static str {
    let c = &t.contracts;
    match OnApiPremisesType::parse(word) {
        Ok(OnApiPremisesType::Commercial) => c.premises_commercial,
        Ok(OnApiPremisesType::MduApartment) => c.premises_mdu_apartment,
        Ok(OnApiPremisesType::MduCommon) => c.premises_mdu_common,
        Ok(OnApiPremisesType::MduTechnical) => c.premises_mdu_technical,
        Ok(OnApiPremisesType::Public) => c.premises_public,
        Ok(OnApiPremisesType::ResidentialHouse) => c.premises_residential_house,
        Ok(OnApiPremisesType::Unknown) | Err(_) => c.premises_unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, column_label, columns, premises};
    use crate::i18n::Lang;

    #[test]
    fn every_column_has_words_of_its_own() {
        let t = Lang::Sv.texts();
        let mut labels: Vec<_> = COLUMNS.iter().map(|name| column_label(name, t)).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), COLUMNS.len());
        assert!(!labels.contains(&t.contracts.column_unknown));
    }

    #[test]
    fn a_column_of_a_newer_registry_keeps_its_box() {
        let boxes = columns(
            &["city".to_owned(), "newColumn".to_owned()],
            Lang::En.texts(),
        );
        let ticked: Vec<_> = boxes
            .iter()
            .filter(|one| one.chosen)
            .map(|one| one.value.as_str())
            .collect();
        assert_eq!(ticked, ["city", "newColumn"]);
        assert_eq!(boxes.len(), COLUMNS.len() + 1);
        assert_eq!(premises(&[], Lang::Sv.texts()).len(), 7);
    }
}
