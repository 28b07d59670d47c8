//! Discovery and erasure, with their proofs.

use api::privacy::{DiscoveryAnswered, ExecutionAnswered, SearchKeys};
use messaging::HandlerError;
use privacy::{Admission, Known, Origin};
use testkit::eventually;

use crate::diary::{self, email, network, number};
use crate::world::{Ground, PATIENCE, World, by_number};

fn rows(found: &DiscoveryAnswered) -> Vec<(&str, u64, &str)> {
    found
        .categories
        .iter()
        .map(|c| (c.category.as_str(), c.rows, c.proposed.as_str()))
        .collect()
}

#[tokio::test]
async fn discovery_counts_every_category_and_widens_by_what_is_proven() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let nothing = world.discover("r-0", by_number()).await;
        assert_eq!(
            rows(&nothing),
            [
                ("contact", 0, "erase"),
                ("residence", 0, "erase"),
                ("bookkeeping", 0, "retain")
            ]
        );
        assert_eq!(nothing.searched_keys, ["identity_number"]);
        assert_eq!(nothing.searched_stores, ["guest", "place", "receipt"]);
        assert!(!nothing.found_identifiers);

        world.stay().await;
        let found = world.discover("r-1", by_number()).await;
        assert_eq!(
            rows(&found),
            [
                ("contact", 1, "erase"),
                ("residence", 1, "erase"),
                ("bookkeeping", 1, "retain")
            ]
        );
        assert!(found.found_identifiers);
        let submitted = ground.rights.with(|s| s.submitted.clone());
        assert_eq!(
            submitted,
            [SearchKeys {
                emails: vec![diary::EMAIL.to_owned()],
                ..Default::default()
            }]
        );
        let handle = String::from_utf8_lossy(&found.replay_handle).into_owned();
        assert!(!handle.contains("subjects"), "the handle is opaque");
        world.stop().await;
    }
}

/// It hears the question to everybody before the rights service has given it a part in the request.
#[tokio::test]
async fn a_newcomer_that_was_refused_the_search_keys_answers_when_it_is_asked_again() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        world.stay().await;
        world.ask("r-1").await;
        eventually!(
            PATIENCE,
            world.count("holder_task WHERE state = 'dropped'").await == 1
        );
        assert_eq!(world.recorded("diary.discovery.answered.v1").await, 0);
        let found = world.discover("r-1", by_number()).await;
        assert!(found.categories.iter().any(|c| c.rows > 0));
        world.stop().await;
    }
}

#[tokio::test]
async fn an_erasure_leaves_nothing_but_what_the_law_keeps() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        let found = world.discover("r-1", by_number()).await;
        let order = world.erasure(7, &found);
        let answer = world.erase(&order).await;

        let outcomes: Vec<_> = answer
            .categories
            .iter()
            .map(|c| (c.category.as_str(), c.erased, c.retained, c.residual))
            .collect();
        assert_eq!(
            outcomes,
            [
                ("contact", 1, 0, 0),
                ("residence", 1, 0, 0),
                ("bookkeeping", 0, 1, 0)
            ]
        );
        assert_eq!(
            (
                answer.keys_destroyed,
                answer.keys_residual,
                answer.ledger_entry
            ),
            (2, 0, 7)
        );
        assert_eq!(world.count("guest").await, 0);
        assert_eq!(
            world
                .count("place WHERE length(resident) > 0 OR moved_in IS NOT NULL")
                .await,
            0
        );
        assert_eq!(world.count("place").await, 1, "the place itself stays");
        assert_eq!(world.count("subject_token").await, 0);
        assert_eq!(
            world
                .privacy
                .vault()
                .keys_left(&[subject], &["contact", "residence", "bookkeeping"])
                .await
                .unwrap(),
            1
        );
        restricted(&world, subject).await;

        again_changes_nothing(&world, &order, &answer).await;
        let later = world.discover("r-2", by_number()).await;
        assert_eq!(
            rows(&later)[2],
            ("bookkeeping", 1, "retain"),
            "what is kept is told to the person"
        );
        world.stop().await;
    }
}

