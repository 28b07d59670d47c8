//! From the address that a person gives to the accesses that a name is searched at. Staff choose: two people of one name may
//! have lived in a house (decision 16).

use api::common::Address;
use api::registry::{AccessAt, FindAccessesAtRequest};
use service_kit::error as kit;

use crate::app::session::SignedIn;
use crate::http::fields::Fields;
use crate::i18n::Texts;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

/// An access that staff can choose.
pub(super) struct Place {
    pub(super) access_id: String,
    pub(super) label: String,
    pub(super) standing: &'static str,
    pub(super) chosen: bool,
}

/// The accesses at the address of the form, if it has one; what is wrong with it is said in the form.
pub(super) async fn look_up(
    gateway: &Gateway,
    staff: &SignedIn,
    page: &Page,
    fields: &Fields,
    form: &mut Form,
) -> Result<Vec<Place>, WebError> {
    let t = &page.t.compliance;
    let (street, postal_code) = (fields.text("street"), fields.text("postal_code"));
    match (street.is_empty(), postal_code.is_empty()) {
        (true, true) => return Ok(Vec::new()),
        (false, false) => {}
        (street_missing, _) => {
            let field = if street_missing {
                "street"
            } else {
                "postal_code"
            };
            form.refuse(field, t.places_address);
            return Ok(Vec::new());
        }
    }
    let address = Address {
        street_name: street,
        postal_code,
        ..Address::default()
    };
    let request = FindAccessesAtRequest {
        network: staff.network.to_string(),
        address: Some(address),
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let found = match registry.find_accesses_at(call(request)).await {
        Ok(found) => found.into_inner(),
        Err(status) if !kit::violations_of(&status).is_empty() => {
            form.refuse("street", t.places_none);
            return Ok(Vec::new());
        }
        Err(status) => return Err(Part::Registry.failed()(status).into()),
    };
    let chosen = fields.all("access_ids");
    let place = |at: AccessAt| Place {
        label: label(at.address.unwrap_or_default()),
        standing: standing(page.t, &at.standing),
        chosen: chosen.contains(&at.access_id),
        access_id: at.access_id,
    };
    let places: Vec<_> = found.accesses.into_iter().map(place).collect();
    if found.more {
        form.refuse("street", t.places_more);
    } else if places.is_empty() {
        form.refuse("street", t.places_none);
    } else if !places.iter().any(|place| place.chosen) {
        form.refuse("access_ids", t.places_choose);
    }
    Ok(places)
}

fn standing(t: &Texts, word: &str) -> &'static str {
    match word {
        "ended" => t.compliance.place_ended,
        "before" => t.compliance.place_before,
        _ => t.compliance.place_now,
    }
}

fn label(address: Address) -> String {
    let apartment = match address.apartment_number.as_str() {
        "" => String::new(),
        number => format!(" lgh {number}"),
    };
    let Address {
        street_name,
        street_number,
        street_littera,
        postal_code,
        city,
        ..
    } = address;
    let street = format!("{street_name} {street_number}{street_littera}");
    format!("{}{apartment}, {postal_code} {city}", street.trim_end())
}
