//! The columns that we know, and how each format calls them.

use super::Format;

/// Something that a row may say of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the standards'")]
pub enum Field {
    CoId,
    AccessId,
    LegacyAccessId,
    StreetName,
    StreetNumber,
    StreetLittera,
    PostalCode,
    City,
    CountryCode,
    PremisesType,
    MduApartmentNumber,
    MduDistinguisher,
    /// MdB1's "1002;198-234B12": apartment number and distinguisher in one.
    Premise,
    SwerefType,
    SwerefNorth,
    SwerefEast,
    Latitude,
    Longitude,
    PropertyUnitDesignation,
    AccessState,
    /// PI-API: YES, NO or a date; it says the state too.
    ActivationDate,
    ConnectionDate,
    Outlet,
    Population,
    PriceGroup,
    NationalAddressUuid,
    Area,
    Medium,
    /// kbit/s.
    Capacity,
    /// Mbit/s (PI-API).
    PortSpeed,
    Cpe,
    ResidentName,
    OwnerName,
    OwnerAddress,
    OwnerPostalCode,
    OwnerCity,
    ActiveServices,
    CpeType,
    FiberConverter,
    CpeSwitch,
    CpeRouter,
    NetworkAgreement,
    NetType,
    Keywords,
    Tv,
    Option82,
    SalesStart,
    Iptv,
    Rfof,
}

