//! Who has moved out: set aside while the import can be taken back, and within reach of a request all that time.

use api::common::Address;
use api::registry::{FindAccessesAtRequest, ImportMode};
use service_kit::error::violations_of;
use testkit::store::for_each_store;

use crate::deciding::undo;
use crate::people::resident;
use crate::requests::{discover, erase, export, records, rows as rows_of};
use crate::waiting::{owned, send};
use crate::world::{NETWORK, World};

const FULL: ImportMode = ImportMode::Full;
const ASIDE: &str = "resident WHERE superseded_by IS NOT NULL";
const OWNERS: &str = "resident WHERE role = 'owner' AND superseded_by IS NULL";
const FIRST: &str = "0199f3a0-0000-7000-8000-000000000001";
const SECOND: &str = "0199f3a0-0000-7000-8000-000000000002";

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_resident_is_found_shown_and_erased_and_no_undo_brings_them_back() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        send(&world, FULL, false, &[owned("1", "Åsa Provsson", "")]).await;
        world.clock.advance(chrono::Duration::minutes(1));
        let next = send(&world, FULL, false, &[owned("1", "Bo Provsson", "")]).await;
        assert_eq!(world.count(ASIDE).await, 1);
        world.clock.advance(chrono::Duration::minutes(1));

        let found = discover(&world, FIRST, &[("Åsa Provsson", "1")]).await;
        assert_eq!(rows_of(&found, "resident"), 1);
        let package = export(&world, &found).await;
        let shown = records(&package, "resident");
        assert_eq!(
            (&shown[0]["name"], &shown[0]["access_id"]),
            (&"Åsa Provsson".into(), &"1".into())
        );
        assert!(!package.to_string().contains("Bo Provsson"));
        erase(&world, &found, 1).await;
        assert_eq!(world.count(ASIDE).await, 0);
        assert_eq!(
            resident(&world, "1").await,
            "Bo Provsson",
            "whoever lives there now stays"
        );

        undo(&world, &next.import_id).await.unwrap();
        assert_eq!(resident(&world, "1").await, "");
        assert_eq!(world.count("resident").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_owner_is_found_shown_and_erased_and_no_undo_brings_them_back() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mine = [owned("1", "Cia Provsson", "Åsa Provsson")];
        send(&world, FULL, false, &mine).await;
        world.clock.advance(chrono::Duration::minutes(1));
        let sold = [owned("1", "Cia Provsson", "Bo Provsson")];
        let next = send(&world, FULL, false, &sold).await;
        assert_eq!(world.count(ASIDE).await, 1);
        world.clock.advance(chrono::Duration::minutes(1));

        let found = discover(&world, FIRST, &[("Åsa Provsson", "1")]).await;
        assert_eq!(rows_of(&found, "resident"), 1);
        let package = export(&world, &found).await;
        assert_eq!(records(&package, "resident")[0]["name"], "Åsa Provsson");
        erase(&world, &found, 1).await;
        assert_eq!(
            (world.count(ASIDE).await, world.count(OWNERS).await),
            (0, 1)
        );

        undo(&world, &next.import_id).await.unwrap();
        assert_eq!(world.count(OWNERS).await, 0, "neither owner is back");
        assert_eq!(resident(&world, "1").await, "Cia Provsson");
        let again = send(&world, FULL, false, &mine).await;
        assert_eq!(world.count(OWNERS).await, 0, "nor with the file: {again:?}");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_owns_at_one_access_and_lives_at_another_is_reached_by_both() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let before = [
            owned("1", "Bo Provsson", "Åsa Provsson"),
            owned("2", "Åsa Provsson", "Åsa Provsson"),
        ];
        send(&world, FULL, false, &before).await;
        world.clock.advance(chrono::Duration::minutes(1));
        // She has moved out of 2 and owns both as before.
        let after = [
            before[0].clone(),
            owned("2", "Cia Provsson", "Åsa Provsson"),
        ];
        let next = send(&world, FULL, false, &after).await;
        assert_eq!(world.count(ASIDE).await, 1);
        world.clock.advance(chrono::Duration::minutes(1));

        let one = discover(&world, FIRST, &[("Åsa Provsson", "1")]).await;
        assert_eq!(rows_of(&one, "resident"), 1, "a name widens nothing");
        let keys = [("Åsa Provsson", "1"), ("Åsa Provsson", "2")];
        let both = discover(&world, SECOND, &keys).await;
        assert_eq!(rows_of(&both, "resident"), 3);
        let package = export(&world, &both).await;
        let names: Vec<_> = records(&package, "resident")
            .iter()
            .map(|record| record["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["Åsa Provsson", "Åsa Provsson", "Åsa Provsson"]);
        erase(&world, &both, 1).await;
        assert_eq!(
            (world.count(ASIDE).await, world.count(OWNERS).await),
            (0, 0)
        );
        undo(&world, &next.import_id).await.unwrap();
        assert_eq!(
            (resident(&world, "1").await, resident(&world, "2").await),
            ("Bo Provsson".to_owned(), String::new())
        );
        assert_eq!(world.count("resident").await, 1);
        world.stop().await;
    })
    .await;
}

/// Accesses at an address: which, and how they stand to it.
async fn at(world: &World, street: &str) -> Vec<(String, String)> {
    let request = FindAccessesAtRequest {
        network: NETWORK.to_owned(),
        address: Some(Address {
            street_name: street.to_owned(),
            postal_code: "118 46".to_owned(),
            ..Address::default()
        }),
    };
    let found = world
        .staff(&["compliance"])
        .find_accesses_at(request)
        .await
        .unwrap();
    let accesses = found.into_inner().accesses.into_iter();
    accesses.map(|at| (at.access_id, at.standing)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_a_person_gives_leads_to_the_access_also_when_it_has_none_any_more() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let many: Vec<String> = (1..=12).map(|n| owned(&n.to_string(), "", "")).collect();
        let mut rows = many.clone();
        rows[0] = owned("1", "Åsa Provsson", "");
        send(&world, FULL, false, &rows).await;
        world.clock.advance(chrono::Duration::minutes(1));
        // 1 is torn down, 2 gets another number, which then has two accesses.
        rows[1] = rows[1].replace("Götgatan;2;", "Götgatan;3;");
        send(&world, FULL, false, &rows[1..]).await;
        let pair = |id: &str, standing: &str| (id.to_owned(), standing.to_owned());
        testkit::eventually!(
            crate::world::PATIENCE,
            at(&world, "götgatan 1").await == [pair("1", "ended")]
        );
        assert_eq!(at(&world, "Götgatan 2").await, [pair("2", "before")]);
        let two = at(&world, "Götgatan 3").await;
        assert_eq!(two, [pair("2", "now"), pair("3", "now")]);
        assert!(at(&world, "Götgatan 99").await.is_empty());
        let found = discover(&world, FIRST, &[("Åsa Provsson", "1")]).await;
        assert_eq!(rows_of(&found, "resident"), 1);

        let incomplete = FindAccessesAtRequest {
            network: NETWORK.to_owned(),
            address: Some(Address {
                street_name: "Götgatan 1".to_owned(),
                ..Address::default()
            }),
        };
        let refused = world
            .staff(&["compliance"])
            .find_accesses_at(incomplete)
            .await;
        assert_eq!(violations_of(&refused.unwrap_err())[0].field, "postalCode");
        world.stop().await;
    })
    .await;
}
