//! A server that answers every method with `UNIMPLEMENTED reached`, and clients that call any path.

use std::net::SocketAddr;
use std::sync::Arc;

use service_kit::caller::{Caller, caller_of};
use service_kit::grpc::{self, Endpoint, Server, TlsFiles};
use service_kit::lifecycle::{Readiness, STARTING};
use tokio_util::sync::CancellationToken;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{GrpcMethod, Request, Status};

use crate::installation::Installation;

pub struct Serving {
    pub address: SocketAddr,
    pub readiness: Readiness,
    pub shutdown: CancellationToken,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Serving {
    pub async fn start(here: &Installation, audience: &str, tls: Option<TlsFiles>) -> Self {
        Self::start_with(here, audience, tls, Routes::from(reached()), &[]).await
    }

    pub async fn start_with(
        here: &Installation,
        audience: &str,
        tls: Option<TlsFiles>,
        routes: Routes,
        open_when_fenced: &'static [&'static str],
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (readiness, shutdown) = (Readiness::new(), CancellationToken::new());
        readiness.release(STARTING);
        let server = Server {
            listener,
            tls,
            routes,
            verifier: here.verifier(audience),
            readiness: readiness.clone(),
            open_when_fenced,
            shutdown: shutdown.clone(),
        };
        tokio::spawn(async move { grpc::serve(server).await.unwrap() });
        Self {
            address,
            readiness,
            shutdown,
        }
    }

    pub fn channel(&self) -> Channel {
        grpc::channel(&Endpoint::plain(self.address)).unwrap()
    }
}

/// Calls a method with this token, or with none.
pub async fn call(channel: &Channel, path: &str, token: Option<&str>) -> Status {
    match token {
        None => send(Grpc::new(channel.clone()), path).await,
        Some(token) => send(Grpc::new(grpc::with_token(channel.clone(), token)), path).await,
    }
}

/// Calls a method as a service.
pub async fn call_as(
    here: &Installation,
    channel: &Channel,
    service: &str,
    audience: &str,
    path: &str,
) -> Status {
    let issuer = Arc::new(here.issuer(service));
    send(
        Grpc::new(grpc::as_service(channel.clone(), issuer, audience)),
        path,
    )
    .await
}

async fn send<T>(mut client: Grpc<T>, path: &str) -> Status
where
    T: tonic::client::GrpcService<tonic::body::Body>,
    T::Error: Into<tonic::codegen::StdError>,
    T::ResponseBody: tonic::codegen::Body<Data = tonic::codegen::Bytes> + Send + 'static,
    <T::ResponseBody as tonic::codegen::Body>::Error: Into<tonic::codegen::StdError> + Send,
{
    client
        .ready()
        .await
        .map_err(|e| panic!("{}", e.into()))
        .unwrap();
    let mut request = Request::new(());
    request
        .extensions_mut()
        .insert(GrpcMethod::new("uttag.test", "Any"));
    let path = PathAndQuery::try_from(path).unwrap();
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    client
        .unary(request, path, codec)
        .await
        .expect_err("nothing answers OK here")
}

/// Whether the request came through all layers, with a caller.
pub fn was_reached(status: &Status) -> bool {
    status.code() == tonic::Code::Unimplemented && status.message() == "reached"
}

fn reached() -> axum::Router {
    axum::Router::new().fallback(|request: axum::extract::Request| async move {
        let request = Request::from_http(request);
        let known: Result<&Caller, Status> = caller_of(&request);
        match known {
            Ok(_) => Status::unimplemented("reached").into_http::<axum::body::Body>(),
            Err(_) => Status::unimplemented("reached without a caller").into_http(),
        }
    })
}
