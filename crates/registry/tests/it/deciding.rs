//! An import is held, looked at, applied, taken back, dropped.

use api::registry::{
    AccessSample, ApplyImportRequest, DropImportRequest, GetAccessRequest, ImportHeader,
    ImportMode, ImportReport, PreviewImportRequest, PreviewImportResponse,
    StreamRejectedRowsRequest, UndoImportRequest,
};
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::people::{erase, resident};
use crate::world::{HEADER, NETWORK, PATIENCE, World, access, header, lived_in};

const FULL: ImportMode = ImportMode::Full;
const DELTA: ImportMode = ImportMode::Delta;

async fn hold(world: &World, mode: ImportMode, rows: &[&str]) -> ImportReport {
    let held = ImportHeader {
        hold: true,
        ..header(mode)
    };
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let answer = world.send(held, text.as_bytes()).await.unwrap();
    let report = answer.report.unwrap();
    assert_eq!(report.outcome, "held", "{report:?}");
    report
}

async fn preview(world: &World, id: &str) -> Result<PreviewImportResponse, Status> {
    let request = PreviewImportRequest {
        network: NETWORK.to_owned(),
        import_id: id.to_owned(),
    };
    let answer = world.staff(&["importer"]).preview_import(request).await?;
    Ok(answer.into_inner())
}

pub async fn apply(world: &World, id: &str, confirmed_ending: u64) -> Result<ImportReport, Status> {
    let request = ApplyImportRequest {
        network: NETWORK.to_owned(),
        import_id: id.to_owned(),
        confirmed_ending,
    };
    let answer = world.staff(&["importer"]).apply_import(request).await?;
    last(answer.into_inner()).await
}

pub async fn undo(world: &World, id: &str) -> Result<ImportReport, Status> {
    let request = UndoImportRequest {
        network: NETWORK.to_owned(),
        import_id: id.to_owned(),
    };
    let answer = world.staff(&["importer"]).undo_import(request).await?;
    last(answer.into_inner()).await
}

async fn last(
    mut steps: tonic::Streaming<api::registry::ImportProgress>,
) -> Result<ImportReport, Status> {
    let mut report = None;
    while let Some(step) = steps.message().await? {
        report = step.report.or(report);
    }
    Ok(report.unwrap())
}

fn ids(samples: &[AccessSample], kind: &str) -> Vec<String> {
    let of_kind = samples.iter().filter(|s| s.kind == kind);
    of_kind.map(|s| s.access_id.clone()).collect()
}

