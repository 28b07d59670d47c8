//! An access request: everything, in the clear, with why.

use kernel::NetworkCode;
use privacy::AccessEntry;
use service_kit::caller::Caller;

use crate::diary::{self, network};
use crate::world::{Ground, by_number};

#[tokio::test]
async fn the_export_is_complete() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        let caller = Caller::service("crm");
        let work = world.outbox.begin().await.unwrap();
        let entry = AccessEntry {
            network: NetworkCode::parse(network().as_str()).unwrap(),
            caller: &caller,
            purpose: "delivery".to_owned(),
            subject,
            record: "guest:1".to_owned(),
            fields: &["name", "email"],
        };
        world.privacy.log_access(work.tx(), entry).await.unwrap();
        work.commit().await.unwrap();

        let found = world.discover("r-1", by_number()).await;
        let order = api::privacy::ExecutionOrdered {
            kind: "access".to_owned(),
            ledger_entry: 0,
            decisions: Vec::new(),
            ..world.erasure(1, &found)
        };
        ground.rights.with(|s| s.ledger.clear());
        let answer = world.erase(&order).await;
        let document = ground.rights.with(|s| s.exports["r-1"].clone());
        assert_eq!(answer.exported_bytes, document.len() as u64);

        let document: serde_json::Value = serde_json::from_slice(&document).unwrap();
        let fields = |i: usize| &document["categories"][i]["records"][0]["fields"];
        assert_eq!(
            fields(0),
            &serde_json::json!({"name": "Astrid Ek", "email": diary::EMAIL, "identity_number": diary::NUMBER})
        );
        assert_eq!(fields(1)["resident"], "Astrid Ek");
        assert!(fields(1)["moved_in"].is_string());
        assert_eq!(
            fields(2),
            &serde_json::json!({"amount": 129_900, "payer": "Astrid Ek"})
        );
        assert_eq!(document["categories"][2]["purpose_sv"], "Prov");
        assert_eq!(document["access_log"][0]["by"], "service:crm");
        assert_eq!(
            document["access_log"][0]["fields"],
            serde_json::json!(["name", "email"])
        );
        let log = document["access_log"].as_array().unwrap();
        let exported = log.iter().find(|line| line["purpose"] == "subject_access");
        assert_eq!(exported.unwrap()["by"], "service:rights");
        let end = format!(
            "access_log WHERE intent IS NOT NULL AND count = {}",
            answer.exported_bytes
        );
        assert_eq!(world.count(&end).await, 1, "how much left is logged, too");
        assert_eq!(world.count("guest").await, 1, "nothing is erased");
        world.stop().await;
    }
}
