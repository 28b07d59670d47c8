//! `uttag dev-certs`: what `deploy/compose.yaml` mounts, for trying only.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use chassis::say;
use kernel::Clock;
use service_kit::identity::{ANCHOR_FILE, Authority, Identity};
use service_kit::secret::Key32;

use crate::cli::DevCerts;
use crate::folder::SERVICES;

/// Certificates, identities, keys, and passwords of databases and broker.
pub fn create(arguments: &DevCerts, clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    let root = &arguments.folder;
    anyhow::ensure!(
        !root.join(ANCHOR_FILE).exists(),
        "{} is in use already",
        root.display()
    );
    private_folder(root)?;

    let mut servers: Vec<&str> = SERVICES.to_vec();
    servers.extend(["postgres", "rabbitmq", "mail"]);
    service_kit::dev_certs::create(root.join("tls"), &servers)?;

    private_folder(&root.join("authority"))?;
    let authority = Authority::create(root.join("authority"))?;
    write(
        &root.join(ANCHOR_FILE),
        &fs::read_to_string(root.join("authority").join(ANCHOR_FILE))?,
    )?;
    for service in SERVICES {
        let identity = root.join("identity").join(service);
        private_folder(&identity)?;
        Identity::load_or_enrol(&identity, service, &authority, clock.now())?;
        secrets(&root.join("secrets").join(service), service)?;
    }
    let postgres = root.join("secrets").join("postgres");
    private_folder(&postgres)?;
    write(&postgres.join("password"), &password())?;
    say!(
        "{} is ready for deploy/compose.yaml; never use it for real persons",
        root.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn secrets(folder: &Path, service: &str) -> anyhow::Result<()> {
    private_folder(folder)?;
    Key32::load_or_create(folder.join("master.key"))?;
    Key32::load_or_create(folder.join("pepper.key"))?;
    let database = password();
    let broker = password();
    let tls = "sslmode=verify-full&sslrootcert=/run/uttag/tls/ca.pem";
    write(&folder.join("database_password"), &database)?;
    write(
        &folder.join("database_url"),
        &format!("postgres://{service}:{database}@postgres/{service}?{tls}"),
    )?;
    write(
        &folder.join("keys_url"),
        &format!("postgres://{service}:{database}@postgres/{service}_keys?{tls}"),
    )?;
    if service == "rights" {
        write(
            &folder.join("ledger_url"),
            &format!("postgres://{service}:{database}@postgres/ledger?{tls}"),
        )?;
    }
    write(&folder.join("broker_password"), &broker)?;
    write(
        &folder.join("broker_url"),
        &format!("amqps://{service}:{broker}@rabbitmq:5671/%2f"),
    )
}

fn password() -> String {
    hex::encode(Key32::random().as_bytes())
}

fn private_folder(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot protect {}", path.display()))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;

    let mut file = fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}
