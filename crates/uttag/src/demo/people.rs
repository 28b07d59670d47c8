//! The invented network and the invented people of the story.

/// The network's code.
pub const NETWORK: &str = "MLRNET";
/// The network's name.
pub const NETWORK_NAME: &str = "Mälarnät (påhittat)";

/// The bundled address file: 2,400 invented accesses over real localities.
pub const ADDRESS_FILE: &[u8] = include_bytes!("../../assets/sample_mdb2.csv");
/// Rows in it.
pub const ROWS: &str = "2400";

/// Where the customer lives.
pub const ACCESS_ID: &str = "MLR-000001";
/// What the customer types to find it: no diacritics, no postal code.
pub const SEARCH: &str = "kopparbergsvagen 10G";

/// The customer, who is also a contact and a resident. The number is one of the tax agency's test numbers' kind.
pub const NAME: &str = "Tolvan Testsson";
/// As typed by the customer.
pub const IDENTITY_NUMBER: &str = "19121212-1212";
/// As typed by compliance staff, in another spelling.
pub const IDENTITY_NUMBER_AGAIN: &str = "191212121212";
/// Never delivered outside this process.
pub const EMAIL: &str = "tolvan@kund.example";
/// A number that the telecom authority keeps for fiction.
pub const PHONE: &str = "070-174 06 05";

/// A provider with its function address, service and price.
pub struct Provider {
    /// Short name.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Where its order mails go.
    pub email: &'static str,
    /// What it sells.
    pub offering: &'static str,
    /// Kronor a month.
    pub price: &'static str,
    /// Of its campaign: kind, value (per cent or kronor), months.
    pub campaign: (&'static str, &'static str, &'static str),
}

/// The one that gets the order.
pub const FIRST: Provider = Provider {
    id: "nordbredband",
    name: "Nordbredband AB",
    email: "order@nordbredband.example",
    offering: "Bredband 100",
    price: "299",
    campaign: ("fixedPrice", "199", "3"),
};

/// The one that must not see it.
pub const SECOND: Provider = Provider {
    id: "fjordfiber",
    name: "Fjordfiber AB",
    email: "order@fjordfiber.example",
    offering: "Fiber 100 Start",
    price: "319",
    campaign: ("percentage", "20", "6"),
};

/// Everything that names the customer, for looking where it must not be.
pub const TRACES: [&str; 7] = [
    NAME,
    "Testsson",
    IDENTITY_NUMBER,
    IDENTITY_NUMBER_AGAIN,
    "121212-1212",
    EMAIL,
    "+46701740605",
];
