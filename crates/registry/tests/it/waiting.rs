//! Personal data that waits: rows of a held import, rejected rows, posts of a session. It is found, handed out and taken out.

use api::registry::{ImportHeader, ImportMode, ImportReport};
use sea_orm::{ConnectionTrait as _, Statement};
use testkit::store::for_each_store;

use crate::deciding::{apply, undo};
use crate::people::resident;
use crate::posts::{insert, post};
use crate::requests::{discover, erase, export, records, rows};
use crate::sessions::open;
use crate::world::{NETWORK, PATIENCE, World, header};

const DELTA: ImportMode = ImportMode::Delta;
const OWNED: &str =
    "coId;accessId;streetName;streetNumber;postalCode;city;premisesType;residentName;owner;remark";

/// A row with a resident and an owner.
pub fn owned(id: &str, resident: &str, owner: &str) -> String {
    format!(
        "{NETWORK};{id};Götgatan;{id};118 46;Stockholm;RENTAL_APARTMENT;{resident};{owner};portkod {id}"
    )
}

pub async fn send(world: &World, mode: ImportMode, hold: bool, rows: &[String]) -> ImportReport {
    let header = ImportHeader {
        hold,
        ..header(mode)
    };
    let text = format!("{OWNED}\n{}\n", rows.join("\n"));
    let answer = world.send(header, text.as_bytes()).await.unwrap();
    answer.report.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_in_a_held_import_is_found_shown_and_taken_out_alone() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let staged = [
            owned("1", "Åsa Provsson", "Bo Provsson"),
            owned("2", "Åsa Provsson", "Åsa Provsson"),
            owned("3", "Cia Provsson", ""),
        ];
        let held = send(&world, DELTA, true, &staged).await;
        world.clock.advance(chrono::Duration::minutes(1));

        let stranger = discover(
            &world,
            "0199f3a0-0000-7000-8000-000000000001",
            &[("Bo Provsson", "2")],
        )
        .await;
        assert_eq!(
            rows(&stranger, "import_staging"),
            0,
            "a name counts at its access only"
        );
        let found = discover(
            &world,
            "0199f3a0-0000-7000-8000-000000000002",
            &[("åsa  PROVSSON", "1")],
        )
        .await;
        assert_eq!(
            (rows(&found, "import_staging"), rows(&found, "resident")),
            (1, 0)
        );
        let package = export(&world, &found).await;
        let records = records(&package, "import_staging");
        assert_eq!(records.len(), 1);
        assert_eq!(records[0]["import_id"], held.import_id.as_str());
        assert_eq!(
            (&records[0]["line"], &records[0]["access_id"]),
            (&2.into(), &"1".into())
        );
        assert!(
            records[0]["resident"]
                .as_str()
                .unwrap()
                .contains("Åsa Provsson")
        );
        assert!(
            !package.to_string().contains("Bo Provsson"),
            "nothing of the owner: {package}"
        );
        assert_eq!(
            world
                .count("access_log WHERE purpose = 'subject_access' AND count IS NOT NULL")
                .await,
            1
        );

        let proof = erase(&world, &found, 1).await;
        let staging = proof
            .categories
            .iter()
            .find(|c| c.category == "import_staging")
            .unwrap();
        assert_eq!(staging.erased, 1);
        assert_eq!(
            world.count("staged_access WHERE people IS NOT NULL").await,
            2
        );
        assert_eq!(
            world.count("staged_access WHERE owner IS NOT NULL").await,
            2
        );
        let again = discover(
            &world,
            "0199f3a0-0000-7000-8000-000000000003",
            &[("Åsa Provsson", "1")],
        )
        .await;
        assert_eq!(rows(&again, "import_staging"), 0);

        let applied = apply(&world, &held.import_id, 0).await.unwrap();
        assert_eq!(
            (applied.outcome.as_str(), applied.residents_suppressed),
            ("applied", 1)
        );
        assert_eq!(resident(&world, "1").await, "");
        assert_eq!(
            resident(&world, "2").await,
            "Åsa Provsson",
            "another access is another matter"
        );
        assert_eq!(
            world
                .count("resident WHERE access_id = '1' AND role = 'owner'")
                .await,
            1
        );
        undo(&world, &held.import_id).await.unwrap();
        assert_eq!(world.count("resident").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_row_is_shown_to_the_one_whom_it_names_and_loses_its_text() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let wrong = |row: String| row.replace("118 46", "none");
        let refused = [
            wrong(owned("1", "Åsa Provsson", "")),
            wrong(owned("2", "Åsa Provsson", "Bo Provsson")),
            wrong(owned("3", "Cia Provsson", "")),
        ];
        let report = send(&world, DELTA, false, &refused).await;
        assert_eq!(report.rejected, 3);
        world.clock.advance(chrono::Duration::minutes(1));
        let keys = [("Åsa Provsson", "1"), ("Åsa Provsson", "2")];
        let found = discover(&world, "0199f3a0-0000-7000-8000-000000000001", &keys).await;
        assert_eq!(rows(&found, "import_report"), 2);
        let package = export(&world, &found).await;
        let shown = records(&package, "import_report");
        assert!(
            shown
                .iter()
                .all(|r| r["import_id"] == report.import_id.as_str())
        );
        let at = |access: &str| {
            let mut shown = shown.iter();
            shown.find(|r| r["access_id"] == access).unwrap()
        };
        let text = at("1")["rejected_row"].as_str().unwrap();
        assert!(text.contains("Åsa Provsson"), "{text}");
        assert!(
            at("2").get("rejected_row").is_none(),
            "its text names somebody else, too"
        );
        erase(&world, &found, 1).await;
        assert_eq!(
            world.count("rejected_row WHERE content IS NOT NULL").await,
            1
        );
        assert_eq!(
            world.count("rejected_row").await,
            3,
            "that there was a row stays"
        );

        let again = send(&world, DELTA, false, &refused).await;
        assert_eq!(again.rejected, 3);
        assert_eq!(
            world.count("rejected_row WHERE content IS NOT NULL").await,
            2,
            "a later file does not bring the name back"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_in_a_session_is_taken_out_and_the_access_stays_in_it() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        open(&world).await;
        let named = [
            ("residentName", "Åsa Provsson"),
            ("owner", "Bo Provsson"),
            ("remark", "portkod"),
        ];
        insert(
            &world,
            vec![post("1", 1, &named), post("2", 2, &named[..1])],
        )
        .await
        .unwrap();
        world.clock.advance(chrono::Duration::minutes(1));
        let found = discover(
            &world,
            "0199f3a0-0000-7000-8000-000000000001",
            &[("Åsa Provsson", "1")],
        )
        .await;
        assert_eq!(rows(&found, "import_staging"), 1);
        let package = export(&world, &found).await;
        let shown = records(&package, "import_staging");
        let text = shown[0]["resident"].as_str().unwrap();
        assert!(
            text.contains("Åsa Provsson") && text.contains("portkod"),
            "{text}"
        );
        assert!(!package.to_string().contains("Bo Provsson"));
        erase(&world, &found, 1).await;
        let parts = ["fields", "people", "owner"]
            .map(|part| format!("session_post WHERE {part} IS NOT NULL"));
        let mut left = Vec::new();
        for part in &parts {
            left.push(world.count(part).await);
        }
        assert_eq!(left, [2, 1, 1]);
        insert(&world, vec![post("1", 11, &named)]).await.unwrap();
        assert_eq!(
            world.count(&parts[1]).await,
            1,
            "nor does the next post bring her back"
        );
        world.clock.advance(chrono::Duration::hours(1));
        testkit::eventually!(
            PATIENCE,
            world
                .count("address_import WHERE outcome = 'applied'")
                .await
                == 1
        );
        assert_eq!(
            (resident(&world, "1").await, resident(&world, "2").await),
            (String::new(), "Åsa Provsson".into())
        );
        assert_eq!(
            world
                .count("resident WHERE access_id = '1' AND role = 'owner'")
                .await,
            1
        );
        world.stop().await;
    })
    .await;
}

