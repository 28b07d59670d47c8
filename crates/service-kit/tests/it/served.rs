//! What else the server does: the fence, health, reflection, deadlines, the trace, the end.

use std::time::Duration;

use service_kit::error::reason_of;
use service_kit::lifecycle::STARTING;
use service_kit::telemetry::TraceContext;
use tonic::Code;
use tonic::metadata::MetadataMap;
use tonic::service::Routes;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::installation::{Installation, MINUTE, caller};
use crate::serving::{Serving, call, call_as, was_reached};

const HEAD: &str = "/uttag.rights.v1.HolderService/GetLedgerHead";
const KEYS: &str = "/uttag.rights.v1.HolderService/GetSearchKeys";

#[tokio::test]
async fn behind_the_fence_only_named_methods_answer() {
    let here = Installation::new();
    let routes = Routes::from(axum::Router::new().fallback(|| async {
        tonic::Status::unimplemented("reached").into_http::<axum::body::Body>()
    }));
    let serving = Serving::start_with(&here, "rights", None, routes, &[HEAD]).await;
    let channel = serving.channel();
    serving.readiness.hold("fence");
    let status = call_as(&here, &channel, "orders", "rights", KEYS).await;
    assert_eq!(
        (status.code(), reason_of(&status).as_deref()),
        (Code::Unavailable, Some("FENCED"))
    );
    assert!(was_reached(
        &call_as(&here, &channel, "orders", "rights", HEAD).await
    ));
    // Open does not mean for everybody.
    assert_eq!(
        call(&channel, HEAD, None).await.code(),
        Code::Unauthenticated
    );
    serving.readiness.release("fence");
    assert!(was_reached(
        &call_as(&here, &channel, "orders", "rights", KEYS).await
    ));
}

#[tokio::test]
async fn health_needs_no_token_and_says_what_readiness_says() {
    let here = Installation::new();
    let serving = Serving::start(&here, "orders", None).await;
    let status = || async {
        let answer = HealthClient::new(serving.channel())
            .check(HealthCheckRequest::default())
            .await
            .unwrap();
        answer.into_inner().status()
    };
    testkit::eventually!(
        Duration::from_secs(5),
        status().await == ServingStatus::Serving
    );
    serving.readiness.hold(STARTING);
    testkit::eventually!(
        Duration::from_secs(5),
        status().await == ServingStatus::NotServing
    );
}

#[tokio::test]
async fn reflection_is_for_those_with_a_token() {
    let here = Installation::new();
    let serving = Serving::start(&here, "orders", None).await;
    let channel = serving.channel();
    let path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    assert_eq!(
        call(&channel, path, None).await.code(),
        Code::Unauthenticated
    );
    let token = here
        .issuer("gateway")
        .issue(&caller("dpo"), "orders", MINUTE);
    assert_ne!(
        call(&channel, path, Some(&token)).await.code(),
        Code::Unauthenticated
    );
}

#[tokio::test]
async fn two_tokens_are_none() {
    let here = Installation::new();
    let serving = Serving::start(&here, "orders", None).await;
    let token = here
        .issuer("gateway")
        .issue(&caller("admin"), "orders", MINUTE);
    let mut client =
        api::orders::orders_service_client::OrdersServiceClient::new(serving.channel());
    let mut request = tonic::Request::new(api::orders::ListOrdersRequest::default());
    for _ in 0..2 {
        request
            .metadata_mut()
            .append("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let status = client.list_orders(request).await.unwrap_err();
    assert_eq!(reason_of(&status).as_deref(), Some("TOKEN_MISSING"));
}

#[tokio::test]
async fn a_call_ends_when_its_caller_stops_waiting() {
    let here = Installation::new();
    let routes = Routes::from(axum::Router::new().fallback(|| async {
        std::future::pending::<()>().await;
    }));
    let serving = Serving::start_with(&here, "rights", None, routes, &[]).await;
    let channel =
        service_kit::grpc::as_service(serving.channel(), here.issuer("orders").into(), "rights");
    let mut client = api::rights::holder_service_client::HolderServiceClient::new(channel);
    let mut request = tonic::Request::new(api::rights::GetLedgerHeadRequest::default());
    request.set_timeout(Duration::from_millis(200));
    let status = client.get_ledger_head(request).await.unwrap_err();
    assert!(
        matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled),
        "{status:?}"
    );
}

#[tokio::test]
async fn a_trace_goes_through_metadata_unchanged() {
    let place = TraceContext {
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into(),
        tracestate: "vendor=1".into(),
    };
    let mut metadata = MetadataMap::new();
    place.write(&mut metadata);
    assert_eq!(TraceContext::from_headers(&metadata.into_headers()), place);
    let mut metadata = MetadataMap::new();
    TraceContext::default().write(&mut metadata);
    assert!(metadata.is_empty());
}

#[tokio::test]
async fn a_server_that_stops_takes_no_more_calls() {
    let here = Installation::new();
    let serving = Serving::start(&here, "rights", None).await;
    assert!(was_reached(
        &call_as(&here, &serving.channel(), "orders", "rights", HEAD).await
    ));
    serving.shutdown.cancel();
    let refused = || async {
        tokio::net::TcpStream::connect(serving.address)
            .await
            .is_err()
    };
    testkit::eventually!(Duration::from_secs(5), refused().await);
}
