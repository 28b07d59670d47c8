//! A person says no: the ledger gets to know, and no restored backup brings them back.

use api::privacy::{OptOutLedgered, OptOutRecorded};
use api::rights::StreamLedgerResponse;
use privacy::{Admission, Identifier, Known, Origin, SubjectId};
use testkit::eventually;

use crate::diary::{self, network};
use crate::world::{Ground, PATIENCE, World};

const RECORDED: &str = "diary.opt_out.recorded.v1";
const LEDGERED: &str = "rights.opt_out.ledgered.v1";

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_is_said_once_and_settled_by_the_acknowledgement() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        opt_out(&world, subject).await;
        let said = said(&world).await;
        let told = [diary::EMAIL, diary::NUMBER, &subject.to_string()];
        let handle = String::from_utf8_lossy(&said.replay_handle).into_owned();
        assert!(told.iter().all(|t| !handle.contains(t)), "opaque");
        assert!(!is_admitted(&world).await);
        assert_eq!(world.count(WAITING).await, 1, "until it is acknowledged");

        let entry = ledgered(&world, 4, &said);
        for _ in 0..2 {
            world.order(LEDGERED, &entry).await.unwrap();
        }
        let somebody = OptOutLedgered {
            holder: "crm".into(),
            ledger_entry: 9,
            ..entry.clone()
        };
        world.order(LEDGERED, &somebody).await.unwrap();
        assert_eq!(world.count(WAITING).await, 0);
        assert_eq!(
            world
                .count("ledger_applied WHERE proven_at IS NOT NULL")
                .await,
            1
        );
        assert_eq!(world.recorded(RECORDED).await, 1);
        world.stop().await;

        // A restart finds nothing to do, and the person's own act still lifts the suppression.
        let world = ground.started().await;
        assert!(!world.announced().await.last().unwrap().restored);
        world.stay().await;
        assert!(is_admitted(&world).await);
        assert_eq!(world.count("guest").await, 1);
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_database_has_not_forgotten_the_opt_out() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    let subject = world.stay().await;
    world.privacy.database().checkpoint().await.unwrap();
    let backup = std::fs::read(ground.file()).unwrap();
    opt_out(&world, subject).await;
    let entry = ledgered(&world, 4, &said(&world).await);
    world.order(LEDGERED, &entry).await.unwrap();
    world.stop().await;

    std::fs::write(ground.file(), backup).unwrap();
    let world = ground.started().await;
    is_forgotten(&world, subject).await;
    assert!(world.announced().await.last().unwrap().restored);
    // What the broker still had comes late, and changes nothing.
    world.order(LEDGERED, &entry).await.unwrap();
    assert_eq!(world.count("ledger_applied").await, 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_put_back_into_a_postgres_go_again() {
    use sea_orm::ConnectionTrait as _;
    let ground = Ground::postgres().await;
    let world = ground.started().await;
    let subject = world.stay().await;
    opt_out(&world, subject).await;
    let entry = ledgered(&world, 4, &said(&world).await);
    world.order(LEDGERED, &entry).await.unwrap();
    // What pg_restore of a dump from before the opt-out would leave, under the running service.
    let tx = world.privacy.database().begin().await.unwrap();
    tx.execute_unprepared(
        "DELETE FROM ledger_applied; DELETE FROM suppressed_token; DELETE FROM holder_task; \
         UPDATE subject SET erased_at = NULL",
    )
    .await
    .unwrap();
    diary::add_guest_unsealed(&tx).await;
    tx.commit().await.unwrap();
    eventually!(PATIENCE, world.announced().await.iter().any(|a| a.restored));
    world.unfenced().await;
    is_forgotten(&world, subject).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_ledger_has_and_nobody_acknowledged_is_settled_at_the_start() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        opt_out(&world, subject).await;
        ledgered(&world, 4, &said(&world).await);
        world.stop().await;
        let world = ground.started().await;
        assert_eq!(world.count(WAITING).await, 0);
        assert_eq!(world.count("ledger_applied").await, 1);
        assert!(!world.announced().await.last().unwrap().restored);
        assert!(!is_admitted(&world).await);
        world.stop().await;
    }
}

const WAITING: &str = "holder_task WHERE kind = 'opt_out' AND state = 'pending'";

async fn is_forgotten(world: &World, subject: SubjectId) {
    for table in ["guest", "subject_token"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
    assert!(!is_admitted(world).await);
    assert_eq!(
        world
            .count("ledger_applied WHERE proven_at IS NOT NULL")
            .await,
        1
    );
    let vault = world.privacy.vault();
    let left = vault.keys_left(&[subject], &["contact", "residence"]).await;
    assert_eq!(left.unwrap(), 0);
}

/// The service's own transaction: rows and tokens at once.
async fn opt_out(world: &World, subject: SubjectId) {
    use sea_orm::ConnectionTrait as _;
    let work = world.outbox.begin().await.unwrap();
    for table in ["guest", "place", "receipt"] {
        let delete = sea_orm::sea_query::Query::delete()
            .from_table(table)
            .to_owned();
        work.tx().execute(&delete).await.unwrap();
    }
    world.privacy.suppress(work.tx(), &[subject]).await.unwrap();
    work.commit().await.unwrap();
}

async fn said(world: &World) -> OptOutRecorded {
    eventually!(PATIENCE, world.recorded(RECORDED).await == 1);
    world.answers(RECORDED).await.remove(0)
}

/// The entry, as the rights service would write it; and what it then says.
fn ledgered(world: &World, number: u64, said: &OptOutRecorded) -> OptOutLedgered {
    let now = world.privacy.clock().now();
    world.rights.with(|s| {
        s.head = number;
        s.ledger.push(StreamLedgerResponse {
            entry: number,
            request_id: said.opt_out_id.clone(),
            network: said.network.clone(),
            kind: "opt_out".to_owned(),
            at: Some(prost_types::Timestamp {
                seconds: now.timestamp(),
                nanos: 0,
            }),
            replay_handle: said.replay_handle.clone(),
            decisions: Vec::new(),
        });
    });
    OptOutLedgered {
        opt_out_id: said.opt_out_id.clone(),
        holder: "diary".to_owned(),
        ledger_entry: number,
    }
}

/// Whether an import may bring the person.
async fn is_admitted(world: &World) -> bool {
    let email = kernel::Email::parse(diary::EMAIL).unwrap();
    let known = [Known::unverified(Identifier::Email(email))];
    let work = world.outbox.begin().await.unwrap();
    let admission = world
        .privacy
        .subject(work.tx(), &network(), &known, Origin::Import)
        .await
        .unwrap();
    work.rollback().await.unwrap();
    admission != Admission::Suppressed
}