/// What the planner would do, as one text.
async fn plan(world: &World, sql: &str) -> String {
    let reader = world.database.reader();
    let backend = reader.get_database_backend();
    let (explain, column) = match backend {
        sea_orm::DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        _ => ("EXPLAIN", "QUERY PLAN"),
    };
    let statement = Statement::from_string(backend, format!("{explain} {sql}"));
    let rows = reader.query_all_raw(statement).await.unwrap();
    let lines = rows
        .iter()
        .map(|row| row.try_get::<String>("", column).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_looked_up_by_index_among_many_waiting_rows() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let many: Vec<String> = (1..=3_000)
            .map(|n| owned(&n.to_string(), &format!("Namn Provsson {n}"), "Bo Provsson"))
            .collect();
        send(&world, DELTA, true, &many).await;
        let is_sqlite = world.database.backend() == sea_orm::DbBackend::Sqlite;
        let token = |byte: &str| {
            let bytes = byte.repeat(32);
            if is_sqlite {
                format!("x'{bytes}'")
            } else {
                format!("'\\x{bytes}'::bytea")
            }
        };
        let asked = format!("IN ({}, {})", token("ab"), token("cd"));
        let sql = format!(
            "SELECT id FROM staged_access WHERE (resident_token {asked} OR owner_token {asked}) AND network = '{NETWORK}'"
        );
        let plan = plan(&world, &sql).await;
        for index in ["ix_staged_access_resident", "ix_staged_access_owner"] {
            assert!(plan.contains(index), "{plan}");
        }
        world.stop().await;
    })
    .await;
}
