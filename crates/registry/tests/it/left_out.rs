//! Rejected rows of somebody who was erased: they do not come back, and how many they are is said wherever the others are given.

use api::registry::{GetImportRequest, ImportMode, ImportReport, ListImportsRequest};
use testkit::store::for_each_store;

use crate::deciding::rejected_file;
use crate::requests::{discover, erase};
use crate::waiting::{owned, send};
use crate::world::{NETWORK, World};

const DELTA: ImportMode = ImportMode::Delta;
const REQUEST: &str = "0199f3a0-0000-7000-8000-000000000001";

async fn get(world: &World, import_id: &str) -> ImportReport {
    let request = GetImportRequest {
        network: NETWORK.to_owned(),
        import_id: import_id.to_owned(),
    };
    let answer = world.staff(&["importer"]).get_import(request).await;
    answer.unwrap().into_inner().report.unwrap()
}

/// What the list says of each import, in no order: rejected, left out.
async fn listed(world: &World) -> Vec<(u64, u64)> {
    let request = ListImportsRequest {
        network: NETWORK.to_owned(),
        page: None,
    };
    let answer = world.staff(&["importer"]).list_imports(request).await;
    let imports = answer.unwrap().into_inner().imports;
    let counts = imports.iter().map(|i| (i.rejected, i.rejected_left_out));
    let mut counts: Vec<_> = counts.collect();
    counts.sort_unstable();
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn how_many_rows_of_erased_people_are_left_out_is_said_and_not_which() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let wrong = |row: String| row.replace("118 46", "none");
        let rows = [
            wrong(owned("1", "Åsa Provsson", "")),
            wrong(owned("2", "Cia Provsson", "")),
            owned("3", "Dan Provsson", ""),
        ];
        let before = send(&world, DELTA, false, &rows).await;
        assert_eq!((before.rejected, before.rejected_left_out), (2, 0));
        world.clock.advance(chrono::Duration::minutes(1));
        let found = discover(&world, REQUEST, &[("Åsa Provsson", "1")]).await;
        erase(&world, &found, 1).await;

        let report = get(&world, &before.import_id).await;
        assert_eq!((report.rejected, report.rejected_left_out), (2, 1));
        let (text, left_out) = rejected_file(&world, &before.import_id).await;
        assert_eq!((text.lines().count(), left_out), (2, 1), "{text}");
        assert!(
            text.contains("Cia Provsson") && !text.contains("Åsa"),
            "{text}"
        );

        let later = send(&world, DELTA, false, &rows).await;
        assert_eq!((later.rejected, later.rejected_left_out), (2, 1));
        let refused = send(&world, DELTA, true, &rows[..1]).await;
        assert_eq!((refused.rejected, refused.rejected_left_out), (1, 1));
        let (text, left_out) = rejected_file(&world, &refused.import_id).await;
        assert_eq!((text.lines().count(), left_out), (1, 1), "a header alone");
        assert_eq!(listed(&world).await, [(1, 1), (2, 1), (2, 1)]);

        world.clock.advance(chrono::Duration::days(91));
        testkit::eventually!(
            crate::world::PATIENCE,
            world.count("rejected_row").await == 0
        );
        assert_eq!(
            listed(&world).await,
            [(1, 0), (2, 0), (2, 0)],
            "there is no file any more that could leave something out"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_json_is_whole_whatever_is_left_out_of_it() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let row = |n: u32| {
            format!(
                r#"{{"accessId":"O{n}","streetName":"Byvägen","streetNumber":"{n}","postalCode":"7213","city":"Västerås",
                "countryCode":"SE","premisesType":"RESIDENTIAL_HOUSE","accessState":"INMIGRATION"}}"#
            )
        };
        let rows: Vec<String> = (1..=1_203).map(row).collect();
        let text = format!("[{}]", rows.join(","));
        let report = world.import(DELTA, text.as_bytes()).await.report.unwrap();
        assert_eq!(report.rejected, 1_203);
        for emptied in [
            // As many as are read at once, the first of them and some in between; then all.
            "access_id NOT IN ('O501', 'O502', 'O1203')",
            "access_id <> 'O1203'",
            "1 = 1",
        ] {
            world
                .execute(&format!("UPDATE rejected_row SET content = NULL WHERE {emptied}"))
                .await;
            let (text, left_out) = rejected_file(&world, &report.import_id).await;
            let given: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
            assert_eq!(given.len() as u64 + left_out, 1_203, "{emptied}");
        }
        world.stop().await;
    })
    .await;
}
