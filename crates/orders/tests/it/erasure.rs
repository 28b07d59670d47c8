use api as pb;
use pb::orders::MessageType;
use pb::privacy::{
    CategoryCount, CategoryDecision, DiscoveryAnswered, DiscoveryRequested, ExecutionAnswered,
    ExecutionOrdered,
};
use service_kit::error::reason_of;
use testkit::store::for_each_store;

use crate::messages::{log_of, message};
use crate::world::{World, request};

const REQUEST: &str = "0199f3a0-0000-7000-8000-00000000000a";

fn opened<M: prost::Message + Default>(world: &World, envelope: &messaging::Envelope) -> M {
    let signed: pb::privacy::Signed = envelope.decode().unwrap();
    let now = kernel::Clock::now(&world.clock);
    world
        .anchor
        .open_event::<M>(&envelope.event_type, &signed, now)
        .unwrap()
        .0
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_finds_the_order_and_tells_who_received_it() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let annas = request(&offering);
        let order = world
            .visitor()
            .place_order(annas.clone())
            .await
            .unwrap()
            .into_inner();
        let mut partners = request(&offering);
        let partner = partners.customer.as_mut().unwrap();
        partner.name = "Bo Provsson".to_owned();
        partner.identity_number = "121212-1212".to_owned();
        let spared = world
            .visitor()
            .place_order(partners)
            .await
            .unwrap()
            .into_inner();
        let fetch = |id: &str| pb::orders::GetPersonalDataRequest {
            order_id: id.to_owned(),
            purpose: "delivery".to_owned(),
        };
        world
            .provider("nordbredband")
            .get_personal_data(fetch(&order.order_id))
            .await
            .unwrap();
        let told = message(&order.order_id, MessageType::Alert, "Anna svarar inte");
        world
            .provider("nordbredband")
            .add_message(told)
            .await
            .unwrap();

        let (found, proof) = erase_anna(&world).await;
        let found: Vec<_> = found
            .iter()
            .map(|c| (c.category.as_str(), c.rows > 0, c.proposed.as_str()))
            .collect();
        assert!(found.contains(&("order", true, "erase")), "{found:?}");
        assert!(found.contains(&("acceptance", true, "retain")), "{found:?}");
        assert_eq!(proof.recipients.len(), 1);
        assert_eq!(proof.recipients[0].recipient, "provider:nordbredband");
        assert_eq!(proof.recipients[0].record_ids, vec![order.order_id.clone()]);

        let mut provider = world.provider("nordbredband");
        let late = message(&order.order_id, MessageType::Log, "Anna svarar inte");
        let late = provider.add_message(late).await.unwrap_err();
        assert_eq!(reason_of(&late).as_deref(), Some("CUSTOMER_ERASED"));
        let log = provider
            .list_order_log(log_of(&order.order_id, 0, ""))
            .await;
        let log = log.unwrap().into_inner().log;
        let said: Vec<_> = log
            .iter()
            .filter(|line| line.kind == "message")
            .map(|line| (line.text.as_str(), &line.details[..]))
            .collect();
        assert_eq!(
            said,
            [("", &["alert".to_owned()][..])],
            "the words went with her"
        );
        let gone = provider
            .get_personal_data(fetch(&order.order_id))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&gone).as_deref(), Some("CUSTOMER_ERASED"));
        let asked = pb::orders::GetProviderOrderRequest {
            order_id: order.order_id.clone(),
            ..Default::default()
        };
        let left = provider
            .get_provider_order(asked)
            .await
            .unwrap()
            .into_inner()
            .order
            .unwrap();
        assert!(left.erased && left.access_id.is_empty() && left.requested_date.is_empty());
        let name = provider
            .get_personal_data(fetch(&spared.order_id))
            .await
            .unwrap()
            .into_inner()
            .customer
            .unwrap()
            .name;
        assert_eq!(name, "Bo Provsson");
        // The same command again is still the same order; it is not placed anew.
        assert_eq!(
            world
                .visitor()
                .place_order(annas)
                .await
                .unwrap()
                .into_inner(),
            order
        );
        // The person may order again.
        assert_eq!(world.order(&offering).await.order_number, "HAM-000003");
        world.stop().await;
    })
    .await;
}

/// Anna is found and erased; what was found of her, and the proof.
pub async fn erase_anna(world: &World) -> (Vec<CategoryCount>, ExecutionAnswered) {
    let (categories, proof) = carry_out(world, "erasure").await;
    assert!(
        proof
            .categories
            .iter()
            .all(|category| category.residual == 0),
        "{proof:?}"
    );
    (categories, proof)
}

/// What Anna gets when she asks what is held of her.
pub async fn export_anna(world: &World) -> serde_json::Value {
    let (_, answer) = carry_out(world, "access").await;
    let document = world.known.exported.lock().unwrap().clone();
    assert_eq!(answer.exported_bytes, document.len() as u64);
    serde_json::from_slice(&document).unwrap()
}

async fn carry_out(world: &World, kind: &str) -> (Vec<CategoryCount>, ExecutionAnswered) {
    let keys = pb::privacy::SearchKeys {
        identity_numbers: vec!["199001189811".to_owned()],
        emails: vec!["anna.provsson@example.com".to_owned()],
        ..Default::default()
    };
    let keys = pb::rights::GetSearchKeysResponse {
        network: "HAM".to_owned(),
        kind: match kind {
            "access" => pb::rights::RequestKind::Access,
            _ => pb::rights::RequestKind::Erasure,
        }
        .into(),
        keys: Some(keys),
    };
    let known = || world.known.keys.lock().unwrap();
    known().insert(REQUEST.to_owned(), keys);
    world.clock.advance(chrono::Duration::minutes(1));
    let discovery = DiscoveryRequested {
        request_id: REQUEST.to_owned(),
        network: "HAM".to_owned(),
        kind: kind.to_owned(),
        round: 1,
        holder: String::new(),
    };
    world
        .rights_say("rights.discovery.requested.v1", REQUEST, &discovery)
        .await;
    let answer = world.events("orders.discovery.answered.v1", 1).await;
    let answer: DiscoveryAnswered = opened(world, &answer[0]);
    let decisions = answer.categories.iter().map(|category| CategoryDecision {
        category: category.category.clone(),
        action: category.proposed.clone(),
        legal_basis: category.legal_basis.clone(),
        retain_until: category.retain_until.clone(),
    });
    let execution = ExecutionOrdered {
        request_id: REQUEST.to_owned(),
        network: "HAM".to_owned(),
        kind: kind.to_owned(),
        holder: "orders".to_owned(),
        ledger_entry: 1,
        decisions: decisions.collect(),
        replay_handle: answer.replay_handle,
        ordered_at: Some(timestamp(world)),
    };
    world
        .rights_say("rights.execution.ordered.v1.orders", REQUEST, &execution)
        .await;
    let proof = world.events("orders.execution.answered.v1", 1).await;
    let proof: ExecutionAnswered = opened(world, &proof[0]);
    (answer.categories, proof)
}

fn timestamp(world: &World) -> prost_types::Timestamp {
    let now = kernel::Clock::now(&world.clock);
    prost_types::Timestamp {
        seconds: now.timestamp(),
        nanos: 0,
    }
}