/// Field, then its headings in MdB2, MdB1, PI-API and ON-API; several spellings are separated by `|`. The MdB2 names
/// beyond the published ones (§2.3, "unknown block") are ON-API's and the association's: files in the field borrow them.
type Names = (
    Field,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const NAMES: &[Names] = &[
    (Field::CoId, "coId", "citynet", "", "coId"),
    (
        Field::AccessId,
        "accessId",
        "socket",
        "accessId",
        "accessId",
    ),
    (
        Field::LegacyAccessId,
        "legacyAccessId",
        "",
        "",
        "legacyAccessId",
    ),
    (
        Field::StreetName,
        "streetName",
        "streetname",
        "streetName",
        "streetName",
    ),
    (
        Field::StreetNumber,
        "streetNumber",
        "streetnumber",
        "streetNumber",
        "streetNumber",
    ),
    (
        Field::StreetLittera,
        "streetLittera",
        "streetletter",
        "streetLittera",
        "streetLittera",
    ),
    (
        Field::PostalCode,
        "postalCode",
        "zip",
        "postalCode",
        "postalCode",
    ),
    (Field::City, "city", "city", "city", "city"),
    (
        Field::CountryCode,
        "countryCode",
        "",
        "countryCode",
        "countryCode",
    ),
    (
        Field::PremisesType,
        "premisesType",
        "type",
        "premisesType",
        "premisesType",
    ),
    (
        Field::MduApartmentNumber,
        "mduApartmentNumber",
        "",
        "mduApartmentNumber",
        "mduApartmentNumber",
    ),
    (
        Field::MduDistinguisher,
        "mduDistinguisher",
        "",
        "mduDistinguisher",
        "mduDistinguisher",
    ),
    (Field::Premise, "", "premise", "", ""),
    (Field::SwerefType, "swerefType", "", "", ""),
    (Field::SwerefNorth, "swerefNorth", "", "", ""),
    (Field::SwerefEast, "swerefEast", "", "", ""),
    (
        Field::Latitude,
        "latitude|wgs84Latitude",
        "",
        "",
        "latitude",
    ),
    (
        Field::Longitude,
        "longitude|wgs84Longitude",
        "",
        "",
        "longitude",
    ),
    (
        Field::PropertyUnitDesignation,
        "propertyUnitDesignation",
        "building",
        "",
        "propertyUnitDesignation",
    ),
    (Field::AccessState, "accessState", "", "", "accessState"),
    (Field::ActivationDate, "", "", "activationDate", ""),
    (
        Field::ConnectionDate,
        "connectionDate",
        "date",
        "",
        "connectionDate",
    ),
    (Field::Outlet, "outlet|outletId", "", "outletId", "outlet"),
    (
        Field::Population,
        "population",
        "",
        "population",
        "population",
    ),
    (Field::PriceGroup, "priceGroup", "", "", "priceGroup"),
    (
        Field::NationalAddressUuid,
        "nationalAddressUUID",
        "",
        "",
        "nationalAddressUUID",
    ),
    (Field::Area, "area", "area", "", ""),
    (Field::Medium, "medium|media", "media", "", ""),
    (Field::Capacity, "capacity|portCapacity", "capacity", "", ""),
    (Field::PortSpeed, "portSpeed", "", "portSpeed", ""),
    (Field::Cpe, "cpe|coCpe", "cpe", "", ""),
    (Field::ResidentName, "residentName", "resident", "", ""),
    (Field::OwnerName, "owner", "owner", "", ""),
    (Field::OwnerAddress, "", "owneraddress", "", ""),
    (Field::OwnerPostalCode, "", "ownerzip", "", ""),
    (Field::OwnerCity, "", "ownercity", "", ""),
    (
        Field::ActiveServices,
        "activeServices",
        "active",
        "",
        "services",
    ),
    (Field::CpeType, "", "cpetype", "", ""),
    (
        Field::FiberConverter,
        "coFiberConverter",
        "",
        "coFiberConverter",
        "coFiberConverter",
    ),
    (
        Field::CpeSwitch,
        "coCpeSwitch",
        "",
        "coCpeSwitch",
        "coCpeSwitch",
    ),
    (
        Field::CpeRouter,
        "coCpeRouter",
        "",
        "coCpeRouter",
        "coCpeRouter",
    ),
    (
        Field::NetworkAgreement,
        "coNetworkAgreement",
        "",
        "",
        "coNetworkAgreement",
    ),
    (Field::NetType, "netType", "nettype", "", ""),
    (Field::Keywords, "", "keywords", "", ""),
    (Field::Tv, "", "tv", "", ""),
    (Field::Option82, "", "", "option82", ""),
    (Field::SalesStart, "", "", "salesStartDate", ""),
    (Field::Iptv, "", "", "iptv", ""),
    (Field::Rfof, "", "", "rfof", ""),
];

/// The 25 columns of MdB1, in their order: its files often come without a header.
pub(super) const MASTER: [&str; 25] = [
    "citynet",
    "city",
    "area",
    "building",
    "streetname",
    "streetnumber",
    "streetletter",
    "resident",
    "zip",
    "owner",
    "owneraddress",
    "ownerzip",
    "ownercity",
    "premise",
    "type",
    "date",
    "cpe",
    "cpetype",
    "socket",
    "nettype",
    "media",
    "keywords",
    "active",
    "capacity",
    "tv",
];

impl Field {
    /// How many there are.
    pub const COUNT: usize = NAMES.len();

    /// The heading in this format; MdB2's or the plain word where the format has none.
    pub fn name(self, format: Format) -> &'static str {
        let (_, mdb2, mdb1, pi_api, on_api) = NAMES[self as usize];
        let own = match format {
            Format::MdB2 => mdb2,
            Format::MdB1 => mdb1,
            Format::PiApi => pi_api,
            Format::OnApi => on_api,
        };
        [own, mdb2, mdb1, pi_api, on_api]
            .into_iter()
            .find(|name| !name.is_empty())
            .and_then(|name| name.split('|').next())
            .unwrap_or("")
    }

    /// The field of a heading, letter case and surrounding space aside (`coID` is `coId`).
    pub fn named(heading: &str, format: Format) -> Option<Self> {
        let heading = heading.trim_start_matches('\u{feff}').trim();
        if heading.is_empty() {
            return None;
        }
        let names = |(_, mdb2, mdb1, pi_api, on_api): &Names| match format {
            Format::MdB2 => *mdb2,
            Format::MdB1 => *mdb1,
            Format::PiApi => *pi_api,
            Format::OnApi => *on_api,
        };
        NAMES
            .iter()
            .find(|row| {
                names(row)
                    .split('|')
                    .any(|name| name.eq_ignore_ascii_case(heading))
            })
            .map(|row| row.0)
    }

    /// Fields that are kept beside each other as "technical", with the name under which they are kept.
    pub(super) const TECHNICAL: [(Self, &'static str); 12] = [
        (Self::CpeType, "cpeType"),
        (Self::FiberConverter, "coFiberConverter"),
        (Self::CpeSwitch, "coCpeSwitch"),
        (Self::CpeRouter, "coCpeRouter"),
        (Self::NetworkAgreement, "coNetworkAgreement"),
        (Self::NetType, "netType"),
        (Self::Keywords, "keywords"),
        (Self::Tv, "tv"),
        (Self::Option82, "option82"),
        (Self::SalesStart, "salesStartDate"),
        (Self::Iptv, "iptv"),
        (Self::Rfof, "rfof"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_indexed_by_their_order_and_read_as_they_are_named() {
        for (index, (field, ..)) in NAMES.iter().enumerate() {
            assert_eq!(*field as usize, index);
            for format in Format::ALL {
                let name = field.name(format);
                assert!(!name.is_empty(), "{field:?}");
                assert!(Field::named(name, format).is_none_or(|found| found == *field));
            }
        }
        assert!(
            MASTER
                .iter()
                .all(|name| Field::named(name, Format::MdB1).is_some())
        );
        assert_eq!(Field::named(" coID", Format::MdB2), Some(Field::CoId));
    }
}
