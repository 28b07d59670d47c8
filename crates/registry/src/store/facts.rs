//! The columns of what a file says of an access; the same in `access`, `access_history` and `staged_access`.

use sea_orm::Value;

use crate::domain::access::AccessFacts;

/// Their names, in the order of [`values`].
pub const COLUMNS: [&str; 32] = [
    "street_name",
    "street_number",
    "street_littera",
    "postal_code",
    "city",
    "country_code",
    "apartment_number",
    "distinguisher",
    "premises_type",
    "onapi_premises_type",
    "property_designation",
    "sweref_type",
    "sweref_north",
    "sweref_east",
    "latitude",
    "longitude",
    "state",
    "legacy_access_id",
    "outlet",
    "population",
    "national_address_uuid",
    "area",
    "medium",
    "cpe",
    "connected_on",
    "technical",
    "source",
    "edit_reason",
    "services",
    "price_group",
    "capacity_kbps",
    "content_hash",
];

/// What is ours and no file's: where a row came from, and what it is compared by.
const NOT_SHOWN: [&str; 3] = ["source", "edit_reason", "content_hash"];

/// Columns whose difference is shown to people: everything that a file says.
pub fn shown() -> impl Iterator<Item = &'static str> {
    COLUMNS.into_iter().filter(|c| !NOT_SHOWN.contains(c))
}

/// `a.street_name, a.street_number, …`
pub fn list(prefix: &str) -> String {
    let columns: Vec<_> = COLUMNS.iter().map(|c| format!("{prefix}{c}")).collect();
    columns.join(", ")
}

/// `street_name = s.street_name, …`
pub fn assignments(prefix: &str) -> String {
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|c| format!("{c} = {prefix}{c}"))
        .collect();
    columns.join(", ")
}

/// The facts as values of [`COLUMNS`].
pub fn values(facts: &AccessFacts, source: &str, edit_reason: &str) -> Vec<Value> {
    let address = &facts.address;
    let coordinates = &facts.coordinates;
    let number = |number: Option<u32>| Value::from(number.map(i64::from));
    let texts = [
        address.street_name(),
        address.street_number(),
        address.street_littera(),
        address.postal_code().as_str(),
        address.city(),
        address.country_code().as_str(),
        address.apartment_number(),
        &facts.distinguisher,
        facts.premises.market_database.as_str(),
        facts.premises.on_api.as_str(),
        &facts.property_designation,
        &coordinates.system,
        &coordinates.north,
        &coordinates.east,
        &coordinates.latitude,
        &coordinates.longitude,
        facts.state.as_str(),
        &facts.legacy_access_id,
        &facts.outlet,
        &facts.population,
        &facts.national_address_uuid,
        &facts.area,
        &facts.medium,
        facts.cpe_word(),
    ];
    let mut values = Vec::with_capacity(COLUMNS.len() + 12);
    values.extend(texts.into_iter().map(Value::from));
    values.extend([
        facts.connected_on_text().into(),
        facts.technical_json().into(),
        source.into(),
        edit_reason.into(),
        facts.services_json().into(),
        number(facts.price_group),
        number(facts.capacity_kbps),
        facts.content_hash().into(),
    ]);
    values
}
