//! A provider tries everything on what is another's: it sees nothing, changes nothing, and that it tried is counted and
//! logged. Which calls there are is read from the contract, so that a new one must be tried here too.

use std::collections::BTreeSet;

use api as pb;
use orders::domain::technical::service::TechnicalRules;
use pb::orders::provider_service_client::ProviderServiceClient;
use pb::orders::{OrderStatus, TechnicalOrderInput};
use prost::Message as _;
use service_kit::error::reason_of;
use service_kit::grpc::ClientChannel;
use service_kit::telemetry::metrics_handle;
use testkit::store::for_each_store;
use tonic::Status;

use crate::technical::{activate, created, rules};
use crate::world::{PATIENCE, World};

type System = ProviderServiceClient<ClientChannel>;

const OWNER: &str = "nordbredband";
const STRANGER: &str = "sydfiber";
/// Says what the network has and names nobody's.
const NAMES_NOTHING: [&str; 1] = ["ListTechnicalServices"];

/// What the owner has.
struct Owned {
    order: pb::orders::PlaceOrderResponse,
    technical: String,
    notice: String,
    offering: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_gets_nowhere_with_what_is_anothers_by_any_call() {
    metrics_handle();
    for_each_store(|url| async {
        // Carried out by staff: what is ordered may still be changed.
        let by_staff: TechnicalRules = rules(true);
        let world = World::start_with_rules(url, by_staff).await;
        let owned = furnish(&world).await;
        let mut stranger = world.provider(STRANGER);
        let mut tried = BTreeSet::from(NAMES_NOTHING);

        for (method, reason, refused) in refusals(&mut stranger, &owned).await {
            tried.insert(method);
            assert_eq!(
                reason_of(&refused).as_deref(),
                Some(reason),
                "{method}: {refused:?}"
            );
        }
        for (method, found) in lists(&mut stranger).await {
            tried.insert(method);
            assert_eq!(found, 0, "{method}");
        }
        assert_eq!(tried, methods().iter().map(String::as_str).collect());

        let mut owner = world.provider(OWNER);
        let order = pb::orders::GetProviderOrderRequest {
            order_id: owned.order.order_id.clone(),
            ..Default::default()
        };
        let order = owner.get_provider_order(order).await.unwrap().into_inner();
        assert_eq!(order.order.unwrap().status(), OrderStatus::New);
        let technical = pb::orders::GetTechnicalOrderRequest {
            order_id: owned.technical.clone(),
        };
        let technical = owner
            .get_technical_order(technical)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(technical.order.unwrap().version, 1);
        let form = pb::orders::GetOwnOrderFormRequest { version: 0 };
        let form = owner.get_own_order_form(form).await.unwrap().into_inner();
        assert_eq!(form.form.unwrap().fields, [crate::forms::door_code()]);
        assert_eq!(world.rows("disclosure").await, 0);
        let counted = metrics_handle().render();
        let mine = owner
            .list_own_offerings(pb::orders::ListOwnOfferingsRequest::default())
            .await
            .unwrap()
            .into_inner()
            .offerings;
        assert_eq!((mine.len(), mine[0].name.as_str()), (1, "Bredband 100"));
        for object in ["order", "technical_order", "notice", "offering"] {
            let line = format!("orders_of_another_asked_total{{object=\"{object}\"}}");
            assert!(counted.contains(&line), "{object}");
        }
        world.stop().await;
    })
    .await;
}

async fn furnish(world: &World) -> Owned {
    let offering = world.offering_of(OWNER).await;
    world.provider_of(STRANGER).await;
    let named = pb::orders::PutOwnOfferingRequest {
        offering: Some(pb::orders::Offering {
            offering_id: offering.clone(),
            service: "BB-100-100".to_owned(),
            name: "Bredband 100".to_owned(),
            monthly_price_ore: 29_900,
            external_product_id: "p-1".to_owned(),
            external_offering_id: "o-1".to_owned(),
            ..Default::default()
        }),
    };
    let named = world.provider(OWNER).put_own_offering(named).await;
    named.unwrap();
    let order = world.order(&offering).await;
    let technical = created(&mut world.provider(OWNER), activate("BB-100-100")).await;
    let form = pb::orders::PutOwnOrderFormRequest {
        expected_version: 0,
        fields: vec![crate::forms::door_code()],
    };
    let mut owner = world.provider(OWNER);
    owner.put_own_order_form(form).await.unwrap();
    let notice = uuid::Uuid::now_v7().to_string();
    let message = pb::privacy::RecipientNotified {
        request_id: uuid::Uuid::now_v7().to_string(),
        network: "HAM".to_owned(),
        recipient: format!("provider:{OWNER}"),
        record_ids: vec![order.order_id.clone()],
        kind: "erasure".to_owned(),
        notice_id: notice.clone(),
    };
    world
        .rights_say("rights.recipient.notified.v1", &notice, &message)
        .await;
    let arrived = async |owner: &mut System| {
        let all = pb::orders::ListNoticesRequest::default();
        let notices = owner.list_notices(all).await.unwrap().into_inner().notices;
        !notices.is_empty()
    };
    testkit::eventually!(PATIENCE, arrived(&mut owner).await);
    Owned {
        order,
        technical: technical.order_id,
        notice,
        offering,
    }
}

/// Every call that names what is the owner's, the reason that is expected, and what came of it.
async fn refusals(
    stranger: &mut System,
    owned: &Owned,
) -> Vec<(&'static str, &'static str, Status)> {
    let order_id = owned.order.order_id.clone();
    let technical = owned.technical.clone();
    let (no_order, no_technical) = ("ORDER_NOT_FOUND", "TECHNICAL_ORDER_NOT_FOUND");
    let mut all = Vec::new();
    macro_rules! refused {
        ($method:literal, $reason:expr, $call:ident, $request:expr) => {
            let refused = stranger.$call($request).await.map(drop).unwrap_err();
            all.push(($method, $reason, refused));
        };
    }
    for request in [
        pb::orders::GetProviderOrderRequest {
            order_id: order_id.clone(),
            ..Default::default()
        },
        pb::orders::GetProviderOrderRequest {
            order_number: owned.order.order_number.clone(),
            ..Default::default()
        },
    ] {
        refused!("GetProviderOrder", no_order, get_provider_order, request);
    }
    // The form that the owner has put, read and replaced as if it were the stranger's.
    let request = pb::orders::GetOwnOrderFormRequest { version: 1 };
    refused!(
        "GetOwnOrderForm",
        "FORM_NOT_FOUND",
        get_own_order_form,
        request
    );
    let request = pb::orders::PutOwnOrderFormRequest {
        expected_version: 1,
        fields: Vec::new(),
    };
    refused!(
        "PutOwnOrderForm",
        "FORM_VERSION_CHANGED",
        put_own_order_form,
        request
    );
    // The owner's offering, changed and ended as if it were the stranger's.
    let request = pb::orders::PutOwnOfferingRequest {
        offering: Some(pb::orders::Offering {
            offering_id: owned.offering.clone(),
            service: "BB-100-100".to_owned(),
            name: "ours now".to_owned(),
            external_product_id: "p-1".to_owned(),
            external_offering_id: "o-1".to_owned(),
            ..Default::default()
        }),
    };
    let no_offering = "OFFERING_NOT_FOUND";
    refused!("PutOwnOffering", no_offering, put_own_offering, request);
    let by_id = pb::orders::RemoveOwnOfferingRequest {
        offering_id: owned.offering.clone(),
        ..Default::default()
    };
    let by_key = pb::orders::RemoveOwnOfferingRequest {
        external_product_id: "p-1".to_owned(),
        external_offering_id: "o-1".to_owned(),
        ..Default::default()
    };
    for request in [by_id, by_key] {
        refused!(
            "RemoveOwnOffering",
            no_offering,
            remove_own_offering,
            request
        );
    }
    let request = pb::orders::GetPersonalDataRequest {
        order_id: order_id.clone(),
        purpose: "to deliver the order".to_owned(),
    };
    refused!("GetPersonalData", no_order, get_personal_data, request);
    let request = pb::orders::AcknowledgeOrderRequest {
        order_id: order_id.clone(),
    };
    refused!("AcknowledgeOrder", no_order, acknowledge_order, request);
    for status in [
        OrderStatus::Received,
        OrderStatus::Delivered,
        OrderStatus::Cancelled,
    ] {
        let request = pb::orders::SetStatusRequest {
            order_id: order_id.clone(),
            status: status.into(),
            message: String::new(),
        };
        refused!("SetStatus", no_order, set_status, request);
    }
    let request = pb::orders::AddMessageRequest {
        order_id: order_id.clone(),
        command_id: uuid::Uuid::now_v7().to_string(),
        r#type: pb::orders::MessageType::Log.into(),
        message: "ours now".to_owned(),
    };
    refused!("AddMessage", no_order, add_message, request);
    let request = pb::orders::ListOrderLogRequest {
        order_id: order_id.clone(),
        page: None,
    };
    refused!("ListOrderLog", no_order, list_order_log, request);
    let request = pb::orders::ListOwnLogRequest {
        order_number: owned.order.order_number.clone(),
        ..Default::default()
    };
    refused!("ListOwnLog", no_order, list_own_log, request);
    let request = pb::orders::AcknowledgeNoticeRequest {
        notice_id: owned.notice.clone(),
    };
    refused!(
        "AcknowledgeNotice",
        "NOTICE_NOT_FOUND",
        acknowledge_notice,
        request
    );
    let request = pb::orders::GetTechnicalOrderRequest {
        order_id: technical.clone(),
    };
    refused!(
        "GetTechnicalOrder",
        no_technical,
        get_technical_order,
        request
    );
    let request = pb::orders::ChangeTechnicalOrderRequest {
        order_id: technical.clone(),
        asked: Some(TechnicalOrderInput {
            sp_reference: "ours".to_owned(),
            ..activate("BB-100-100")
        }),
        version: 0,
    };
    refused!(
        "ChangeTechnicalOrder",
        no_technical,
        change_technical_order,
        request
    );
    let request = pb::orders::DeleteTechnicalOrderRequest {
        order_id: technical,
    };
    refused!(
        "DeleteTechnicalOrder",
        no_technical,
        delete_technical_order,
        request
    );
    for forced_takeover in [false, true] {
        let request = pb::orders::CreateTechnicalOrderRequest {
            asked: Some(TechnicalOrderInput {
                forced_takeover,
                ..activate("BB-250-250")
            }),
        };
        refused!(
            "CreateTechnicalOrder",
            "SERVICE_TYPE_CLAIMED",
            create_technical_order,
            request
        );
    }
    all
}

/// Every call that lists, and how much it gives.
async fn lists(stranger: &mut System) -> Vec<(&'static str, usize)> {
    let mut orders = stranger
        .stream_orders(pb::orders::StreamOrdersRequest::default())
        .await
        .unwrap()
        .into_inner();
    let streamed = orders.message().await.unwrap();
    let mut all = vec![("StreamOrders", usize::from(streamed.is_some()))];
    macro_rules! listed {
        ($method:literal, $call:ident, $request:expr, $what:ident) => {
            let answer = stranger.$call($request).await.unwrap().into_inner();
            all.push(($method, answer.$what.len()));
        };
    }
    let request = pb::orders::ListProviderOrdersRequest {
        placed_since: Some(prost_types::Timestamp::default()),
        page: None,
    };
    listed!("ListProviderOrders", list_provider_orders, request, orders);
    let request = pb::orders::ListOwnLogRequest::default();
    listed!("ListOwnLog", list_own_log, request, lines);
    let request = pb::orders::ReportOwnOrdersRequest {
        from: "2026-01-01".to_owned(),
        until: "2026-12-31".to_owned(),
        interval: pb::orders::ReportInterval::Month.into(),
        group_by: 0,
    };
    listed!("ReportOwnOrders", report_own_orders, request, rows);
    let request = pb::orders::ListOwnOfferingsRequest {
        include_ended: true,
        page: None,
    };
    listed!("ListOwnOfferings", list_own_offerings, request, offerings);
    let request = pb::orders::ListNoticesRequest {
        include_acknowledged: true,
    };
    listed!("ListNotices", list_notices, request, notices);
    let request = pb::orders::ListTechnicalOrdersRequest::default();
    listed!(
        "ListTechnicalOrders",
        list_technical_orders,
        request,
        orders
    );
    let request = pb::orders::ListSubscriptionsRequest::default();
    listed!(
        "ListSubscriptions",
        list_subscriptions,
        request,
        subscriptions
    );
    let request = pb::orders::ListTechnicalEventsRequest {
        size: 100,
        ..Default::default()
    };
    listed!(
        "ListTechnicalEvents",
        list_technical_events,
        request,
        events
    );
    all
}

/// The calls of the providers' service, as its contract says.
fn methods() -> BTreeSet<String> {
    let files = prost_types::FileDescriptorSet::decode(pb::DESCRIPTORS).unwrap();
    let services = files.file.into_iter().flat_map(|file| file.service);
    let providers = services.filter(|service| service.name() == "ProviderService");
    providers
        .flat_map(|service| service.method)
        .map(|method| method.name().to_owned())
        .collect()
}
