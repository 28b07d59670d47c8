//! A copy from before an erasure is put back: whom the waiting rows name is gone from them again before the service is ready.

use api::registry::ImportMode;
use chrono::Duration;
use testkit::store::for_each_store;

use crate::deciding::{apply, rejected_file};
use crate::people::resident;
use crate::posts::{insert, post};
use crate::requests::{discover, erase, ledgered};
use crate::sessions::open;
use crate::waiting::{owned, send};
use crate::world::World;

const DELTA: ImportMode = ImportMode::Delta;
const REQUEST: &str = "0199f3a0-0000-7000-8000-000000000001";

/// Where rows wait that may name somebody: what is left of a person when she has been taken out, and what of others.
const WAITING: [&str; 4] = [
    "staged_access WHERE people IS NOT NULL",
    "staged_access WHERE owner IS NOT NULL",
    "rejected_row WHERE content IS NOT NULL",
    "session_post WHERE people IS NOT NULL",
];

async fn waiting(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for rows in WAITING {
        counts.push(world.count(rows).await);
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_in_the_copy_is_taken_out_of_it_before_anybody_is_served() {
    for_each_store(|url| async {
        let mut world = World::start(url).await;
        let rows = [
            owned("1", "Åsa Provsson", "Bo Provsson"),
            owned("2", "Cia Provsson", "Åsa Provsson"),
            owned("3", "Åsa Provsson", "").replace("118 46", "none"),
            owned("4", "Cia Provsson", "").replace("118 46", "none"),
        ];
        let held = send(&world, DELTA, true, &rows).await;
        open(&world).await;
        let posts = [("5", "Åsa Provsson"), ("6", "Cia Provsson")];
        let posts = posts.map(|(id, name)| post(id, 5, &[("residentName", name)]));
        insert(&world, posts.into()).await.unwrap();
        let before = vec![2, 2, 2, 2];
        assert_eq!(waiting(&world).await, before);
        let saved = world.save_running().await;

        world.clock.advance(Duration::minutes(1));
        let keys = ["1", "2", "3", "5"].map(|access| ("Åsa Provsson", access));
        let found = discover(&world, REQUEST, &keys).await;
        erase(&world, &found, 1).await;
        let after = vec![1, 1, 1, 1];
        assert_eq!(waiting(&world).await, after);
        let entry = ledgered(&world, &found, 1);
        world.rights.ledger.lock().unwrap().push(entry);

        for _ in 0..2 {
            let look = async |world: &World| assert_eq!(waiting(world).await, before);
            world.put_back_and_see(&saved, look).await;
            assert_eq!(waiting(&world).await, after, "it serves already");
        }
        let (text, left_out) = rejected_file(&world, &held.import_id).await;
        assert!(
            text.contains("Cia Provsson") && !text.contains("Åsa"),
            "{text}"
        );
        assert_eq!(left_out, 1);
        apply(&world, &held.import_id, 0).await.unwrap();
        assert_eq!(resident(&world, "1").await, "");
        assert_eq!(resident(&world, "2").await, "Cia Provsson");
        assert_eq!(
            world.count("resident WHERE role = 'owner'").await,
            1,
            "Bo Provsson"
        );
        world.stop().await;
    })
    .await;
}
