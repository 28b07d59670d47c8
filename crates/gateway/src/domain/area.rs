//! Which part of the staff pages a role may see. Default deny: an area names its roles; nothing else gives access. The
//! services check again by the permission matrix; this table only decides what is shown.

use super::role::Role;

/// A part of the staff pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// The overview; every signed-in user.
    Home,
    /// Users of the network.
    Users,
    /// Address files.
    Imports,
    /// Accesses: finding one, putting it right.
    Accesses,
    /// Orders.
    Orders,
    /// How evenly providers are shown.
    Neutrality,
    /// Providers' technical orders: moving them.
    TechnicalMove,
    /// The forms of orders: looking.
    OrderForms,
    /// The forms of orders: editing.
    OrderFormsChange,
    /// Contacts.
    Contacts,
    /// Providers: looking.
    Providers,
    /// Providers and offerings: changing.
    ProvidersChange,
    /// Endpoints of providers' systems: looking, sending again, turning off.
    Webhooks,
    /// Providers' systems that are called: looking, entering, trying.
    Systems,
    /// Orders that are handed over to providers' systems: looking, deciding.
    Handovers,
    /// Contracts of providers and what was given under them: looking.
    Contracts,
    /// Contracts of providers: entering, changing, ending.
    ContractsChange,
    /// What systems sign in with.
    Credentials,
    /// The network itself.
    Network,
    /// Data-subject requests: looking.
    Requests,
    /// Data-subject requests: opening, deciding, handing out.
    RequestsDecide,
    /// The registers of personal data.
    Holders,
    /// Who asked to see people with protected personal data: looking.
    Protected,
    /// People with protected personal data: asking, approving, seeing.
    ProtectedDecide,
}

impl Area {
    /// Every area, for the test that holds this table against an independent one.
    pub const ALL: [Self; 24] = [
        Self::Home,
        Self::Users,
        Self::Imports,
        Self::Accesses,
        Self::Orders,
        Self::Neutrality,
        Self::TechnicalMove,
        Self::OrderForms,
        Self::OrderFormsChange,
        Self::Contacts,
        Self::Providers,
        Self::ProvidersChange,
        Self::Webhooks,
        Self::Systems,
        Self::Handovers,
        Self::Contracts,
        Self::ContractsChange,
        Self::Credentials,
        Self::Network,
        Self::Requests,
        Self::RequestsDecide,
        Self::Holders,
        Self::Protected,
        Self::ProtectedDecide,
    ];

    /// The roles that may enter.
    pub fn roles(self) -> &'static [Role] {
        use Role::{Admin, Compliance, CustomerService, Dpo, Importer, ProtectedData};
        match self {
            Self::Home => &[
                Admin,
                Importer,
                CustomerService,
                Compliance,
                Dpo,
                ProtectedData,
            ],
            Self::Users
            | Self::TechnicalMove
            | Self::OrderFormsChange
            | Self::ProvidersChange
            | Self::Webhooks
            | Self::Systems
            | Self::ContractsChange
            | Self::Credentials
            | Self::Network => &[Admin],
            Self::Imports => &[Admin, Importer],
            Self::Accesses | Self::Orders | Self::Handovers | Self::OrderForms | Self::Contacts => {
                &[Admin, CustomerService]
            }
            Self::Providers => &[Admin, CustomerService, Compliance],
            Self::Neutrality => &[Admin, Compliance],
            Self::Requests => &[Compliance, Dpo],
            Self::RequestsDecide => &[Compliance],
            Self::Protected => &[ProtectedData, Dpo],
            Self::ProtectedDecide => &[ProtectedData],
            Self::Holders | Self::Contracts => &[Compliance, Dpo, Admin],
        }
    }

    /// Whether somebody with these roles may enter.
    pub fn admits(self, roles: &[Role]) -> bool {
        self.roles().iter().any(|role| roles.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Role};

    #[test]
    fn nobody_without_a_role_enters_anything() {
        assert!(Area::ALL.iter().all(|area| !area.admits(&[])));
    }

    #[test]
    fn deciding_is_for_compliance_alone() {
        let deciders: Vec<_> = Role::ALL
            .into_iter()
            .filter(|r| Area::RequestsDecide.admits(&[*r]))
            .collect();
        assert_eq!(deciders, [Role::Compliance]);
    }
}