async fn everything(world: &World) -> (i64, i64, i64) {
    (
        world.count("access WHERE ended_at IS NULL").await,
        world.count("resident WHERE superseded_by IS NULL").await,
        world.count("staged_access").await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_import_changes_nothing_until_it_is_applied_and_can_be_taken_back() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let many: Vec<String> = (1..=10)
            .map(|n| lived_in(&n.to_string(), n, &format!("Namn Provsson {n}")))
            .collect();
        let first: Vec<&str> = many.iter().map(String::as_str).collect();
        world.rows(FULL, &first).await;
        world.clock.advance(chrono::Duration::minutes(1));

        let changed = many[0].replace("Götgatan;1;", "Götgatan;101;");
        let moved = many[1].replace("Namn Provsson 2", "Cia Provsson");
        let new = lived_in("11", 11, "Dag Provsson");
        let rows = [&[changed.as_str(), &moved, &new], &first[2..9]].concat();
        let held = hold(&world, FULL, &rows).await;
        assert_eq!(
            (held.added, held.changed, held.unchanged, held.ended),
            (1, 2, 7, 1)
        );
        assert_eq!(everything(&world).await, (10, 10, 10));

        let seen = preview(&world, &held.import_id).await.unwrap();
        assert!(!seen.needs_confirmation);
        assert_eq!(ids(&seen.samples, "added"), ["11"]);
        assert_eq!(ids(&seen.samples, "changed"), ["1", "2"]);
        assert_eq!(ids(&seen.samples, "ended"), ["10"]);
        let change = &seen
            .samples
            .iter()
            .find(|s| s.access_id == "1")
            .unwrap()
            .changes;
        assert_eq!(change.len(), 1, "{change:?}");
        assert_eq!(
            (
                change[0].field.as_str(),
                change[0].before.as_str(),
                change[0].after.as_str()
            ),
            ("street_number", "1", "101")
        );
        let people_only = seen.samples.iter().find(|s| s.access_id == "2").unwrap();
        assert!(
            people_only.changes.is_empty(),
            "a preview names nobody: {people_only:?}"
        );

        let applied = apply(&world, &held.import_id, 0).await.unwrap();
        assert_eq!(
            (
                applied.outcome.as_str(),
                applied.added,
                applied.changed,
                applied.ended
            ),
            ("applied", 1, 2, 1)
        );
        assert_eq!(everything(&world).await, (10, 10, 0));
        assert_eq!(resident(&world, "2").await, "Cia Provsson");
        let again = apply(&world, &held.import_id, 0).await.unwrap_err();
        assert_eq!(
            (again.code(), reason_of(&again).as_deref()),
            (Code::FailedPrecondition, Some("IMPORT_STATE"))
        );

        world.clock.advance(chrono::Duration::hours(71));
        let undone = undo(&world, &held.import_id).await.unwrap();
        assert_eq!(undone.outcome, "undone");
        assert_eq!(everything(&world).await, (10, 10, 0));
        assert_eq!(resident(&world, "2").await, "Namn Provsson 2");
        let unchanged = world.rows(FULL, &first).await;
        assert_eq!(
            (unchanged.outcome.as_str(), unchanged.unchanged),
            ("nothing_changed", 10),
            "all is as it was"
        );
        let gone = GetAccessRequest {
            network: NETWORK.into(),
            access_id: "11".into(),
            purpose: "test".into(),
        };
        let gone = world.staff(&["admin"]).get_access(gone).await.unwrap_err();
        assert_eq!(gone.code(), Code::NotFound);
        world.events("registry.import.undone.v1", 1).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_latest_import_and_only_in_time_is_taken_back() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let one = world.rows(DELTA, &[&access("1", 1)]).await;
        assert!(one.undo_until.is_some(), "{one:?}");
        world.clock.advance(chrono::Duration::minutes(1));
        let two = world.rows(DELTA, &[&access("2", 2)]).await;
        let refused = undo(&world, &one.import_id).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("IMPORT_NOT_UNDOABLE"));
        undo(&world, &two.import_id).await.unwrap();
        assert_eq!(world.count("access WHERE ended_at IS NULL").await, 1);
        let three = world
            .rows(DELTA, &[&lived_in("1", 3, "Åsa Provsson")])
            .await;
        world.clock.advance(chrono::Duration::minutes(1));
        let four = world.rows(DELTA, &[&lived_in("1", 4, "Bo Provsson")]).await;
        undo(&world, &four.import_id).await.unwrap();
        assert_eq!(resident(&world, "1").await, "Åsa Provsson");
        undo(&world, &three.import_id).await.unwrap();
        let before = world.rows(DELTA, &[&access("1", 1)]).await;
        assert_eq!(
            (before.outcome.as_str(), before.unchanged),
            ("nothing_changed", 1),
            "step by step"
        );
        world.clock.advance(chrono::Duration::hours(72));
        let late = undo(&world, &one.import_id).await.unwrap_err();
        assert_eq!(reason_of(&late).as_deref(), Some("IMPORT_NOT_UNDOABLE"));
        assert_eq!(world.count("access WHERE ended_at IS NULL").await, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_share_ends_only_when_the_number_is_confirmed() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let many: Vec<String> = (1..=10).map(|n| access(&n.to_string(), n)).collect();
        let refs: Vec<&str> = many.iter().map(String::as_str).collect();
        world.rows(FULL, &refs).await;
        let held = hold(&world, FULL, &refs[..5]).await;
        assert!(
            preview(&world, &held.import_id)
                .await
                .unwrap()
                .needs_confirmation
        );
        for confirmed in [0, 4] {
            let refused = apply(&world, &held.import_id, confirmed).await.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some("IMPORT_ENDS_TOO_MANY"));
            assert_eq!(everything(&world).await, (10, 0, 5));
        }
        let applied = apply(&world, &held.import_id, 5).await.unwrap();
        assert_eq!(applied.ended, 5);
        let at_once = ImportHeader {
            confirmed_ending: 3,
            ..header(FULL)
        };
        let text = format!("{HEADER}\n{}\n", refs[..2].join("\n"));
        let report = world
            .send(at_once, text.as_bytes())
            .await
            .unwrap()
            .report
            .unwrap();
        assert_eq!((report.outcome.as_str(), report.ended), ("applied", 3));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_while_an_import_waits_does_not_come_in_with_it() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let rows = [
            lived_in("1", 1, "Åsa Provsson"),
            lived_in("2", 2, "Bo Provsson"),
        ];
        let refs: Vec<&str> = rows.iter().map(String::as_str).collect();
        world.rows(FULL, &refs).await;
        let changed = [rows[0].replace("Götgatan", "Storgatan"), rows[1].clone()];
        let held = hold(&world, FULL, &[&changed[0], &changed[1]]).await;
        world.clock.advance(chrono::Duration::minutes(1));
        erase(&world, "Åsa Provsson", "1").await;
        let applied = apply(&world, &held.import_id, 0).await.unwrap();
        assert_eq!(
            (applied.changed, applied.residents_suppressed),
            (1, 1),
            "{applied:?}"
        );
        assert_eq!(
            (resident(&world, "1").await, resident(&world, "2").await),
            (String::new(), "Bo Provsson".into())
        );
        undo(&world, &held.import_id).await.unwrap();
        assert_eq!(resident(&world, "1").await, "", "nor with its undoing");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_or_forgotten_or_broken_off_leaves_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let held = hold(&world, DELTA, &[&lived_in("1", 1, "Åsa Provsson")]).await;
        let request = DropImportRequest {
            network: NETWORK.to_owned(),
            import_id: held.import_id.clone(),
        };
        let dropped = world
            .staff(&["importer"])
            .drop_import(request)
            .await
            .unwrap();
        assert_eq!(dropped.into_inner().report.unwrap().outcome, "dropped");
        assert_eq!(everything(&world).await, (0, 0, 0));
        assert!(apply(&world, &held.import_id, 0).await.is_err());

        hold(&world, DELTA, &[&lived_in("1", 1, "Åsa Provsson")]).await;
        let broken = hold(&world, DELTA, &[&lived_in("2", 2, "Bo Provsson")]).await;
        world
            .execute(&format!(
                "UPDATE address_import SET outcome = 'staging', staging_until = received_at, held_until = NULL WHERE {}",
                world.is_id(&broken.import_id)
            ))
            .await;
        assert!(preview(&world, &broken.import_id).await.is_err());
        world.clock.advance(chrono::Duration::hours(72));
        testkit::eventually!(PATIENCE, world.count("staged_access").await == 0);
        assert_eq!(
            world
                .count("address_import WHERE outcome = 'dropped'")
                .await,
            3
        );
        assert_eq!(everything(&world).await, (0, 0, 0));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_lost_with_the_database_server_are_noticed() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let held = hold(&world, DELTA, &[&access("1", 1), &access("2", 2)]).await;
        world
            .execute("DELETE FROM staged_access WHERE access_id = '2'")
            .await;
        let refused = apply(&world, &held.import_id, 0).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("IMPORT_ROWS_LOST"));
        assert_eq!(world.count("access").await, 0);
        world.stop().await;
    })
    .await;
}

