//! Why a row of an address file was refused.

use api::registry::{RejectedRow, RejectionReason as Reason};

use super::{Texts, fill};

super::texts! {
    /// One sentence for each rule; `{}` stands for the rule's arguments, in their order.
    Rejections {
        field_empty: "Fältet får inte vara tomt.", "The field must not be empty.";
        field_too_long: "Fältet får ha högst {} tecken.", "The field is at most {} characters.";
        field_control_characters: "Fältet får inte innehålla styrtecken.", "The field must not hold control characters.";
        access_id_invalid: "Uttagets id är 1 till 36 bokstäver, siffror, bindestreck eller punkter.", "An access id is 1 to 36 letters, digits, hyphens or full stops.";
        access_id_personal: "Uttagets id får inte vara ett personnummer.", "An access id must not be a personal identity number.";
        access_repeated: "Uttaget finns också på rad {}.", "The access occurs on line {} too.";
        access_unreadable: "Radens uttag går inte att läsa. Det kan vara vilket som helst, så inget uttag har avslutats.", "The row's access cannot be read. It may be any, so no access was ended.";
        network_other: "Importen gäller nätet {}.", "This import is for the network {}.";
        apartment_number_invalid: "Ett lägenhetsnummer är fyra siffror.", "An apartment number is four digits.";
        country_code_invalid: "En landskod är två bokstäver enligt ISO 3166, till exempel SE.", "A country code is two letters as in ISO 3166, for example SE.";
        postal_code_invalid: "Postnumret stämmer inte med landet. Ett svenskt är fem siffror och börjar inte med 0; ett norskt eller danskt är fyra siffror, ett finskt fem.", "The postal code is not one of the country. A Swedish one is five digits and does not begin with 0; a Norwegian or Danish one is four digits, a Finnish one five.";
        premises_type_invalid: "Fastighetstypen är något av {}.", "A premises type is one of {}.";
        access_state_invalid: "Uttagets läge är PLANNED, DEPLOYING, HOMESPASSED, CONNECTED, DISCONNECTED, INMIGRATION eller OUTMIGRATION.", "An access state is PLANNED, DEPLOYING, HOMESPASSED, CONNECTED, DISCONNECTED, INMIGRATION or OUTMIGRATION.";
        coordinate_invalid: "En koordinat är ett tal i meter.", "A coordinate is a number of metres.";
        services_too_many: "Ett uttag har högst {} tjänster.", "An access has at most {} services.";
        person_name_invalid: "Ett namn är 1 till 120 tecken med minst en bokstav och utan styrtecken.", "A name is 1 to 120 characters with at least one letter and no control characters.";
        unknown_column_too_long: "Av en kolumn som vi inte känner till sparas högst {} tecken.", "At most {} characters are kept of a column that we do not know.";
        field_count: "Raden har {} fält, rubrikraden har {}.", "The row has {} fields, the header has {}.";
        row_too_long: "En rad har högst 65 536 byte. Är ett citattecken inte stängt?", "A row has at most 65,536 bytes. Is a quote not closed?";
        quote_open: "Ett citattecken öppnas och stängs inte.", "A quote is opened and not closed.";
        number_invalid: "Fältet är ett heltal.", "The field is a whole number.";
        day_invalid: "Fältet är en dag, till exempel 2008-02-12.", "The field is a day, for example 2008-02-12.";
        yes_no_invalid: "Fältet är 1 (YES) eller 0 (NO).", "The field is 1 (YES) or 0 (NO).";
        degrees_invalid: "En latitud är -90 till 90 grader, en longitud -180 till 180.", "A latitude is -90 to 90 degrees, a longitude -180 to 180.";
        coordinate_half: "En koordinat har två tal: nord och ost, eller latitud och longitud.", "A coordinate has two numbers: north and east, or latitude and longitude.";
        coordinate_abroad: "Platsen ligger inte i Sverige, fast adressen gör det. Är nord och ost förväxlade, eller är det ett annat koordinatsystem? Lämna tomt om platsen inte är känd.", "The place is not in Sweden, although the address is. Are north and east swapped, or is it another coordinate system? Leave it empty where the place is not known.";
        coordinates_differ: "SWEREF 99 och WGS 84 pekar på platser som ligger {} meter från varandra. Lämna den ena tom, så räknas den fram.", "SWEREF 99 and WGS 84 point to places that lie {} metres apart. Leave one empty, and it is worked out.";
        flat_unnamed: "En lägenhet behöver ett lägenhetsnummer, en annan beteckning eller en märkning på uttaget.", "A flat needs an apartment number, a distinguisher or an outlet.";
        object_invalid: "Det som står här är inget uttag i JSON.", "What stands here is no access in JSON.";
        letters_lost: "En bokstav har gått förlorad i ett ord (? eller en klammer i dess ställe) innan filen skrevs. Exportera den som utf-8.", "A letter of a word was lost (? or a bracket in its place) before the file was written. Export it as utf-8.";
        field_personal: "Fältet får inte innehålla ett personnummer.", "The field must not hold a personal identity number.";
        member_invalid: "En lista eller ett objekt står där en text eller ett tal väntas.", "A list or an object stands where a text or a number is expected.";
        capacity_invalid: "Portens kapacitet är ett heltal från {} till {} {}.", "The capacity of a port is a whole number from {} to {} {}.";
        capacity_differs: "Portens kapacitet i kbit/s och i Mbit/s är inte densamma.", "The capacity of the port in kbit/s and in Mbit/s is not the same.";
        street_number_unsaid: "Numret behålls. I ON-API finns bara siffror, eller två grupper om högst fyra med bindestreck, så där utelämnas det.", "The number is kept. ON-API has only digits, or two groups of up to four with a hyphen, and leaves it out.";
        member_twice: "Ett fält i uttaget står två gånger. Vilket som stämmer går inte att veta.", "A member of the access stands twice. Which of them is right cannot be known.";
        file_cut: "Filen slutar mitt i. Resten saknas.", "The file ends in the middle. The rest of it is missing.";
    }
}

