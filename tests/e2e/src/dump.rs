//! A database as its administrator saves it and puts it back: `pg_dump`, `dropdb`, `createdb`, `pg_restore`.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

/// Saves a database to a file.
///
/// # Errors
/// `pg_dump` says no.
pub fn save(url: &str, file: &Path) -> anyhow::Result<()> {
    let file = file.display().to_string();
    run(
        "pg_dump",
        &["--format=custom", "--file", &file, "--dbname", url],
    )
}

/// Puts a database back while others may be connected: at once, or table by table, which they see.
///
/// # Errors
/// `pg_restore` says no.
pub fn put_back(url: &str, file: &Path, at_once: bool) -> anyhow::Result<()> {
    let file = file.display().to_string();
    let mut how = vec!["--clean", "--if-exists"];
    if at_once {
        how.push("--single-transaction");
    }
    how.extend(["--dbname", url, &file]);
    run("pg_restore", &how)
}

/// Drops a database, whoever is connected, makes it anew and fills it from the file.
///
/// # Errors
/// One of the tools says no.
pub fn replace(admin_url: &str, url: &str, file: &Path) -> anyhow::Result<()> {
    let name = url.split('?').next().and_then(|url| url.rsplit('/').next());
    let name = name.context("a database has a name")?;
    run("dropdb", &["--force", "--maintenance-db", admin_url, name])?;
    run(
        "createdb",
        &["--template=template0", "--maintenance-db", admin_url, name],
    )?;
    let file = file.display().to_string();
    run("pg_restore", &["--dbname", url, &file])
}

fn run(tool: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let done = Command::new(testkit::postgres::program(tool)?)
        .args(arguments)
        .output()
        .with_context(|| format!("cannot start {tool}"))?;
    anyhow::ensure!(
        done.status.success(),
        "{tool} failed: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}
