//! Many rows at once: the figures are printed (`--nocapture`), the bounds are generous for a debug build on a busy machine.
//! `UTTAG_SCALE_ROWS=1000000 cargo test --release …` measures a large network; on PostgreSQL beside a bare COPY of the same
//! rows into the same tables and indexes.

use std::time::{Duration, Instant};

use api::registry::import_address_file_request::Part;
use api::registry::{ImportAddressFileRequest, ImportMode, ImportReport};
use sea_orm::ConnectionTrait as _;
use testkit::store::for_each_store;

use crate::world::{HEADER, World, header, lived_in};

const ROWS: u32 = 2_000;
/// Rows of one piece of the upload.
const PIECE: u32 = 1_000;
/// What an import fills.
const TABLES: [&str; 4] = ["access", "resident", "subject", "subject_token"];

fn rows() -> u32 {
    let stated = std::env::var("UTTAG_SCALE_ROWS").ok();
    stated.map_or(ROWS, |text| text.parse().unwrap())
}

/// The file piece by piece, so that it is nobody's memory but the importer's.
async fn import(world: &World, rows: u32) -> ImportReport {
    let pieces = (0..rows.div_ceil(PIECE)).map(move |piece| {
        let first = piece * PIECE + 1;
        let last = (first + PIECE - 1).min(rows);
        let lines = (first..=last)
            .map(|n| lived_in(&format!("A-{n}"), n, &format!("Namn Provsson {n}")) + "\n");
        let head = if piece == 0 {
            format!("{HEADER}\n")
        } else {
            String::new()
        };
        Part::Chunk((head + &lines.collect::<String>()).into_bytes())
    });
    let parts = std::iter::once(Part::Header(header(ImportMode::Full))).chain(pieces);
    let messages = parts.map(|part| ImportAddressFileRequest { part: Some(part) });
    let mut client = world.staff(&["importer"]);
    let answer = client.import_address_file(futures::stream::iter(messages));
    answer.await.unwrap().into_inner().report.unwrap()
}

/// How long PostgreSQL takes to copy the same rows into empty twins of the tables.
async fn bare_copy(world: &World) -> Duration {
    let mut took = Duration::ZERO;
    let reader = world.database.reader();
    for table in TABLES {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().with_extension("copy");
        let path = path.display();
        for sql in [
            format!("COPY {table} TO '{path}'"),
            format!("CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)"),
        ] {
            reader.execute_unprepared(&sql).await.unwrap();
        }
        let started = Instant::now();
        let sql = format!("COPY bare_{table} FROM '{path}'");
        reader.execute_unprepared(&sql).await.unwrap();
        took += started.elapsed();
    }
    took
}

/// The most memory that this process has had, in MiB; it is the registry, its client and the neighbours in one.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1_024
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures are the point")]
async fn many_rows_with_residents_come_in_by_sets() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (rows, backend) = (rows(), world.database.backend());
        for outcome in ["applied", "nothing_changed"] {
            let started = Instant::now();
            let report = import(&world, rows).await;
            let took = started.elapsed();
            println!(
                "{backend:?}: {rows} rows, {outcome}: {took:?}, peak {} MiB",
                peak_mib()
            );
            assert_eq!(
                (report.outcome.as_str(), report.rows),
                (outcome, u64::from(rows)),
                "{report:?}"
            );
            assert!(rows > ROWS || took.as_secs() < 30, "{took:?}");
        }
        assert_eq!(world.count("resident").await, i64::from(rows));
        if rows > ROWS && backend == sea_orm::DbBackend::Postgres {
            println!("a bare COPY of {TABLES:?}: {:?}", bare_copy(&world).await);
        }
        world.stop().await;
    })
    .await;
}