/// The file of rejected rows, and how many rows it says that it leaves out.
pub async fn rejected_file(world: &World, import_id: &str) -> (String, u64) {
    let request = StreamRejectedRowsRequest {
        network: NETWORK.to_owned(),
        import_id: import_id.to_owned(),
    };
    let mut importer = world.staff(&["importer"]);
    let answer = importer.stream_rejected_rows(request).await.unwrap();
    let mut chunks = answer.into_inner();
    let (mut file, mut left_out) = (Vec::new(), 0);
    while let Some(chunk) = chunks.message().await.unwrap() {
        file.extend(chunk.chunk);
        left_out += chunk.left_out;
    }
    (String::from_utf8(file).unwrap(), left_out)
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_come_back_as_a_file_also_later() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let rows: Vec<String> = (1..=1_200)
            .map(|n| access(&n.to_string(), n).replace("118 46", "none"))
            .collect();
        let refs: Vec<&str> = rows.iter().map(String::as_str).collect();
        let report = world.rows(DELTA, &refs).await;
        assert_eq!((report.rejected, report.rejections.len()), (1_200, 1_000));
        let (text, left_out) = rejected_file(&world, &report.import_id).await;
        assert_eq!((text.lines().count(), left_out), (1_201, 0));
        assert_eq!(
            world
                .count("access_log WHERE purpose = 'import_report'")
                .await,
            1
        );
        let mended = world
            .import(DELTA, text.replace(";none;", ";118 46;").as_bytes())
            .await
            .report
            .unwrap();
        assert_eq!((mended.added, mended.rejected), (1_200, 0));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_import_that_is_applied_and_dropped_at_once_one_comes_true() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        for round in 0..10 {
            let lines: Vec<String> = (0..50)
                .map(|n| lived_in(&format!("{round}-{n}"), n + 1, ""))
                .collect();
            let rows: Vec<&str> = lines.iter().map(String::as_str).collect();
            let held = hold(&world, DELTA, &rows).await;
            let request = DropImportRequest {
                network: NETWORK.to_owned(),
                import_id: held.import_id.clone(),
            };
            let before = everything(&world).await.0;
            let mut staff = world.staff(&["importer"]);
            let (applied, dropped) = tokio::join!(
                apply(&world, &held.import_id, 0),
                staff.drop_import(request)
            );
            assert_ne!(applied.is_ok(), dropped.is_ok(), "round {round}");
            let added = if applied.is_ok() { 50 } else { 0 };
            assert_eq!(everything(&world).await.0 - before, added);
            // What was applied can be taken back.
            assert_eq!(undo(&world, &held.import_id).await.is_ok(), applied.is_ok());
        }
        world.stop().await;
    })
    .await;
}