/// What is retained can be read for no ordinary purpose.
async fn restricted(world: &World, subject: privacy::SubjectId) {
    use sea_orm::{ConnectionTrait, Statement};
    let reader = world.privacy.database().reader();
    let row = reader.query_one_raw(Statement::from_string(
        reader.get_database_backend(),
        "SELECT id, payer FROM receipt",
    ));
    let row = row.await.unwrap().unwrap();
    let (id, payer): (uuid::Uuid, Vec<u8>) = (
        row.try_get("", "id").unwrap(),
        row.try_get("", "payer").unwrap(),
    );
    assert_eq!(
        world
            .privacy
            .open(subject, "receipt", "payer", id, &payer)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        world.count("subject WHERE restricted_at IS NOT NULL").await,
        1
    );
}

async fn again_changes_nothing(
    world: &World,
    order: &api::privacy::ExecutionOrdered,
    answer: &ExecutionAnswered,
) {
    world
        .order("rights.execution.ordered.v1.diary", order)
        .await
        .unwrap();
    let answers: Vec<ExecutionAnswered> = world.answers("diary.execution.answered.v1").await;
    assert_eq!(answers, [answer.clone(), answer.clone()]);
    assert_eq!(world.count("ledger_applied").await, 1);
}

#[tokio::test]
async fn nothing_of_the_person_is_in_any_file_afterwards() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    let (guest, subject) = {
        let work = world.outbox.begin().await.unwrap();
        let known = [Known::verified(number(diary::NUMBER))];
        let subject = world
            .privacy
            .subject(work.tx(), &network(), &known, Origin::OwnAct)
            .await
            .unwrap()
            .subject()
            .unwrap();
        let guest = diary::add_guest(&world.privacy, work.tx(), subject).await;
        work.commit().await.unwrap();
        (guest, subject)
    };
    let sealed = sealed_name(&world, guest).await;
    let wrapped = wrapped_key(&world, subject).await;
    let everything = || {
        scan(&ground.directory.path().join("db"))
            .into_iter()
            .chain(scan(&ground.directory.path().join("keys")))
            .flatten()
            .collect::<Vec<u8>>()
    };
    assert!(
        contains(&everything(), &sealed) && contains(&everything(), &wrapped),
        "the scan finds what is there"
    );

    let found = world.discover("r-1", by_number()).await;
    world.erase(&world.erasure(1, &found)).await;
    assert!(
        !contains(&everything(), &sealed),
        "the row's bytes are gone from file and log"
    );
    assert!(
        !contains(&everything(), &wrapped),
        "the key's bytes are gone from file and log"
    );
    world.stop().await;
}

async fn sealed_name(world: &World, guest: uuid::Uuid) -> Vec<u8> {
    use sea_orm::{ConnectionTrait, Statement};
    let reader = world.privacy.database().reader();
    let sql = Statement::from_sql_and_values(
        reader.get_database_backend(),
        "SELECT name FROM guest WHERE id = $1",
        [guest.into()],
    );
    reader
        .query_one_raw(sql)
        .await
        .unwrap()
        .unwrap()
        .try_get("", "name")
        .unwrap()
}

async fn wrapped_key(world: &World, subject: privacy::SubjectId) -> Vec<u8> {
    use sea_orm::{ConnectionTrait, Statement};
    let reader = world.privacy.vault().database().reader();
    let sql = "SELECT wrapped FROM person_key WHERE subject_id = $1 AND category = 'contact'";
    let sql = Statement::from_sql_and_values(
        reader.get_database_backend(),
        sql,
        [subject.as_uuid().into()],
    );
    reader
        .query_one_raw(sql)
        .await
        .unwrap()
        .unwrap()
        .try_get("", "wrapped")
        .unwrap()
}

fn scan(folder: &std::path::Path) -> Vec<Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|f| std::fs::read(f.unwrap().path()).unwrap())
        .collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

