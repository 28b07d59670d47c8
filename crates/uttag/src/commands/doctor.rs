//! `uttag doctor`: what is wrong with an installation, and what to do about it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use kernel::{Clock as _, SystemClock};
use messaging::dead_letters::{self, Filter, State};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::identity::{Identity, TrustAnchor};
use service_kit::secret::Key32;

use crate::cli::DataFolder;
use crate::embedded::Addresses;
use crate::folder::{Folder, SERVICES};

/// A folder that only its owner may enter; a file that only its owner may read.
const GROUP_AND_WORLD: u32 = 0o077;

/// What was looked at, and how it was.
#[derive(Debug, Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn note(&mut self, what: &str, outcome: Result<String, String>) {
        match outcome {
            Ok(text) => println!("ok     {what}: {text}"),
            Err(text) => {
                self.wrong += 1;
                println!("WRONG  {what}: {text}");
            }
        }
    }
}

/// Looks at everything, changes nothing. Exit code 0 when nothing is wrong.
pub async fn examine(data: &DataFolder) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(&data.path)?;
    let mut findings = Findings::default();
    for name in ["db", "keys", "ledger", "secrets"] {
        findings.note(name, private(&folder.root().join(name)));
    }
    for service in SERVICES {
        findings.note(
            &format!("identity of {service}"),
            identity(&folder, service),
        );
        findings.note(&format!("keys of {service}"), keys(&folder, service));
        findings.note(
            &format!("database of {service}"),
            database(&folder, service).await,
        );
    }
    findings.note("ledger", present(&folder.ledger()));
    findings.note("running", running(&folder).await);
    println!("{} wrong", findings.wrong);
    Ok(if findings.wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn private(path: &Path) -> Result<String, String> {
    let mode = std::fs::metadata(path)
        .map_err(|error| format!("{}: {error}", path.display()))?
        .permissions()
        .mode();
    if mode & GROUP_AND_WORLD == 0 {
        return Ok(path.display().to_string());
    }
    Err(format!("others may read {}; chmod go= it", path.display()))
}

fn present(path: &Path) -> Result<String, String> {
    if path.is_file() {
        Ok(path.display().to_string())
    } else {
        Err(format!("{} is missing", path.display()))
    }
}

fn identity(folder: &Folder, service: &str) -> Result<String, String> {
    let identity =
        Identity::load(folder.identity(service), service).map_err(|error| error.to_string())?;
    let anchor = TrustAnchor::load(folder.anchor()).map_err(|error| error.to_string())?;
    match anchor.verify(identity.certificate(), SystemClock.now()) {
        Ok(_) => Ok("enrolled and valid".to_owned()),
        Err(error) => Err(format!("{error}; `uttag enrol {service}` makes a new one")),
    }
}

fn keys(folder: &Folder, service: &str) -> Result<String, String> {
    for path in [folder.master_key(service), folder.pepper(service)] {
        Key32::load(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    present(&folder.key_store(service))
}

async fn database(folder: &Folder, service: &str) -> Result<String, String> {
    present(&folder.database(service))?;
    let config = DatabaseConfig::sqlite(folder.database(service));
    let database = Database::connect(&config)
        .await
        .map_err(|error| error.to_string())?;
    let open = Filter {
        state: Some(State::Open),
        ..Filter::default()
    };
    let page = dead_letters::list(&database, &open, None, 1)
        .await
        .map_err(|error| error.to_string())?;
    if page.items.is_empty() {
        return Ok("opens, no dead letters".to_owned());
    }
    Err(format!(
        "has dead letters; `uttag dead-letters list --service {service}` lists them"
    ))
}

/// Not running is not wrong.
async fn running(folder: &Folder) -> Result<String, String> {
    let Ok(text) = std::fs::read(folder.addresses()) else {
        return Ok("no, and has not been".to_owned());
    };
    let addresses: Addresses = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let Some(admin) = addresses.admin else {
        return Ok("without a port for operators".to_owned());
    };
    let Ok(answer) = reqwest::get(format!("http://{admin}/readyz")).await else {
        return Ok("no".to_owned());
    };
    let ready = answer.status().is_success();
    let text = answer.text().await.map_err(|error| error.to_string())?;
    if ready {
        Ok(format!("ready at http://{}", addresses.http))
    } else {
        Err(format!("not ready: {text}"))
    }
}
