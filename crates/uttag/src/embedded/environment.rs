//! Embedded is nothing but configuration: the same keys as a container's environment, with the folder's paths.

use super::Installation;

/// Services that send mail.
const SENDS_MAIL: [&str; 2] = ["orders", "crm"];

impl Installation {
    /// The configuration of one service, in the words of its environment variables.
    pub(super) fn environment(&self, service: &str) -> Vec<(String, String)> {
        let folder = &self.folder;
        let sqlite = |path: std::path::PathBuf| format!("sqlite:{}", path.display());
        let mut settings = vec![
            (
                "GRPC__ADDRESS".to_owned(),
                self.addresses.grpc[service].to_string(),
            ),
            ("DATABASE__URL".to_owned(), sqlite(folder.database(service))),
            (
                "KEYS__DATABASE__URL".to_owned(),
                sqlite(folder.key_store(service)),
            ),
            (
                "KEYS__MASTER_KEY_FILE".to_owned(),
                folder.master_key(service).display().to_string(),
            ),
            (
                "KEYS__PEPPER_FILE".to_owned(),
                folder.pepper(service).display().to_string(),
            ),
            (
                "IDENTITY__DIRECTORY".to_owned(),
                folder.identity(service).display().to_string(),
            ),
            (
                "IDENTITY__ANCHOR_FILE".to_owned(),
                folder.anchor().display().to_string(),
            ),
            ("MESSAGING__TRANSPORT".to_owned(), "local".to_owned()),
            (
                "RIGHTS__URL".to_owned(),
                format!("http://{}", self.addresses.grpc["rights"]),
            ),
        ];
        for (name, address) in &self.addresses.grpc {
            settings.push((
                format!("PEERS__{}__URL", name.to_uppercase()),
                format!("http://{address}"),
            ));
        }
        if let (Some(smtp), true) = (&self.options.smtp, SENDS_MAIL.contains(&service)) {
            settings.push(("MAIL__SMTP_URL".to_owned(), smtp.clone()));
            settings.push((
                "MAIL__FROM".to_owned(),
                "Uttag <no-reply@uttag.example>".to_owned(),
            ));
            settings.push((
                "MAIL__PUBLIC_URL".to_owned(),
                format!("http://{}", self.addresses.http),
            ));
        }
        settings.extend(self.special(service));
        settings
            .into_iter()
            .map(|(key, value)| (format!("UTTAG__{key}"), value))
            .collect()
    }

    fn special(&self, service: &str) -> Vec<(String, String)> {
        match service {
            "rights" => vec![
                (
                    "SETTINGS__LEDGER__DATABASE__URL".to_owned(),
                    format!("sqlite:{}", self.folder.ledger().display()),
                ),
                (
                    "SETTINGS__TWO_PERSON".to_owned(),
                    self.options.two_person.to_string(),
                ),
            ],
            "orders" => vec![(
                "PROVIDER_GRPC__ADDRESS".to_owned(),
                self.addresses.provider.to_string(),
            )],
            "registry" => vec![(
                "PROVIDER_GRPC__ADDRESS".to_owned(),
                self.addresses.market.to_string(),
            )],
            "gateway" => vec![
                ("SETTINGS__HTTP".to_owned(), self.addresses.http.to_string()),
                (
                    "SETTINGS__PUBLIC_URL".to_owned(),
                    format!("http://{}", self.addresses.http),
                ),
                (
                    "SETTINGS__SET_UP".to_owned(),
                    self.options.set_up.to_string(),
                ),
            ],
            _ => Vec::new(),
        }
    }
}
