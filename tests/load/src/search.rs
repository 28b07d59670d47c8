//! Finding addresses in memory, beside PostgreSQL's pg_trgm on the same rows. What is measured is the index alone, in this
//! process; its size is the sum of its parts.

use std::time::Instant;

use anyhow::Context as _;
use kernel::AccessState;
use registry::domain::search::{Builder, IndexedAccess, SearchIndex};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};
use testkit::addresses::{Addresses, Dice, InventedAccess};
use testkit::postgres::Postgres;

use crate::machine;
use crate::table::{Row, Series, Target};

/// Accesses of a network; PostgreSQL has the same.
const SMALL: u32 = 1_000_000;
/// Accesses of a larger one.
const LARGE: u32 = 5_000_000;
/// Searches per run.
const QUERIES: usize = 20_000;
/// Searches per run that are asked of PostgreSQL, which takes its time: every hundredth of the others.
const EVERY: usize = 100;
/// Names that are typed with one typo to see whether their street is found.
const NAMES: u32 = 5_000;
/// What is typed is at most so long.
const CHARS_MAX: usize = 30;
/// Shorter ones are typed without typos.
const TYPO_CHARS_MIN: usize = 4;
const LIMIT: usize = 10;
/// Rows of one statement that fills PostgreSQL's table.
const ROWS: u32 = 5_000;

/// A network in memory.
struct Network {
    index: SearchIndex,
    queries: Vec<String>,
    build_seconds: f64,
    accesses: f64,
}

/// The rows of the table.
///
/// # Errors
/// PostgreSQL does not start, or has no pg_trgm.
pub async fn measure(runs: u16) -> anyhow::Result<Vec<Row>> {
    println!(
        "\n== search: {QUERIES} queries per run of 1–{CHARS_MAX} characters with 0–2 typos, {SMALL} and {LARGE} accesses"
    );
    let addresses = Addresses::default();
    let small = network(&addresses, SMALL);
    let found = recall(&addresses, &small.index);
    let server = Postgres::start().await?;
    let database = filled(&server, &addresses).await?;
    let (mut p50, mut p99, mut trigrams) =
        (Series::default(), Series::default(), Series::default());
    for run in 0..runs {
        let times = micros(&small);
        p50.push(times.percentile(50));
        p99.push(times.percentile(99));
        trigrams.push(
            database_micros(&database, &small.queries)
                .await?
                .percentile(50),
        );
        machine::load(&format!("after run {}", run + 1))?;
    }
    database.close().await?;
    drop(server);
    let (small_size, built) = (size(&small), small.build_seconds);
    drop(small);
    let large = network(&addresses, LARGE);
    let (mut large_p50, mut large_p99) = (Series::default(), Series::default());
    for _ in 0..runs {
        let times = micros(&large);
        large_p50.push(times.percentile(50));
        large_p99.push(times.percentile(99));
    }
    let times_faster = trigrams.ratio(&p50);
    let growth = large_p99.ratio(&p99);
    let alone = |what: &str, series, target| Row::alone(what, series, target);
    let one = |figure| Series::of([figure]);
    Ok(vec![
        alone("search, 1,000,000 accesses, p50, µs", p50, Target::None),
        alone("the same, p99, µs", p99, Target::AtMost(1_000.0)),
        alone("pg_trgm, the same rows, p50, µs", trigrams, Target::None),
        alone(
            "search is faster in the median, times",
            times_faster,
            Target::AtLeast(100.0),
        ),
        alone(
            "right street in the first ten with one typo, %",
            one(found),
            Target::AtLeast(98.0),
        ),
        alone(
            "index, bytes per access",
            one(small_size),
            Target::AtMost(200.0),
        ),
        alone("index of rows in memory, s", one(built), Target::None),
        alone(
            "search, 5,000,000 accesses, p50, µs",
            large_p50,
            Target::None,
        ),
        alone("the same, p99, µs", large_p99, Target::None),
        alone(
            "p99 grows from 1 to 5 million, times",
            growth,
            Target::AtMost(2.0),
        ),
        alone(
            "index of 5,000,000, bytes per access",
            one(size(&large)),
            Target::AtMost(200.0),
        ),
        alone(
            "index of 5,000,000 rows in memory, s",
            one(large.build_seconds),
            Target::None,
        ),
    ])
}

fn size(network: &Network) -> f64 {
    f64::from(u32::try_from(network.index.bytes()).unwrap_or(u32::MAX)) / network.accesses
}

/// Builds the index of so many accesses, which come in the order of their ids as the database gives them.
fn network(addresses: &Addresses, accesses: u32) -> Network {
    let mut rows: Vec<InventedAccess> = (0..u64::from(accesses))
        .map(|n| addresses.access(n))
        .collect();
    let queries = queries(&rows);
    rows.sort_unstable_by(|a, b| a.access_id.cmp(&b.access_id));
    let started = Instant::now();
    let mut builder = Builder::default();
    for (row, version) in rows.iter().zip(0..) {
        builder.add(&indexed(row, version));
    }
    let index = SearchIndex::of(builder);
    let build_seconds = started.elapsed().as_secs_f64();
    Network {
        index,
        queries,
        build_seconds,
        accesses: accesses.into(),
    }
}