/// The rule that a row has broken, in the page's language; nothing when the registry says it in English only.
pub fn rule(row: &RejectedRow, t: &Texts) -> Option<String> {
    let text = sentence(row.reason(), &t.rejections)?;
    let filled = |text: String, argument: &String| fill(&text, argument);
    Some(row.arguments.iter().fold(text.to_owned(), filled))
}

fn sentence(reason: Reason, r: &Rejections) -> Option<&'static str> {
    Some(match reason {
        Reason::Unspecified => return None,
        Reason::FieldEmpty => r.field_empty,
        Reason::FieldTooLong => r.field_too_long,
        Reason::FieldControlCharacters => r.field_control_characters,
        Reason::AccessIdInvalid => r.access_id_invalid,
        Reason::AccessIdPersonal => r.access_id_personal,
        Reason::AccessRepeated => r.access_repeated,
        Reason::AccessUnreadable => r.access_unreadable,
        Reason::NetworkOther => r.network_other,
        Reason::ApartmentNumberInvalid => r.apartment_number_invalid,
        Reason::CountryCodeInvalid => r.country_code_invalid,
        Reason::PostalCodeInvalid => r.postal_code_invalid,
        Reason::PremisesTypeInvalid => r.premises_type_invalid,
        Reason::AccessStateInvalid => r.access_state_invalid,
        Reason::CoordinateInvalid => r.coordinate_invalid,
        Reason::ServicesTooMany => r.services_too_many,
        Reason::PersonNameInvalid => r.person_name_invalid,
        Reason::UnknownColumnTooLong => r.unknown_column_too_long,
        Reason::FieldCount => r.field_count,
        Reason::RowTooLong => r.row_too_long,
        Reason::QuoteOpen => r.quote_open,
        Reason::NumberInvalid => r.number_invalid,
        Reason::DayInvalid => r.day_invalid,
        Reason::YesNoInvalid => r.yes_no_invalid,
        Reason::DegreesInvalid => r.degrees_invalid,
        Reason::CoordinateHalf => r.coordinate_half,
        Reason::CoordinateAbroad => r.coordinate_abroad,
        Reason::CoordinatesDiffer => r.coordinates_differ,
        Reason::FlatUnnamed => r.flat_unnamed,
        Reason::ObjectInvalid => r.object_invalid,
        Reason::FileCut => r.file_cut,
        Reason::LettersLost => r.letters_lost,
        Reason::FieldPersonal => r.field_personal,
        Reason::MemberInvalid => r.member_invalid,
        Reason::MemberTwice => r.member_twice,
        Reason::CapacityInvalid => r.capacity_invalid,
        Reason::CapacityDiffers => r.capacity_differs,
        Reason::StreetNumberUnsaid => r.street_number_unsaid,
    })
}

#[cfg(test)]
mod tests {
    use super::{Reason, RejectedRow, rule};
    use crate::i18n::Lang;

    #[test]
    fn arguments_stand_in_their_order_and_an_unknown_rule_is_left_to_the_registry() {
        let mut row = RejectedRow {
            reason: Reason::FieldCount.into(),
            arguments: vec!["3".into(), "15".into()],
            ..RejectedRow::default()
        };
        assert_eq!(
            rule(&row, Lang::Sv.texts()).unwrap(),
            "Raden har 3 fält, rubrikraden har 15."
        );
        row.reason = 9_999;
        assert_eq!(rule(&row, Lang::En.texts()), None);
    }
}
