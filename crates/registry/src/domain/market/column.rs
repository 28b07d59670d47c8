//! The columns that a contract can name. None of them says anything about a person.

/// A column of an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarketColumn {
    /// The street, village or farm.
    StreetName,
    /// The number in it.
    StreetNumber,
    /// The entrance's letter.
    StreetLittera,
    /// The postal code.
    PostalCode,
    /// The town.
    City,
    /// ISO 3166-1.
    CountryCode,
    /// MdB2's word.
    PremisesType,
    /// The flat's number.
    MduApartmentNumber,
    /// What tells flats apart where there is no number.
    MduDistinguisher,
    /// Fastighetsbeteckning.
    PropertyUnitDesignation,
    /// SWEREF 99 and WGS 84.
    Coordinates,
    /// What stands on the port.
    Outlet,
    /// The network's grouping.
    Population,
    /// The price group.
    PriceGroup,
    /// The national address register's id.
    NationalAddressUuid,
    /// The id at the operator before.
    LegacyAccessId,
    /// The state.
    AccessState,
    /// Since when it is connected.
    ConnectionDate,
    /// The medium.
    Medium,
    /// What the port can do at most.
    Capacity,
    /// Technical services: those that are active there, or with ON-API those that the line can carry.
    Services,
}

impl MarketColumn {
    /// Every column with its name, in the order of a file.
    const ALL: [(Self, &'static str); 21] = [
        (Self::StreetName, "streetName"),
        (Self::StreetNumber, "streetNumber"),
        (Self::StreetLittera, "streetLittera"),
        (Self::PostalCode, "postalCode"),
        (Self::City, "city"),
        (Self::CountryCode, "countryCode"),
        (Self::PremisesType, "premisesType"),
        (Self::MduApartmentNumber, "mduApartmentNumber"),
        (Self::MduDistinguisher, "mduDistinguisher"),
        (Self::PropertyUnitDesignation, "propertyUnitDesignation"),
        (Self::Coordinates, "coordinates"),
        (Self::Outlet, "outlet"),
        (Self::Population, "population"),
        (Self::PriceGroup, "priceGroup"),
        (Self::NationalAddressUuid, "nationalAddressUUID"),
        (Self::LegacyAccessId, "legacyAccessId"),
        (Self::AccessState, "accessState"),
        (Self::ConnectionDate, "connectionDate"),
        (Self::Medium, "medium"),
        (Self::Capacity, "capacity"),
        (Self::Services, "activeServices"),
    ];

    /// The columns that ON-API 2.6 has (on-api.md §1.3), and the services and capacity that its endpoints need.
    pub const ON_API: [Self; 17] = [
        Self::StreetName,
        Self::StreetNumber,
        Self::StreetLittera,
        Self::PostalCode,
        Self::City,
        Self::CountryCode,
        Self::PremisesType,
        Self::MduApartmentNumber,
        Self::MduDistinguisher,
        Self::Outlet,
        Self::Population,
        Self::PriceGroup,
        Self::NationalAddressUuid,
        Self::LegacyAccessId,
        Self::AccessState,
        Self::ConnectionDate,
        Self::Services,
    ];

    /// The names, in the order of a file.
    pub fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|(_, name)| *name).collect()
    }

    /// Its MdB2 name.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(column, _)| *column == self)
            .map_or("", |(_, name)| name)
    }

    /// Takes a name in any case, as headings of files are written.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(column, _)| *column)
    }
}