fn indexed(row: &InventedAccess, version: u64) -> IndexedAccess<'_> {
    IndexedAccess {
        access_id: &row.access_id,
        street_name: &row.street_name,
        street_number: &row.street_number,
        street_littera: &row.street_littera,
        postal_code: &row.postal_code,
        city: &row.city,
        country_code: "SE",
        apartment_number: &row.apartment_number,
        distinguisher: "",
        state: AccessState::Connected,
        services: None,
        version,
    }
}

/// What people type: parts of an address in several orders, begun and not ended, with none, one or two typos.
fn queries(rows: &[InventedAccess]) -> Vec<String> {
    let mut dice = Dice::new(7);
    let mut query = || {
        let row = &rows[dice.below(rows.len())];
        let house = format!(
            "{} {}{}",
            row.street_name, row.street_number, row.street_littera
        );
        let whole = match dice.below(6) {
            0 => row.street_name.clone(),
            1 => house,
            2 => format!("{house} {}", row.city),
            3 => format!("{} {}", row.city, row.street_name),
            4 => format!("{} {house}", row.postal_code),
            _ => format!("{house} lgh {}", row.apartment_number),
        };
        let length = 1 + dice.below(CHARS_MAX);
        let mut typed: String = whole.chars().take(length).collect();
        for _ in 0..dice.below(3) {
            if typed.chars().count() >= TYPO_CHARS_MIN {
                typed = dice.typo(&typed);
            }
        }
        typed
    };
    (0..QUERIES).map(|_| query()).collect()
}

fn micros(network: &Network) -> Series {
    let one = |query: &String| {
        let started = Instant::now();
        let found = network.index.find(query, LIMIT);
        let took = started.elapsed();
        assert!(found.len() <= LIMIT);
        took.as_secs_f64() * 1e6
    };
    Series::of(network.queries.iter().map(one))
}

/// Of a hundred names with one typo, how many have their street among the first ten.
fn recall(addresses: &Addresses, index: &SearchIndex) -> f64 {
    let mut dice = Dice::new(11);
    let mut found = 0_u32;
    for _ in 0..NAMES {
        let access = addresses.access(dice.below(SMALL as usize) as u64);
        let hits = index.find(&dice.typo(&access.street_name), LIMIT);
        let right = hits
            .iter()
            .any(|hit| hit.address.street_name == access.street_name);
        found += u32::from(right);
    }
    f64::from(found) * 100.0 / f64::from(NAMES)
}

/// The same rows with an index over their trigrams.
async fn filled(server: &Postgres, addresses: &Addresses) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(server.database("trigrams").await?);
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    for sql in [
        "CREATE EXTENSION pg_trgm",
        "CREATE UNLOGGED TABLE place (access_id text, label text)",
    ] {
        database.execute_unprepared(sql).await?;
    }
    for first in (0..SMALL).step_by(ROWS as usize) {
        let rows = (first..(first + ROWS).min(SMALL)).map(|n| addresses.access(n.into()));
        let (ids, labels): (Vec<String>, Vec<String>) =
            rows.map(|row| (row.access_id.clone(), label(&row))).unzip();
        let sql = "INSERT INTO place SELECT * FROM unnest($1::text[], $2::text[])";
        let backend = database.get_database_backend();
        let values = [ids.into(), labels.into()];
        let insert = Statement::from_sql_and_values(backend, sql, values);
        database.execute_raw(insert).await?;
    }
    for sql in [
        "CREATE INDEX place_trigrams ON place USING gin (label gin_trgm_ops)",
        "VACUUM ANALYZE place",
    ] {
        database.execute_unprepared(sql).await?;
    }
    Ok(database)
}

fn label(row: &InventedAccess) -> String {
    let flat = if row.apartment_number.is_empty() {
        String::new()
    } else {
        format!(" lgh {}", row.apartment_number)
    };
    format!(
        "{} {}{}{flat} {} {}",
        row.street_name, row.street_number, row.street_littera, row.postal_code, row.city
    )
}

async fn database_micros(
    database: &DatabaseConnection,
    queries: &[String],
) -> anyhow::Result<Series> {
    let sql = "SELECT access_id, similarity(label, $1) AS alike FROM place WHERE label % $1 ORDER BY alike DESC LIMIT 10";
    let mut times = Series::default();
    for query in queries.iter().step_by(EVERY) {
        let values = [query.as_str().into()];
        let ask = Statement::from_sql_and_values(database.get_database_backend(), sql, values);
        let started = Instant::now();
        let rows = database.query_all_raw(ask).await;
        let rows = rows.with_context(|| format!("searching for {query:?}"))?;
        times.push(started.elapsed().as_secs_f64() * 1e6);
        anyhow::ensure!(rows.len() <= LIMIT, "more rows than were asked for");
    }
    Ok(times)
}
