//! On what it is measured: without that, a figure says nothing.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use testkit::postgres::Postgres;
use testkit::rabbit::Rabbit;

/// The settings that decide what a commit costs.
const SETTINGS: &str = "SELECT string_agg(name || '=' || current_setting(name), ' ' ORDER BY name) AS settings
    FROM pg_settings WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method',
    'wal_level', 'shared_buffers', 'max_wal_size', 'max_connections', 'commit_delay', 'ssl')";

/// Prints processors, memory and how this was built.
pub fn print() -> anyhow::Result<()> {
    let processors = std::thread::available_parallelism()?;
    let (cpus, memory) = (read("/proc/cpuinfo")?, read("/proc/meminfo")?);
    let (model, total) = (field(&cpus, "model name"), field(&memory, "MemTotal"));
    let kernel = read("/proc/sys/kernel/osrelease")?;
    println!(
        "machine: {processors} processors ({model}), {total} of memory, Linux {}",
        kernel.trim()
    );
    let profile = if cfg!(debug_assertions) {
        "debug: the figures mean nothing"
    } else {
        "release"
    };
    println!(
        "uttag {} ({profile}), crash points compiled in and none set",
        env!("CARGO_PKG_VERSION")
    );
    println!(
        "disk: {:.0} writes of 8 KiB a second, each synced before the next (fdatasync)",
        synced_writes()?
    );
    load("at the start")
}

/// Writes a second of a page that is on the disk before the next one begins: what one connection can commit at most.
fn synced_writes() -> anyhow::Result<f64> {
    let mut file = tempfile::tempfile()?;
    let page = [0x5a; 8 * 1024];
    let started = Instant::now();
    let mut writes = 0_u32;
    while started.elapsed() < Duration::from_secs(1) {
        file.write_all(&page)?;
        file.sync_data()?;
        writes += 1;
    }
    Ok(f64::from(writes) / started.elapsed().as_secs_f64())
}

/// Prints what else the machine is doing.
pub fn load(when: &str) -> anyhow::Result<()> {
    let load = read("/proc/loadavg")?;
    println!("load average {when}: {}", load.trim());
    Ok(())
}

/// Prints versions and settings of the servers.
pub async fn servers(postgres: &Postgres, rabbit: &Rabbit) -> anyhow::Result<()> {
    let mut options = ConnectOptions::new(postgres.admin_url());
    options.max_connections(1).sqlx_logging(false);
    let admin = Database::connect(options).await?;
    let row = admin
        .query_one_raw(sea_orm::Statement::from_string(
            admin.get_database_backend(),
            SETTINGS,
        ))
        .await?
        .context("PostgreSQL has settings")?;
    println!("PostgreSQL: {}", row.try_get::<String>("", "settings")?);
    admin.close().await?;
    let version = rabbit.control(&["version"]).await?;
    println!(
        "RabbitMQ: {}, one node, quorum queues, persistent messages",
        version.trim()
    );
    Ok(())
}

fn read(file: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))
}

/// The value of the first line that begins with the name.
fn field<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines()
        .find(|line| line.starts_with(name))
        .and_then(|line| line.split_once(':'))
        .map_or("unknown", |(_, value)| value.trim())
}
