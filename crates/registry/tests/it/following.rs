//! The search index follows everything that happens to accesses: after each step it is as one that was built anew.

use api::registry::{AccessState, EditAccessRequest, GetAccessRequest, ImportMode};
use kernel::{Clock as _, NetworkCode};
use registry::app::Indexes;
use sea_orm::{Statement, Value};
use testkit::store::for_each_store;

use crate::deciding::undo;
use crate::world::{NETWORK, World, access};

const FULL: ImportMode = ImportMode::Full;
const DELTA: ImportMode = ImportMode::Delta;
const QUERIES: [&str; 5] = ["götgatan", "götgatan 1", "nygatan", "118 46", "gotgtan 3"];

fn network() -> NetworkCode {
    NetworkCode::parse(NETWORK).unwrap()
}

/// Follows, and compares with an index that was built from the database just now.
async fn agrees(following: &Indexes, world: &World, step: &str) -> usize {
    following.follow().await.unwrap();
    let built = Indexes::new(world.database.clone(), registry::Settings::default());
    built.follow().await.unwrap();
    let (followed, built) = (following.of(&network()), built.of(&network()));
    assert_eq!(
        (followed.len(), followed.checksum()),
        (built.len(), built.checksum()),
        "{step}"
    );
    for query in QUERIES {
        let found = |index: &registry::domain::search::SearchIndex| {
            let mut found: Vec<_> = index
                .find(query, 100)
                .into_iter()
                .map(|f| (f.access_id, f.address, f.state))
                .collect();
            found.sort_by(|a, b| a.0.cmp(&b.0));
            found
        };
        assert_eq!(found(&followed), found(&built), "{step}: {query}");
    }
    followed.len()
}

async fn edit(world: &World, id: &str, street: &str) {
    let mut staff = world.staff(&["customer_service"]);
    let request = GetAccessRequest {
        network: NETWORK.to_owned(),
        access_id: id.to_owned(),
        purpose: "test".to_owned(),
    };
    let answer = staff.get_access(request).await.unwrap().into_inner();
    let mut access = answer.access.unwrap();
    let address = access.address.as_mut().unwrap();
    street.clone_into(&mut address.street_name);
    access.set_state(AccessState::Planned);
    let request = EditAccessRequest {
        network: NETWORK.to_owned(),
        version: access.version.clone(),
        access: Some(access),
        reason: "test".to_owned(),
        resident_protected: None,
        not_to_providers: None,
    };
    staff.edit_access(request).await.unwrap();
}

/// As an instance does whose clock is behind.
async fn changed_earlier(world: &World, id: &str, seconds: i64) {
    let at = world.clock.now() - chrono::Duration::seconds(seconds);
    let sql = "UPDATE access SET street_name = 'Nygatan', content_hash = $1, changed_at = $2, \
         revision = (SELECT revision + 1 FROM network_revision) WHERE access_id = $3";
    let values: [Value; 3] = [vec![9_u8; 32].into(), at.into(), id.into()];
    let backend = world.database.backend();
    let change = Statement::from_sql_and_values(backend, sql, values);
    world.database.write(change).await.unwrap();
    world
        .execute("UPDATE network_revision SET revision = revision + 1")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_is_right_after_imports_edits_and_their_undoing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let following = Indexes::new(world.database.clone(), registry::Settings::default());
        let row = |n: u32| access(&n.to_string(), n);
        let all: Vec<String> = (1..=20).map(row).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        world.rows(FULL, &all).await;
        assert_eq!(agrees(&following, &world, "imported").await, 20);

        world.clock.advance(chrono::Duration::minutes(5));
        edit(&world, "3", "Nygatan").await;
        agrees(&following, &world, "edited").await;
        edit(&world, "3", "Götgatan").await;
        agrees(&following, &world, "edited back in the same moment").await;

        world.clock.advance(chrono::Duration::minutes(5));
        let moved = row(5).replace("Götgatan", "Nygatan");
        // As many come as end: the count alone would not tell.
        let (new, other) = (row(21), row(22));
        let mut rows: Vec<&str> = vec![&moved, &new, &other];
        rows.extend(
            all.iter()
                .filter(|r| **r != row(5) && **r != row(19) && **r != row(20)),
        );
        let second = world.rows(FULL, &rows).await;
        assert_eq!((second.added, second.ended), (2, 2), "{second:?}");
        assert_eq!(
            agrees(&following, &world, "added, changed and ended").await,
            20
        );

        edit(&world, "21", "Nygatan").await;
        agrees(&following, &world, "what the import added is edited").await;
        undo(&world, &second.import_id).await.unwrap();
        assert_eq!(agrees(&following, &world, "taken back").await, 21);

        world.clock.advance(chrono::Duration::minutes(5));
        world.rows(DELTA, &[&row(23)]).await;
        agrees(&following, &world, "one more").await;
        changed_earlier(&world, "7", 60).await;
        agrees(&following, &world, "by a clock that is behind").await;

        let rebuilt = Indexes::new(world.database.clone(), registry::Settings::default());
        rebuilt.follow().await.unwrap();
        rebuilt.distrust();
        edit(&world, "8", "Nygatan").await;
        agrees(
            &rebuilt,
            &world,
            "built anew after the database was put back",
        )
        .await;
        world.stop().await;
    })
    .await;
}
