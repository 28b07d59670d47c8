//! The folder of an embedded installation.
//!
//! Databases, keys, ledger and secrets lie apart, so that a backup never mixes them:
//!
//! | folder | what |
//! |---|---|
//! | `db/` | one SQLite file per service |
//! | `keys/` | one key store per service: destroying a key here is what makes an erasure final |
//! | `ledger/` | the erasure ledger, which outlives every backup |
//! | `secrets/` | the enrolment authority, identities, master keys, peppers (mode 0600) |
//! | `backups/` | what `uttag backup create` writes, unless told otherwise |
//! | `run/` | where a running `uttag serve` listens |
//! | `SERVICE.toml` | settings of one service that somebody wrote; what `uttag serve` sets itself wins over them |

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kernel::Clock;
use service_kit::identity::{Authority, Identity};
use service_kit::secret::Key32;

/// The services of an embedded installation, in the order in which they start.
pub const SERVICES: [&str; 5] = ["rights", "registry", "orders", "crm", "gateway"];

const FOLDERS: [&str; 6] = ["db", "keys", "ledger", "secrets", "backups", "run"];

/// An embedded installation on disk.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// An installation that is there already.
    pub fn existing(root: &Path) -> anyhow::Result<Self> {
        let folder = Self {
            root: absolute(root)?,
        };
        anyhow::ensure!(
            folder.anchor().is_file(),
            "{} is no installation of Uttag: it has no {}",
            folder.root.display(),
            folder.anchor().display()
        );
        Ok(folder)
    }

    /// An installation, made when it is not there: folders, authority, identities, keys.
    pub fn prepare(root: &Path, clock: &dyn Clock) -> anyhow::Result<Self> {
        let folder = Self {
            root: absolute(root)?,
        };
        for name in FOLDERS {
            let path = folder.root.join(name);
            fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))
                .with_context(|| format!("cannot protect {}", path.display()))?;
        }
        let authority = folder.authority()?;
        for service in SERVICES {
            folder.enrol(service, &authority, clock)?;
        }
        Ok(folder)
    }

    /// Makes identity and keys of one service, when they are not there.
    pub fn enrol(
        &self,
        service: &str,
        authority: &Authority,
        clock: &dyn Clock,
    ) -> anyhow::Result<()> {
        fs::create_dir_all(self.identity(service))
            .with_context(|| format!("cannot make the folder of {service}"))?;
        Identity::load_or_enrol(self.identity(service), service, authority, clock.now())?;
        Key32::load_or_create(self.master_key(service))?;
        Key32::load_or_create(self.pepper(service))?;
        Ok(())
    }

    /// The enrolment authority, made when it is not there.
    pub fn authority(&self) -> anyhow::Result<Authority> {
        let secrets = self.root.join("secrets");
        if self.anchor().is_file() {
            Ok(Authority::load(&secrets)?)
        } else {
            Ok(Authority::create(&secrets)?)
        }
    }

    /// Where everything lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The public key that certificates and identities are checked against.
    pub fn anchor(&self) -> PathBuf {
        self.root
            .join("secrets")
            .join(service_kit::identity::ANCHOR_FILE)
    }

    /// Who a service is.
    pub fn identity(&self, service: &str) -> PathBuf {
        self.root.join("secrets").join(service)
    }

    /// Wraps the person keys of a service.
    pub fn master_key(&self, service: &str) -> PathBuf {
        self.identity(service).join("master.key")
    }

    /// What the look-up tokens of a service are keyed with.
    pub fn pepper(&self, service: &str) -> PathBuf {
        self.identity(service).join("pepper.key")
    }

    /// Settings of a service that somebody may have written.
    pub fn settings(&self, service: &str) -> PathBuf {
        self.root.join(format!("{service}.toml"))
    }

    /// The database file of a service.
    pub fn database(&self, service: &str) -> PathBuf {
        self.root.join("db").join(format!("{service}.sqlite"))
    }

    /// The key store of a service.
    pub fn key_store(&self, service: &str) -> PathBuf {
        self.root.join("keys").join(format!("{service}.sqlite"))
    }

    /// The erasure ledger.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger").join("ledger.sqlite")
    }

    /// Where backups go.
    pub fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }

    /// Where a running `uttag serve` writes its addresses.
    pub fn addresses(&self) -> PathBuf {
        self.root.join("run").join("addresses.json")
    }
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot resolve {}", path.display()))
}
