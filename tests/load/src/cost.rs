//! What a measurement cost: processor time of each component, and which statements PostgreSQL was busy with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Context as _;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DbBackend, Statement};
use testkit::postgres::{Options, Postgres};

/// Ticks of the kernel's accounts in a second, as Linux has given them to every program for decades.
const TICKS: f64 = 100.0;
/// The extension that counts statements; it has to be loaded when the server starts.
const EXTENSION: &str = "pg_stat_statements";
/// What is less is not printed.
const SHOWN_MS: f64 = 0.05;
/// What of a statement is printed.
const STATEMENT_WIDTH: usize = 150;

/// How closely the costs are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// That many statements are printed; with none PostgreSQL does not count them.
    pub statements: u16,
}

impl Costs {
    /// The server to measure on: it waits for the disk, and counts where that is asked for.
    #[must_use]
    pub fn database(self) -> Options {
        let mut options = Options::default();
        if self.statements > 0 {
            let preload = "shared_preload_libraries".to_owned();
            options.settings.push((preload, EXTENSION.to_owned()));
        }
        options
    }

    /// From now on.
    ///
    /// # Errors
    /// The server does not count, or `/proc` cannot be read.
    pub async fn begin(self, postgres: &Postgres) -> anyhow::Result<Spending> {
        if self.statements > 0 {
            let create = format!("CREATE EXTENSION IF NOT EXISTS {EXTENSION}");
            ask(postgres, &create).await?;
            ask(postgres, "SELECT pg_stat_statements_reset()").await?;
        }
        let used = used()?;
        Ok(Spending { costs: self, used })
    }
}

/// What has been spent since [`Costs::begin`].
#[derive(Clone, Debug)]
pub struct Spending {
    costs: Costs,
    used: Processors,
}

impl Spending {
    /// Prints it, for each of `count`.
    ///
    /// # Errors
    /// As [`Costs::begin`].
    pub async fn print(self, postgres: &Postgres, what: &str, count: usize) -> anyhow::Result<()> {
        let each = |seconds: f64| seconds * 1_000.0 / f64::from(u32::try_from(count).unwrap_or(1));
        let mut lines = Vec::new();
        let mut all = 0.0;
        for (name, now) in used()? {
            let spent = each(now - self.used.get(&name).copied().unwrap_or_default());
            all += spent;
            if spent >= SHOWN_MS {
                lines.push(format!("{name} {spent:.1}"));
            }
        }
        let lines = lines.join(" + ");
        println!("  processor, ms per {what}: {all:.1} = {lines}");
        if self.costs.statements > 0 {
            print_statements(postgres, self.costs.statements, count).await?;
        }
        Ok(())
    }
}

/// Seconds of processor by the name of the program.
type Processors = BTreeMap<String, f64>;

/// User and system time of this process and all that descend from it.
fn used() -> anyhow::Result<Processors> {
    let accounts = accounts()?;
    let mut used = Processors::new();
    for process in family(&accounts) {
        let account = &accounts[&process];
        *used.entry(account.name.clone()).or_default() += account.seconds;
    }
    Ok(used)
}

fn accounts() -> anyhow::Result<BTreeMap<u32, Account>> {
    let processes = fs::read_dir("/proc")?;
    Ok(processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        // One that has ended meanwhile has no account.
        .filter_map(|process| Some((process, Account::of(process)?)))
        .collect())
}

/// The most memory that the process of this name has had, in MiB.
///
/// # Errors
/// There is no such process among those that this one has started.
pub fn peak_mib(name: &str) -> anyhow::Result<f64> {
    let accounts = accounts()?;
    let process = family(&accounts)
        .into_iter()
        .find(|process| accounts[process].name == name)
        .with_context(|| format!("no process {name} runs"))?;
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    Ok(kib.context("no VmHWM")? / 1_024.0)
}

/// One process as the kernel accounts for it, those that it has waited for included.
struct Account {
    parent: u32,
    name: String,
    seconds: f64,
}

impl Account {
    fn of(process: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name stands in brackets and may hold anything, brackets too.
        let (name, rest) = text.split_once('(')?.1.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // utime, stime, cutime, cstime: fields 14 to 17 of proc_pid_stat(5), which begin at 3 behind the name.
        let ticks = fields.get(11..15)?.iter().map(|t| t.parse::<f64>());
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            name: name.to_owned(),
            seconds: ticks.sum::<Result<f64, _>>().ok()? / TICKS,
        })
    }
}

/// This process and those that it, or one of them, has started.
fn family(accounts: &BTreeMap<u32, Account>) -> BTreeSet<u32> {
    let mut family = BTreeSet::from([std::process::id()]);
    loop {
        let children = accounts
            .iter()
            .filter(|(_, account)| family.contains(&account.parent))
            .map(|(process, _)| *process);
        let grown: BTreeSet<u32> = children.chain(family.iter().copied()).collect();
        if grown.len() == family.len() {
            return family;
        }
        family = grown;
    }
}

/// Prints the statements that took longest, with calls and milliseconds for each of `count`.
///
/// # Errors
/// The server does not count.
pub async fn print_statements(postgres: &Postgres, shown: u16, count: usize) -> anyhow::Result<()> {
    let query = format!(
        "SELECT d.datname, s.calls::float8 / {count} AS calls, s.total_exec_time / {count} AS ms, s.query
         FROM {EXTENSION} s JOIN pg_database d ON d.oid = s.dbid ORDER BY s.total_exec_time DESC LIMIT {shown}"
    );
    println!("  calls, ms of each, database, statement");
    for row in ask(postgres, &query).await? {
        let text: String = row.try_get("", "query")?;
        let text: String = text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(STATEMENT_WIDTH)
            .collect();
        let (calls, ms): (f64, f64) = (row.try_get("", "calls")?, row.try_get("", "ms")?);
        let database: String = row.try_get("", "datname")?;
        println!("  {calls:7.2} {ms:7.3} {database:14} {text}");
    }
    let query = format!(
        "SELECT sum(calls)::float8 / {count} AS calls, sum(total_exec_time) / {count} AS ms FROM {EXTENSION}"
    );
    let all = ask(postgres, &query).await?.pop().context("a sum")?;
    let (calls, ms): (f64, f64) = (all.try_get("", "calls")?, all.try_get("", "ms")?);
    println!("  {calls:7.2} {ms:7.3} all");
    Ok(())
}

async fn ask(postgres: &Postgres, query: &str) -> anyhow::Result<Vec<sea_orm::QueryResult>> {
    let mut options = ConnectOptions::new(postgres.admin_url());
    options.max_connections(1).sqlx_logging(false);
    let admin = Database::connect(options).await?;
    let statement = Statement::from_string(DbBackend::Postgres, query);
    let rows = admin.query_all_raw(statement).await?;
    admin.close().await?;
    Ok(rows)
}
