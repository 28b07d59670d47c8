//! pgbench: what PostgreSQL does with the same rows in the same transactions, and nothing else to do.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::Command;
use url::Url;

/// A script, and how often it runs in comparison to the others.
#[derive(Debug)]
pub struct Script {
    /// Its name, for a file.
    pub name: &'static str,
    /// Its statements.
    pub text: String,
    /// Its share.
    pub weight: u32,
}

/// Runs the scripts against the database over so many connections; answers script runs a second, all together.
///
/// # Errors
/// A script fails, or pgbench cannot be run.
pub async fn rate(
    database: &str,
    scripts: &[Script],
    clients: u16,
    time: Duration,
) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(testkit::postgres::program("pgbench")?);
    command.args([
        "--no-vacuum",
        "--protocol=prepared",
        "--jobs=2",
        "--client",
        &clients.to_string(),
    ]);
    command.args(["--time", &time.as_secs().max(1).to_string()]);
    for script in scripts {
        let file = folder.path().join(script.name);
        std::fs::write(&file, &script.text)?;
        command.arg(weighted(&file, script.weight));
    }
    connect(&mut command, database)?;
    let ran = command.output().await.context("pgbench cannot be run")?;
    let (said, complained) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    anyhow::ensure!(ran.status.success(), "pgbench failed: {said}\n{complained}");
    tps(&said).with_context(|| format!("pgbench said no rate: {said}"))
}

fn weighted(file: &Path, weight: u32) -> String {
    format!("--file={}@{weight}", file.display())
}

/// By environment: a password on the command line is read by everybody.
fn connect(command: &mut Command, database: &str) -> anyhow::Result<()> {
    let url = Url::parse(database)?;
    command
        .env("PGHOST", url.host_str().context("the URL names no host")?)
        .env("PGPORT", url.port().unwrap_or(5432).to_string())
        .env("PGUSER", url.username())
        .env("PGPASSWORD", url.password().unwrap_or_default())
        .env("PGDATABASE", url.path().trim_start_matches('/'));
    Ok(())
}

fn tps(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_rate_is_read() {
        let said = "latency average = 3.1 ms\ntps = 5123.456789 (without initial connection time)\nSQL script 1: a\n - 10 transactions (50.0% of total, tps = 5.1)\n";
        assert_eq!(super::tps(said), Some(5_123.456_789));
    }
}
