//! The columns that a contract can name. The registry decides about them; this list is held against its own by a test.

/// Every column by its MdB2 name, in the order of a file.
pub const COLUMNS: [&str; 21] = [
    "streetName",
    "streetNumber",
    "streetLittera",
    "postalCode",
    "city",
    "countryCode",
    "premisesType",
    "mduApartmentNumber",
    "mduDistinguisher",
    "propertyUnitDesignation",
    "coordinates",
    "outlet",
    "population",
    "priceGroup",
    "nationalAddressUUID",
    "legacyAccessId",
    "accessState",
    "connectionDate",
    "medium",
    "capacity",
    "activeServices",
];
