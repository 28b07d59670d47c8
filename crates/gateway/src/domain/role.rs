//! The roles of staff, as the permission matrix names them.

use std::fmt;

/// What a member of staff is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Users, providers, everything of the network but compliance.
    Admin,
    /// Address files.
    Importer,
    /// Orders and contacts.
    CustomerService,
    /// Data-subject requests: opens and decides.
    Compliance,
    /// Data-subject requests: sees.
    Dpo,
    /// People with protected personal data: asks, approves, sees.
    ProtectedData,
}

impl Role {
    /// Every role, in the order of the forms.
    pub const ALL: [Self; 6] = [
        Self::Admin,
        Self::Importer,
        Self::CustomerService,
        Self::Compliance,
        Self::Dpo,
        Self::ProtectedData,
    ];

    /// The name in tokens and in `permissions.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Importer => "importer",
            Self::CustomerService => "customer_service",
            Self::Compliance => "compliance",
            Self::Dpo => "dpo",
            Self::ProtectedData => "protected_data",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Roles from storage: comma-separated. An unknown one is left out, which denies.
    pub fn restore(stored: &str) -> Vec<Self> {
        stored.split(',').filter_map(Self::parse).collect()
    }

    /// Roles for storage, sorted, each once.
    pub fn store(roles: &[Self]) -> String {
        let mut sorted = roles.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        sorted
            .into_iter()
            .map(Self::name)
            .collect::<Vec<_>>()
            .join(",")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn what_is_stored_comes_back_once_and_sorted() {
        assert_eq!(
            Role::store(&[Role::Dpo, Role::Admin, Role::Dpo]),
            "admin,dpo"
        );
        assert_eq!(Role::restore("admin,dpo,root"), [Role::Admin, Role::Dpo]);
        assert!(Role::restore("").is_empty());
    }
}
