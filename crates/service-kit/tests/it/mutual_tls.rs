//! Real mTLS with the development certificates: who has none is refused, and a service's token needs that service's own.

use std::os::unix::fs::PermissionsExt as _;

use service_kit::dev_certs;
use service_kit::error::reason_of;
use service_kit::grpc::{self, ClientTls, Endpoint};
use tonic::Code;
use tonic::transport::Channel;

use crate::installation::{Installation, MINUTE, caller};
use crate::serving::{Serving, call, call_as, was_reached};

const RESOLVE: &str = "/uttag.registry.v1.RegistryService/ResolvePlace";

struct Tls {
    here: Installation,
    serving: Serving,
}

impl Tls {
    async fn start() -> Self {
        let here = Installation::new();
        dev_certs::create(
            here.folder.path().join("tls"),
            &["registry", "orders", "crm", "gateway"],
        )
        .unwrap();
        let files = dev_certs::server_files(here.folder.path().join("tls"), "registry");
        let serving = Serving::start(&here, "registry", Some(files)).await;
        Self { here, serving }
    }

    fn files(&self, service: &str) -> ClientTls {
        dev_certs::client_files(self.here.folder.path().join("tls"), service)
    }

    fn channel(&self, tls: ClientTls) -> Channel {
        let url = format!("https://localhost:{}", self.serving.address.port());
        grpc::channel(&Endpoint {
            url,
            tls: Some(tls),
        })
        .unwrap()
    }
}

#[tokio::test]
async fn a_service_calls_with_its_certificate_and_its_token() {
    let tls = Tls::start().await;
    let channel = tls.channel(tls.files("orders"));
    let status = call_as(&tls.here, &channel, "orders", "registry", RESOLVE).await;
    assert!(was_reached(&status), "{status:?}");
}

#[tokio::test]
async fn a_stolen_service_token_is_worthless_with_another_certificate() {
    let tls = Tls::start().await;
    let channel = tls.channel(tls.files("crm"));
    let status = call_as(&tls.here, &channel, "orders", "registry", RESOLVE).await;
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(reason_of(&status).as_deref(), Some("PEER_MISMATCH"));
}

#[tokio::test]
async fn the_gateway_brings_tokens_of_staff() {
    let tls = Tls::start().await;
    let channel = tls.channel(tls.files("gateway"));
    let token = tls
        .here
        .issuer("gateway")
        .issue(&caller("admin"), "registry", MINUTE);
    let status = call(
        &channel,
        "/uttag.registry.v1.RegistryService/GetAccess",
        Some(&token),
    )
    .await;
    assert!(was_reached(&status), "{status:?}");
}

#[tokio::test]
async fn nobody_connects_without_a_certificate_or_with_a_foreign_one() {
    let tls = Tls::start().await;
    let foreign = tempfile::tempdir().unwrap();
    dev_certs::create(foreign.path(), &["orders"]).unwrap();
    let without = ClientTls {
        cert: None,
        key: None,
        ..tls.files("orders")
    };
    let stranger = dev_certs::client_files(foreign.path(), "orders");
    let stranger = ClientTls {
        ca: tls.files("orders").ca,
        ..stranger
    };
    for refused in [without, stranger] {
        let channel = tls.channel(refused);
        let status = call_as(&tls.here, &channel, "orders", "registry", RESOLVE).await;
        assert!(
            !was_reached(&status) && reason_of(&status).is_none(),
            "{status:?}"
        );
        assert!(
            matches!(
                status.code(),
                Code::Unavailable | Code::Unknown | Code::Internal
            ),
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn a_server_of_a_foreign_authority_is_not_believed() {
    let tls = Tls::start().await;
    let foreign = tempfile::tempdir().unwrap();
    dev_certs::create(foreign.path(), &["orders"]).unwrap();
    let channel = tls.channel(ClientTls {
        ca: foreign.path().join("ca.pem"),
        ..tls.files("orders")
    });
    let status = call_as(&tls.here, &channel, "orders", "registry", RESOLVE).await;
    assert!(!was_reached(&status), "{status:?}");
}

#[tokio::test]
async fn a_plain_client_gets_nowhere() {
    let tls = Tls::start().await;
    let channel = grpc::channel(&Endpoint::plain(tls.serving.address)).unwrap();
    let status = call_as(&tls.here, &channel, "orders", "registry", RESOLVE).await;
    assert!(!was_reached(&status), "{status:?}");
}

#[test]
fn keys_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    dev_certs::create(folder.path(), &["orders"]).unwrap();
    for key in ["ca.key", "orders.key"] {
        let mode = std::fs::metadata(folder.path().join(key))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
}
