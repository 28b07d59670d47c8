use std::sync::Arc;

use futures::future::join_all;
use kernel::SystemClock;
use rights::domain::ledger::EntryKind;
use rights::ledger::{Append, Ledger, Part};
use service_kit::database::{Database, DatabaseConfig};
use testkit::store::for_each_store;

fn order(request: usize) -> Append {
    Append {
        kind: EntryKind::ErasureOrdered,
        network: "MALAR".into(),
        request_id: format!("r-{request}"),
        scope: String::new(),
        parts: vec![
            Part::Order {
                holder: "orders".into(),
                replay_handle: vec![7; 40],
                decisions: "[]".into(),
                salt: [3; 16],
            },
            Part::Digest {
                holder: "crm".into(),
                digest: "00".repeat(32),
            },
        ],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_at_once_make_one_chain_and_the_same_act_one_entry() {
    for_each_store(|url| async move {
        let ledger = Ledger::connect(&DatabaseConfig::new(url), Arc::new(SystemClock))
            .await
            .unwrap();
        let appends = (0..300).map(|n| ledger.append(order(n % 150)));
        let mut entries: Vec<u64> = join_all(appends)
            .await
            .into_iter()
            .map(|entry| entry.unwrap().entry)
            .collect();
        entries.sort_unstable();
        entries.dedup();
        assert_eq!(entries, (1..=150).collect::<Vec<_>>());
        assert_eq!(ledger.verify().await.unwrap(), 150);
        let orders = ledger.orders_of("orders", 140).await.unwrap();
        assert_eq!(
            orders.iter().map(|order| order.entry).collect::<Vec<_>>(),
            (141..=150).collect::<Vec<_>>()
        );
        assert!(
            ledger.orders_of("crm", 0).await.unwrap().is_empty(),
            "a digest orders nobody"
        );
        ledger.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handles_are_dropped_and_the_chain_stays_verifiable() {
    for_each_store(|url| async move {
        let ledger = Ledger::connect(&DatabaseConfig::new(url), Arc::new(SystemClock))
            .await
            .unwrap();
        ledger.append(order(1)).await.unwrap();
        ledger.append(order(2)).await.unwrap();
        ledger
            .append(Append {
                kind: EntryKind::Completed,
                parts: Vec::new(),
                ..order(1)
            })
            .await
            .unwrap();
        ledger
            .append(Append {
                kind: EntryKind::OptOut,
                ..order(3)
            })
            .await
            .unwrap();
        let (earlier, later) = (days(-1), days(1));
        assert_eq!(ledger.drop_handles(earlier, later).await.unwrap(), 0);
        assert_eq!(ledger.drop_handles(later, later).await.unwrap(), 2);
        assert_eq!(
            ledger.orders_of("orders", 0).await.unwrap().len(),
            1,
            "the unfinished request keeps its handle"
        );
        assert_eq!(ledger.verify().await.unwrap(), 4);
        ledger.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_copies_are_dropped_and_their_heads_stay() {
    for_each_store(|url| async move {
        let ledger = Ledger::connect(&DatabaseConfig::new(url), Arc::new(SystemClock))
            .await
            .unwrap();
        let copy = rights::ledger::LogCopy {
            batch: privacy::AccessBatch {
                holder: "crm".into(),
                epoch: 1,
                number: 1,
                previous: privacy::AccessBatch::FIRST,
                root: [1; 32],
                lines: 5,
                sealed_at: days(0),
            },
            signed: vec![1],
            lines: vec![2],
        };
        for _ in 0..2 {
            assert_eq!(ledger.keep_copy(copy.clone()).await.unwrap(), None);
        }
        assert_eq!(ledger.drop_lines(days(-1)).await.unwrap(), 0);
        assert_eq!(ledger.drop_lines(days(1)).await.unwrap(), 1);
        let kept = ledger.copies_of("crm", 0).await.unwrap();
        assert_eq!((kept.len(), &kept[0].signed[..]), (1, &[1][..]));
        assert!(kept[0].lines.is_empty());
        assert_eq!(ledger.copy_view("crm").await.unwrap().lines, 5);
        ledger.close().await.unwrap();
    })
    .await;
}

fn days(count: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now() + chrono::Duration::days(count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_entry_is_refused_at_the_start() {
    for_each_store(|url| async move {
        let config = DatabaseConfig::new(url);
        let ledger = Ledger::connect(&config, Arc::new(SystemClock))
            .await
            .unwrap();
        ledger.append(order(1)).await.unwrap();
        ledger.append(order(2)).await.unwrap();
        ledger.close().await.unwrap();
        let database = Database::connect(&config).await.unwrap();
        let tx = database.begin().await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(
            &tx,
            "UPDATE ledger_entry SET hash = 'f' || hash WHERE entry = 1",
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        database.close().await.unwrap();
        assert!(
            Ledger::connect(&config, Arc::new(SystemClock))
                .await
                .is_err()
        );
    })
    .await;
}
