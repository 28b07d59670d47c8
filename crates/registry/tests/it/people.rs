//! Residents and columns that we do not know: sealed, replaced, erased, and not brought back.

use api::registry::{GetAccessRequest, ImportMode};
use service_kit::error::violations_of;
use testkit::store::for_each_store;

use crate::requests;
use crate::world::{NETWORK, World, access, lived_in};

const FULL: ImportMode = ImportMode::Full;
const REQUEST: &str = "0199f3a0-0000-7000-8000-00000000000a";

pub async fn resident(world: &World, id: &str) -> String {
    let request = GetAccessRequest {
        network: NETWORK.to_owned(),
        access_id: id.to_owned(),
        purpose: "fault report".to_owned(),
    };
    let answer = world
        .staff(&["customer_service"])
        .get_access(request)
        .await
        .unwrap()
        .into_inner();
    answer.access.unwrap().resident_name
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_is_sealed_read_with_a_purpose_and_logged() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let row = lived_in("1", 1, "Åsa Provsson") + "portkod 1234";
        world.rows(FULL, &[&row, &access("2", 2)]).await;
        assert_eq!(resident(&world, "1").await, "Åsa Provsson");
        assert_eq!(resident(&world, "2").await, "");
        assert_eq!(
            world
                .count("access_log WHERE purpose = 'fault report'")
                .await,
            1,
            "an empty reading reads nobody"
        );
        let request = GetAccessRequest {
            network: NETWORK.into(),
            access_id: "1".into(),
            purpose: " ".into(),
        };
        let status = world
            .staff(&["customer_service"])
            .get_access(request)
            .await
            .unwrap_err();
        assert_eq!(violations_of(&status)[0].field, "purpose");
        for column in ["name", "other_columns"] {
            assert_eq!(
                world
                    .count(&format!("resident WHERE {column} IS NOT NULL"))
                    .await,
                1
            );
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_resident_takes_the_place_and_nothing_of_the_first_is_left() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.rows(FULL, &[&lived_in("1", 1, "Åsa Provsson"), &lived_in("2", 2, "Bo Provsson")]).await;
        let changed = world.rows(FULL, &[&lived_in("1", 1, "Cia Provsson"), &access("2", 2)]).await;
        assert_eq!((changed.outcome.as_str(), changed.changed), ("applied", 2));
        assert_eq!((resident(&world, "1").await, resident(&world, "2").await), ("Cia Provsson".into(), String::new()));
        assert_eq!(world.count("resident WHERE superseded_by IS NULL").await, 1);
        after_the_time_to_undo(&world, (1, 1)).await;
        let again = world.rows(FULL, &[&lived_in("1", 1, "Cia Provsson"), &lived_in("2", 2, "Bo Provsson")]).await;
        assert_eq!(again.changed, 1, "who moved out may move in again");
        assert_eq!(resident(&world, "2").await, "Bo Provsson");
        let file_without_people = "coId;accessId;streetName;streetNumber;postalCode;city;premisesType\n\
            SNFDMO;1;Götgatan;1;11846;Stockholm;RENTAL_APARTMENT\nSNFDMO;2;Götgatan;2;11846;Stockholm;RENTAL_APARTMENT";
        let silent = world.import(FULL, file_without_people.as_bytes()).await.report.unwrap();
        assert_eq!(silent.outcome, "nothing_changed", "a file without such a column says nothing of people");
        world.stop().await;
    })
    .await;
}

/// People whom an import replaced wait until it cannot be undone; then nothing of them is left.
async fn after_the_time_to_undo(world: &World, left: (i64, i64)) {
    // Imports of one moment come one after another: the later ones count as a little later.
    world
        .clock
        .advance(chrono::Duration::hours(72) + chrono::Duration::seconds(1));
    testkit::eventually!(
        crate::world::PATIENCE,
        (
            world.count("resident").await,
            world.count("subject_token").await
        ) == left
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_access_keeps_nobody() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let many: Vec<String> = (1..=10)
            .map(|n| lived_in(&n.to_string(), n, &format!("Namn Provsson {n}")))
            .collect();
        let refs: Vec<&str> = many.iter().map(String::as_str).collect();
        world.rows(FULL, &refs).await;
        world.rows(FULL, &refs[1..]).await;
        assert_eq!(world.count("resident WHERE superseded_by IS NULL").await, 9);
        after_the_time_to_undo(&world, (9, 9)).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_resident_does_not_come_back_with_the_same_file() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let erased = lived_in("1", 1, "Åsa Provsson") + "extra om Åsa";
        let rows = [erased.as_str(), &lived_in("2", 2, "Bo Provsson")];
        world.rows(FULL, &rows).await;
        world.clock.advance(chrono::Duration::minutes(1));
        erase(&world, "åsa  PROVSSON", "1").await;
        assert_eq!(
            (resident(&world, "1").await, world.count("resident").await),
            (String::new(), 1)
        );
        world.clock.advance(chrono::Duration::minutes(1));
        for spelling in ["Åsa Provsson", "ÅSA PROVSSON"] {
            let row = erased.replace("Åsa Provsson", spelling);
            let report = world.rows(FULL, &[row.as_str(), rows[1]]).await;
            assert_eq!(
                (report.outcome.as_str(), report.residents_suppressed),
                ("nothing_changed", 1),
                "{report:?}"
            );
            assert_eq!(resident(&world, "1").await, "");
        }
        assert_eq!(
            world.count("resident").await,
            1,
            "nor do the columns beside the name"
        );
        let new = world
            .rows(FULL, &[&lived_in("1", 1, "Cia Provsson"), rows[1]])
            .await;
        assert_eq!(
            (new.changed, new.residents_suppressed),
            (1, 0),
            "the access takes another resident"
        );
        world.stop().await;
    })
    .await;
}

pub async fn erase(world: &World, name: &str, access_id: &str) {
    let found = requests::discover(world, REQUEST, &[(name, access_id)]).await;
    let counts: Vec<_> = found
        .categories
        .iter()
        .map(|c| (c.category.as_str(), c.rows, c.proposed.as_str()))
        .collect();
    assert!(counts.contains(&("resident", 1, "erase")), "{counts:?}");
    requests::erase(world, &found, 1).await;
}
