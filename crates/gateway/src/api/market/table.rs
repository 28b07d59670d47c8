//! Accesses as rows of a file (RFC 4180). A heading is the column's MdB2 name. Nothing in a cell is taken for a formula:
//! what a spreadsheet would calculate gets an apostrophe in front, numbers excepted.

use api::registry::{AccessState, MarketAccess};

use crate::api::spreadsheet::{NotWritten, harmless, lines};

/// The headings of the contract's column `coordinates`.
const COORDINATES: [&str; 5] = [
    "swerefType",
    "swerefNorth",
    "swerefEast",
    "latitude",
    "longitude",
];
/// What tells the services of one access apart in their cell.
const SERVICES: &str = ",";

/// The shape of a file.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<String>,
    separator: u8,
}

impl Table {
    /// A file of these columns of a contract.
    pub fn new(columns: &[String], separator: u8) -> Self {
        Self {
            columns: columns.to_vec(),
            separator,
        }
    }

    /// The first line.
    ///
    /// # Errors
    /// The writer fails, which it does not in memory.
    pub fn headings(&self) -> Result<Vec<u8>, NotWritten> {
        let mut headings = vec!["accessId"];
        for column in &self.columns {
            match column.as_str() {
                "coordinates" => headings.extend(COORDINATES),
                name => headings.push(name),
            }
        }
        lines(
            self.separator,
            [headings.into_iter().map(str::to_owned).collect()],
        )
    }

    /// A line for each access.
    ///
    /// # Errors
    /// As for the headings.
    pub fn rows(
        &self,
        accesses: impl IntoIterator<Item = MarketAccess>,
    ) -> Result<Vec<u8>, NotWritten> {
        lines(
            self.separator,
            accesses.into_iter().map(|access| self.cells(&access)),
        )
    }

    fn cells(&self, access: &MarketAccess) -> Vec<String> {
        let mut cells = vec![harmless(&access.access_id)];
        for column in &self.columns {
            match column.as_str() {
                "coordinates" => cells.extend(
                    [
                        &access.sweref_type,
                        &access.sweref_north,
                        &access.sweref_east,
                        &access.latitude,
                        &access.longitude,
                    ]
                    .map(|part| harmless(part)),
                ),
                name => cells.push(harmless(&cell(access, name))),
            }
        }
        cells
    }
}

/// What an access has in a column; nothing in one that this gateway does not know.
fn cell(access: &MarketAccess, column: &str) -> String {
    let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
    match column {
        "streetName" => access.street_name.clone(),
        "streetNumber" => access.street_number.clone(),
        "streetLittera" => access.street_littera.clone(),
        "postalCode" => access.postal_code.clone(),
        "city" => access.city.clone(),
        "countryCode" => access.country_code.clone(),
        "premisesType" => access.premises_type.clone(),
        "mduApartmentNumber" => access.apartment_number.clone(),
        "mduDistinguisher" => access.distinguisher.clone(),
        "propertyUnitDesignation" => access.property_designation.clone(),
        "outlet" => access.outlet.clone(),
        "population" => access.population.clone(),
        "priceGroup" => number(access.price_group),
        "nationalAddressUUID" => access.national_address_uuid.clone(),
        "legacyAccessId" => access.legacy_access_id.clone(),
        "accessState" => state(access.state()),
        "connectionDate" => access.connected_on.clone(),
        "medium" => access.medium.clone(),
        "capacity" => number(access.capacity_kbps),
        "activeServices" => access.services.join(SERVICES),
        _ => String::new(),
    }
}

/// "CONNECTED"; nothing when it is not known.
fn state(state: AccessState) -> String {
    match state {
        AccessState::Unspecified => String::new(),
        known => crate::api::convert::word(known.as_str_name(), "ACCESS_STATE_"),
    }
}

#[cfg(test)]
mod tests {
    use super::{MarketAccess, Table, cell, harmless};
    use crate::domain::market_column::COLUMNS;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    fn everything() -> MarketAccess {
        MarketAccess {
            access_id: "A-1".into(),
            legacy_access_id: "L".into(),
            street_name: "Testvägen, norra".into(),
            street_number: "10".into(),
            street_littera: "G".into(),
            postal_code: "72134".into(),
            city: "Väster\"ås\"".into(),
            country_code: "SE".into(),
            apartment_number: "0901".into(),
            distinguisher: "=1+1".into(),
            premises_type: "OTHER".into(),
            property_designation: "Hamra\n1:1".into(),
            outlet: "A\t11".into(),
            population: "P".into(),
            price_group: Some(3),
            national_address_uuid: "u".into(),
            state: 4,
            services: vec!["BB-100-100".into(), "IPTV".into()],
            medium: "FIBER".into(),
            capacity_kbps: Some(1_000),
            connected_on: "2008-02-12".into(),
            sweref_type: "SWEREF99TM".into(),
            sweref_north: "6580000".into(),
            sweref_east: "674000".into(),
            latitude: "59.3".into(),
            longitude: "-18.1".into(),
            ..MarketAccess::default()
        }
    }

    #[test]
    fn every_column_of_a_contract_has_a_cell() {
        let access = everything();
        for column in COLUMNS.into_iter().filter(|name| *name != "coordinates") {
            assert_ne!(cell(&access, column), "", "{column}");
        }
        let columns = COLUMNS.map(str::to_owned);
        let table = Table::new(&columns, b',');
        let (head, row) = (
            text(table.headings().unwrap()),
            text(table.rows([access]).unwrap()),
        );
        let file = [head, row].concat();
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let cells = reader.records().next().unwrap().unwrap();
        assert_eq!((headings.len(), cells.len()), (26, 26));
        let of = |name: &str| &cells[headings.iter().position(|h| h == name).unwrap()];
        assert_eq!(of("accessId"), "A-1");
        assert_eq!(of("city"), "Väster\"ås\"");
        assert_eq!(of("propertyUnitDesignation"), "Hamra\n1:1");
        assert_eq!(of("mduDistinguisher"), "'=1+1");
        assert_eq!(of("longitude"), "-18.1");
        assert_eq!(of("accessState"), "CONNECTED");
        assert_eq!(of("activeServices"), "BB-100-100,IPTV");
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let columns = ["streetName", "city", "outlet"].map(str::to_owned);
        let row = |separator| {
            text(
                Table::new(&columns, separator)
                    .rows([everything()])
                    .unwrap(),
            )
        };
        assert_eq!(
            row(b','),
            "A-1,\"Testvägen, norra\",\"Väster\"\"ås\"\"\",A\t11\r\n"
        );
        assert_eq!(
            row(b'\t'),
            "A-1\tTestvägen, norra\t\"Väster\"\"ås\"\"\"\t\"A\t11\"\r\n"
        );
    }

    #[test]
    fn nothing_is_a_formula() {
        for risky in [
            "=1",
            "+x",
            "-x",
            "@x",
            "\tx",
            "\rx",
            "-inf",
            "=cmd|' /C calc'!A0",
        ] {
            assert_eq!(harmless(risky), format!("'{risky}"));
        }
        for fine in ["", "A-1", "-18.1", "+46", "Gatan=1"] {
            assert_eq!(harmless(fine), fine);
        }
    }
}
