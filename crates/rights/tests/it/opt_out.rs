//! A person says no to a holder: the ledger has it once, the holder hears so, and a restored holder is told again.

use api::privacy::OptOutRecorded;
use api::rights::GetLedgerHeadRequest;
use api::rights::holder_service_client::HolderServiceClient;
use kernel::{Email, NetworkCode};
use privacy::Identifier;
use sea_orm::{ConnectionTrait as _, Statement};
use testkit::eventually;

use crate::erasure::say;
use crate::test_holder::{ALPHA, GAMMA, TestHolder};
use crate::world::{EMAIL, NETWORK, PATIENCE, World, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_survives_the_restore_of_the_holder() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let alpha = world.holder(ALPHA).await;
        alpha.note(NETWORK, None, EMAIL).await;
        opt_out(&alpha).await;
        eventually!(PATIENCE, count(&alpha, "ledger_applied").await == 1);
        assert_eq!(head(&alpha).await, 1);
        assert_eq!(count(&alpha, "holder_task WHERE kind = 'opt_out' AND state = 'done'").await, 1);
        alpha.stop().await;

        // Put back to before the person said no.
        world
            .change(
                "alpha",
                "DELETE FROM ledger_applied; DELETE FROM suppressed_token; DELETE FROM holder_task; \
                 UPDATE subject SET erased_at = NULL; UPDATE ledger_position SET scanned = 0",
            )
            .await;
        let alpha = world.holder(ALPHA).await;
        assert_eq!(count(&alpha, "suppressed_token WHERE lifted_at IS NULL").await, 1);
        assert_eq!(count(&alpha, "ledger_applied WHERE proven_at IS NOT NULL").await, 1);
        assert_eq!(head(&alpha).await, 1, "a replay is no new opt-out");
        alpha.stop().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_opt_out_is_one_entry_and_nobody_says_it_for_another() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let gamma = world.holder(GAMMA).await;
        let said = OptOutRecorded {
            opt_out_id: uuid::Uuid::now_v7().to_string(),
            holder: "gamma".into(),
            network: NETWORK.into(),
            replay_handle: vec![7; 40],
        };
        let others = OptOutRecorded {
            holder: "alpha".into(),
            ..said.clone()
        };
        say(&gamma, "gamma.opt_out.recorded.v1", "a", &others).await;
        say(&gamma, "alpha.opt_out.recorded.v1", "b", &others).await;
        for key in ["c", "d", "e"] {
            say(&gamma, "gamma.opt_out.recorded.v1", key, &said).await;
        }
        let second = OptOutRecorded {
            opt_out_id: uuid::Uuid::now_v7().to_string(),
            ..said
        };
        say(&gamma, "gamma.opt_out.recorded.v1", "f", &second).await;
        eventually!(PATIENCE, head(&gamma).await == 2);
        eventually!(PATIENCE, world.dead_letters().await == 2);
        assert_eq!(head(&gamma).await, 2);
        gamma.stop().await;
        world.stop().await;
    })
    .await;
}

async fn opt_out(holder: &TestHolder) {
    let privacy = &holder.chassis.privacy;
    let network = NetworkCode::parse(NETWORK).unwrap();
    let email = Identifier::Email(Email::parse(EMAIL).unwrap());
    let work = holder.chassis.outbox.begin().await.unwrap();
    let subjects = privacy.find(work.tx(), &network, &email).await.unwrap();
    assert_eq!(subjects.len(), 1);
    work.tx()
        .execute_unprepared("DELETE FROM note")
        .await
        .unwrap();
    privacy.suppress(work.tx(), &subjects).await.unwrap();
    work.commit().await.unwrap();
}

async fn head(holder: &TestHolder) -> u64 {
    let mut rights = HolderServiceClient::new(holder.chassis.client("rights").unwrap());
    let head = rights.get_ledger_head(GetLedgerHeadRequest {}).await;
    head.unwrap().into_inner().entry
}

async fn count(holder: &TestHolder, from: &str) -> i64 {
    let reader = holder.chassis.database.reader();
    let sql = format!("SELECT count(*) AS n FROM {from}");
    let sql = Statement::from_string(reader.get_database_backend(), sql);
    let row = reader.query_one_raw(sql).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}
