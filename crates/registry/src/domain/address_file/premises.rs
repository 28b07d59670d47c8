//! What a file's word for the kind of premises means, in both enumerations.

use kernel::{OnApiPremisesType, PremisesType};

use super::Format;
use crate::domain::access::Premises;

/// MdB1's code for a detached house; what the other codes mean was never published (`market-database.md` §2.5).
const MDB1_VILLA: &str = "4";

/// Both words for the file's one: MdB2's, or ON-API's where a network already exports those, or a code of its format.
pub(super) fn premises(format: Format, word: &str) -> Option<Premises> {
    let word = word.to_ascii_uppercase();
    if let Ok(market_database) = PremisesType::parse(&word) {
        // RESIDENTIAL_HOUSE and COMMERCIAL are words of both.
        return Some(Premises {
            market_database,
            on_api: market_database.on_api(),
        });
    }
    let on_api = OnApiPremisesType::parse(&word)
        .ok()
        .or_else(|| match format {
            Format::PiApi => building_type(&word),
            Format::MdB1 if word == MDB1_VILLA => Some(OnApiPremisesType::ResidentialHouse),
            Format::MdB1 if word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty() => {
                Some(OnApiPremisesType::Unknown)
            }
            _ => None,
        })?;
    Some(Premises {
        market_database: on_api.market_database(),
        on_api,
    })
}

/// Lantmäteriet's BYGGTYP, as the CSV Access Upload API 1.1 maps it.
fn building_type(code: &str) -> Option<OnApiPremisesType> {
    let is_code = (1..=2).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    let number: u8 = is_code.then(|| code.parse().ok())??;
    match number {
        1..=22 | 24 => Some(OnApiPremisesType::Public),
        30 | 31 => Some(OnApiPremisesType::ResidentialHouse),
        32 | 33 | 35 => Some(OnApiPremisesType::MduApartment),
        40..=53 => Some(OnApiPremisesType::Commercial),
        99 => Some(OnApiPremisesType::Unknown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_api(format: Format, word: &str) -> Option<OnApiPremisesType> {
        premises(format, word).map(|p| p.on_api)
    }

    #[test]
    fn words_and_codes() {
        use OnApiPremisesType as On;
        for (format, word, wanted) in [
            (Format::MdB2, "rental_apartment", Some(On::MduApartment)),
            (Format::MdB2, "MDU_TECHNICAL", Some(On::MduTechnical)),
            (Format::MdB2, "33", None),
            (Format::PiApi, "33", Some(On::MduApartment)),
            (Format::PiApi, "01", Some(On::Public)),
            (Format::PiApi, "23", None),
            (Format::PiApi, "099", None),
            (Format::MdB1, "4", Some(On::ResidentialHouse)),
            (Format::MdB1, "2", Some(On::Unknown)),
            (Format::MdB1, "", None),
            (Format::OnApi, "PUBLIC", Some(On::Public)),
        ] {
            assert_eq!(on_api(format, word), wanted, "{format:?} {word}");
        }
    }
}
