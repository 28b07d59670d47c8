//! The configuration of each service of a town, in the words of its environment variables.

use std::path::{Path, PathBuf};

use service_kit::dev_certs;

use super::{SERVICES, TLS, Town};
use crate::doors::endpoint;

impl Town {
    /// The environment that a service of the town is started with.
    ///
    /// # Errors
    /// It is not settled.
    pub fn environment(&self, service: &str) -> anyhow::Result<Vec<(String, String)>> {
        let at = self.addresses[service];
        let secrets = self.secrets(service);
        let tls = self.folder.path().join(TLS);
        let file = |path: PathBuf| path.display().to_string();
        let mut all = vec![
            ("GRPC__ADDRESS".to_owned(), at.grpc.to_string()),
            ("ADMIN".to_owned(), at.admin.to_string()),
            ("DATABASE__URL".to_owned(), self.database_url(service)?),
            (
                "KEYS__DATABASE__URL".to_owned(),
                self.database_url(&format!("{service}_keys"))?,
            ),
            (
                "KEYS__MASTER_KEY_FILE".to_owned(),
                file(secrets.join("master.key")),
            ),
            (
                "KEYS__PEPPER_FILE".to_owned(),
                file(secrets.join("pepper.key")),
            ),
            ("IDENTITY__DIRECTORY".to_owned(), file(secrets)),
            ("IDENTITY__ANCHOR_FILE".to_owned(), file(self.anchor_file())),
            ("MESSAGING__TRANSPORT".to_owned(), "amqp".to_owned()),
            (
                "MESSAGING__URL".to_owned(),
                self.rabbit.tls_url(&self.vhost),
            ),
            (
                "MESSAGING__CA_FILE".to_owned(),
                file(tls.join(dev_certs::CA_FILE)),
            ),
        ];
        all.extend(server_tls("GRPC", &tls, service));
        all.extend(self.peer("RIGHTS", service, "rights"));
        // Nobody calls the gateway over gRPC.
        for peer in SERVICES.iter().filter(|peer| **peer != "gateway") {
            all.extend(self.peer(&format!("PEERS__{}", peer.to_uppercase()), service, peer));
        }
        match service {
            "rights" => {
                all.push((
                    "SETTINGS__LEDGER__DATABASE__URL".to_owned(),
                    self.database_url("ledger")?,
                ));
            }
            "orders" | "registry" => {
                all.push(("PROVIDER_GRPC__ADDRESS".to_owned(), at.provider.to_string()));
                // Providers are not enrolled: TLS and a token, no certificate of theirs.
                let door = server_tls("PROVIDER_GRPC", &tls, service);
                all.extend(
                    door.into_iter()
                        .filter(|(key, _)| !key.ends_with("CLIENT_CA")),
                );
            }
            "gateway" => all.extend(self.of_gateway()),
            _ => {}
        }
        if matches!(service, "orders" | "crm") {
            all.push(("MAIL__SMTP_URL".to_owned(), self.mailbox.url()));
            all.push((
                "MAIL__FROM".to_owned(),
                "Uttag <no-reply@uttag.example>".to_owned(),
            ));
            all.push((
                "MAIL__PUBLIC_URL".to_owned(),
                format!("http://{}", self.addresses["gateway"].http),
            ));
        }
        if let Some(collector) = &self.collector {
            let endpoint = collector.url().to_owned();
            all.push(("TELEMETRY__OTLP_ENDPOINT".to_owned(), endpoint));
        }
        Ok(all
            .into_iter()
            .map(|(key, value)| (format!("UTTAG__{key}"), value))
            .chain(self.file_of(service))
            .collect())
    }

    /// Lists cannot be said in the environment.
    fn file_of(&self, service: &str) -> Option<(String, String)> {
        let path = self.folder.path().join(format!("{service}.toml"));
        let text = path.display().to_string();
        path.is_file().then(|| ("UTTAG_CONFIG".to_owned(), text))
    }

    fn of_gateway(&self) -> Vec<(String, String)> {
        let http = self.addresses["gateway"].http;
        vec![
            ("SETTINGS__HTTP".to_owned(), http.to_string()),
            ("SETTINGS__PUBLIC_URL".to_owned(), format!("http://{http}")),
        ]
    }

    fn peer(&self, key: &str, client: &str, peer: &str) -> Vec<(String, String)> {
        let tls = self.folder.path().join(TLS);
        let endpoint = endpoint(self.addresses[peer].grpc, Some(&tls), client);
        let Some(tls) = endpoint.tls else {
            return Vec::new();
        };
        let file = |path: Option<PathBuf>| {
            path.map(|path| path.display().to_string())
                .unwrap_or_default()
        };
        vec![
            (format!("{key}__URL"), endpoint.url),
            (format!("{key}__TLS__CA"), tls.ca.display().to_string()),
            (format!("{key}__TLS__CERT"), file(tls.cert)),
            (format!("{key}__TLS__KEY"), file(tls.key)),
        ]
    }
}

fn server_tls(key: &str, tls: &Path, service: &str) -> Vec<(String, String)> {
    let files = dev_certs::server_files(tls, service);
    let ca = files
        .client_ca
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    vec![
        (
            format!("{key}__TLS__CERT"),
            files.cert.display().to_string(),
        ),
        (format!("{key}__TLS__KEY"), files.key.display().to_string()),
        (format!("{key}__TLS__CLIENT_CA"), ca),
    ]
}
