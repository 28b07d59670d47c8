//! `uttag backup`: copies of the databases, apart from keys, ledger and secrets.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use aws_lc_rs::digest;
use chassis::say;
use chrono::{DateTime, Utc};
use kernel::SharedClock;
use sea_orm::ConnectionTrait as _;
use serde::{Deserialize, Serialize};

use crate::cli::Backup;
use crate::folder::{Folder, SERVICES};

const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    created_at: DateTime<Utc>,
    databases: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    service: String,
    file: String,
    bytes: u64,
    sha256: String,
}

/// Creates or restores.
pub async fn run(command: Backup, clock: SharedClock) -> anyhow::Result<ExitCode> {
    match command {
        Backup::Create { data, service, to } => {
            let folder = Folder::existing(&data.path)?;
            let now = clock.now();
            let to = to.unwrap_or_else(|| {
                folder
                    .backups()
                    .join(now.format("%Y%m%dT%H%M%SZ").to_string())
            });
            create(&folder, service.as_deref(), &to, now).await?;
            say!("{}", to.display());
        }
        Backup::Restore {
            data,
            service,
            from,
        } => {
            restore(&Folder::existing(&data.path)?, &service, &from)?;
            say!(
                "{service} is back from {}; it serves again once it has replayed the ledger",
                from.display()
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(
    folder: &Folder,
    service: Option<&str>,
    to: &Path,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o700))?;
    anyhow::ensure!(
        !to.join(MANIFEST).exists(),
        "{} holds a backup already",
        to.display()
    );
    let services: Vec<&str> = match service {
        Some(service) => vec![known(service)?],
        None => SERVICES.to_vec(),
    };
    let mut databases = Vec::new();
    for service in services {
        databases.push(copy(&folder.database(service), service, to).await?);
    }
    let manifest = serde_json::to_vec_pretty(&Manifest {
        created_at: now,
        databases,
    })?;
    fs::write(to.join(MANIFEST), manifest)
        .with_context(|| format!("cannot write {}", to.join(MANIFEST).display()))
}

/// One consistent copy, also of a database in use.
async fn copy(source: &Path, service: &str, to: &Path) -> anyhow::Result<Entry> {
    anyhow::ensure!(
        source.is_file(),
        "{service} has no database at {}",
        source.display()
    );
    let file = format!("{service}.sqlite");
    let target = to.join(&file);
    // Read-only: the running service alone owns the file's write-ahead log.
    let database =
        sea_orm::Database::connect(format!("sqlite:{}?mode=ro", source.display())).await?;
    let quoted = target.display().to_string().replace('\'', "''");
    database
        .execute_unprepared(&format!("VACUUM INTO '{quoted}'"))
        .await
        .with_context(|| format!("cannot copy the database of {service}"))?;
    database.close().await?;
    fs::set_permissions(&target, fs::Permissions::from_mode(0o600))?;
    let (bytes, sha256) = fingerprint(&target)?;
    Ok(Entry {
        service: service.to_owned(),
        file,
        bytes,
        sha256,
    })
}

/// Puts a copy in the place of the database: whole beside it first, then by one rename.
fn restore(folder: &Folder, service: &str, from: &Path) -> anyhow::Result<()> {
    let service = known(service)?;
    let text = fs::read(from.join(MANIFEST))
        .with_context(|| format!("{} holds no backup", from.display()))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).context("the manifest cannot be read")?;
    let entry = manifest
        .databases
        .iter()
        .find(|entry| entry.service == service)
        .with_context(|| format!("the backup holds no database of {service}"))?;
    let source = from.join(&entry.file);
    let (_, sha256) = fingerprint(&source)?;
    anyhow::ensure!(
        sha256 == entry.sha256,
        "{} is damaged: its checksum differs",
        source.display()
    );

    let target = folder.database(service);
    let beside = beside(&target);
    fs::copy(&source, &beside).with_context(|| format!("cannot copy to {}", beside.display()))?;
    fs::File::open(&beside)?.sync_all()?;
    for stale in ["-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{stale}", target.display()));
        if path.exists() {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    fs::rename(&beside, &target).with_context(|| format!("cannot replace {}", target.display()))
}

fn beside(target: &Path) -> PathBuf {
    target.with_extension("restoring")
}

fn known(service: &str) -> anyhow::Result<&'static str> {
    SERVICES
        .into_iter()
        .find(|known| *known == service)
        .with_context(|| {
            format!(
                "there is no service {service}; there are {}",
                SERVICES.join(", ")
            )
        })
}

/// Size and checksum, read in pieces.
fn fingerprint(path: &Path) -> anyhow::Result<(u64, String)> {
    use std::io::Read as _;

    let mut file =
        fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hex::encode(context.finish())));
        }
        bytes += u64::try_from(read)?;
        context.update(&piece[..read]);
    }
}