#[tokio::test]
async fn an_import_does_not_bring_the_person_back_and_the_person_does() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        world.stay().await;
        let found = world.discover("r-1", by_number()).await;
        world.erase(&world.erasure(1, &found)).await;

        let tx = world.privacy.database().begin().await.unwrap();
        let admit = async |known: &[Known], origin| {
            world
                .privacy
                .subject(&tx, &network(), known, origin)
                .await
                .unwrap()
        };
        let by_mail = [Known::unverified(email("ASTRID.EK@example.se"))];
        assert_eq!(admit(&by_mail, Origin::Import).await, Admission::Suppressed);
        assert_eq!(
            admit(&[Known::unverified(number("9001189811"))], Origin::Import).await,
            Admission::Suppressed
        );
        assert!(matches!(
            admit(&by_mail, Origin::OwnAct).await,
            Admission::New(_)
        ));
        assert!(
            matches!(admit(&by_mail, Origin::Import).await, Admission::New(_)),
            "lifted by the person's own act"
        );
        assert_eq!(
            admit(&[Known::unverified(number("9001189811"))], Origin::Import).await,
            Admission::Suppressed
        );
        tx.commit().await.unwrap();
        world.stop().await;
    }
}

#[tokio::test]
async fn rows_after_the_order_are_spared() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        let found = world.discover("r-1", by_number()).await;
        let order = world.erasure(1, &found);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let work = world.outbox.begin().await.unwrap();
        let later = diary::add_guest(&world.privacy, work.tx(), subject).await;
        work.commit().await.unwrap();

        let answer = world.erase(&order).await;
        assert_eq!(answer.categories[0].erased, 1);
        assert_eq!(world.count("guest").await, 1);
        let fresh = world
            .privacy
            .find(
                &world.privacy.database().reader(),
                &network(),
                &number(diary::NUMBER),
            )
            .await
            .unwrap();
        assert_eq!(fresh.len(), 1);
        assert_ne!(fresh[0], subject);
        let sealed = sealed_name(&world, later).await;
        let name = world
            .privacy
            .open(fresh[0], "guest", "name", later, &sealed)
            .await
            .unwrap();
        assert_eq!(name.as_deref(), Some("Astrid Ek"));
        world.stop().await;
    }
}

#[tokio::test]
async fn nobody_else_gives_orders() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    world.stay().await;
    let found = world.discover("r-1", by_number()).await;
    let order = world.erasure(1, &found);
    let event = "rights.execution.ordered.v1.diary";

    let own = service_kit::identity::Identity::load(
        ground.directory.path().join("secrets/diary"),
        "diary",
    )
    .unwrap();
    let refused = world.deliver(event, &own.sign_event(event, &order)).await;
    assert!(
        matches!(refused, Err(HandlerError::Fail(_))),
        "an enrolled service that is not rights"
    );
    let rights = service_kit::identity::Identity::load(
        ground.directory.path().join("secrets/rights"),
        "rights",
    )
    .unwrap();
    let mut signed = rights.sign_event(event, &order);
    signed.payload[0] ^= 1;
    assert!(
        matches!(
            world.deliver(event, &signed).await,
            Err(HandlerError::Fail(_))
        ),
        "a changed order"
    );
    let other = api::privacy::ExecutionOrdered {
        holder: "orders".to_owned(),
        ..order.clone()
    };
    assert!(
        matches!(world.order(event, &other).await, Err(HandlerError::Fail(_))),
        "an order to another holder"
    );
    let foreign = api::privacy::ExecutionOrdered {
        replay_handle: vec![1; 40],
        ..order.clone()
    };
    assert!(
        matches!(
            world.order(event, &foreign).await,
            Err(HandlerError::Fail(_))
        ),
        "a handle that is not ours"
    );
    let unledgered = api::privacy::ExecutionOrdered {
        ledger_entry: 0,
        ..order
    };
    assert!(
        matches!(
            world.order(event, &unledgered).await,
            Err(HandlerError::Fail(_))
        ),
        "no ledger entry"
    );
    assert_eq!(world.count("guest").await, 1);
    world.stop().await;
}
