//! Many rows at once: the figures are printed (`--nocapture`), the bounds are generous for a debug build on a busy machine.

use std::fmt::Write as _;
use std::time::Instant;

use api::registry::ImportMode;
use testkit::store::for_each_store;

use crate::world::{HEADER, World, lived_in};

const ROWS: u32 = 2_000;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures are the point")]
async fn two_thousand_rows_with_residents_come_in_by_batches() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mut text = format!("{HEADER}\n");
        for n in 1..=ROWS {
            writeln!(
                text,
                "{}",
                lived_in(&format!("A-{n}"), n, &format!("Namn Provsson {n}"))
            )
            .unwrap();
        }
        for outcome in ["applied", "nothing_changed"] {
            let started = Instant::now();
            let report = world
                .import(ImportMode::Full, text.as_bytes())
                .await
                .report
                .unwrap();
            let took = started.elapsed();
            println!(
                "{:?}: {ROWS} rows, {outcome}: {took:?}",
                world.database.backend()
            );
            assert_eq!(
                (report.outcome.as_str(), report.rows),
                (outcome, u64::from(ROWS)),
                "{report:?}"
            );
            assert!(took.as_secs() < 30, "{took:?}");
        }
        assert_eq!(world.count("resident").await, i64::from(ROWS));
        world.stop().await;
    })
    .await;
}
