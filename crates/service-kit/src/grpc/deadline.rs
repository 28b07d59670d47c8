//! No call waits for ever: the caller's own deadline, and ours where it has none.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderName, Request, Response};
use prost::Message as _;
use tonic::body::Body;
use tower::{Layer, Service};

/// The header by which a caller says how long it waits; tonic's server enforces it.
pub(super) const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// Until the answer begins. What a stream answers afterwards has all the time that it takes.
const CALL: Duration = Duration::from_secs(30);
/// Until a client has sent all it streams and the answer begins: a whole address file.
const UPLOAD: Duration = Duration::from_mins(30);

/// Methods whose requests are streams.
static UPLOADS: LazyLock<HashSet<String>> = LazyLock::new(uploads);

/// How long a call of this method may take until its answer begins.
pub(super) fn of(path: &str) -> Duration {
    if UPLOADS.contains(path) { UPLOAD } else { CALL }
}

/// Gives every request a deadline that has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeadlineLayer;

impl<S> Layer<S> for DeadlineLayer {
    type Service = DeadlineService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DeadlineService(inner)
    }
}

/// What [`DeadlineLayer`] makes of a service.
#[derive(Clone, Debug)]
pub(super) struct DeadlineService<S>(S);

impl<S> Service<Request<Body>> for DeadlineService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = super::respond::Answer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let deadline = of(request.uri().path());
        let answer = self.0.call(request);
        Box::pin(async move {
            match tokio::time::timeout(deadline, answer).await {
                Ok(answered) => answered,
                Err(_) => {
                    Ok(tonic::Status::deadline_exceeded("the call took too long").into_http())
                }
            }
        })
    }
}

fn uploads() -> HashSet<String> {
    let descriptors =
        prost_types::FileDescriptorSet::decode(api::DESCRIPTORS).expect("our own descriptors");
    let mut found = HashSet::new();
    for file in descriptors.file {
        for service in &file.service {
            for method in service
                .method
                .iter()
                .filter(|method| method.client_streaming())
            {
                found.insert(format!(
                    "/{}.{}/{}",
                    file.package(),
                    service.name(),
                    method.name()
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_has_more_time_than_a_question() {
        assert_eq!(
            of("/uttag.registry.v1.RegistryService/ImportAddressFile"),
            UPLOAD
        );
        assert_eq!(of("/uttag.registry.v1.RegistryService/GetPlace"), CALL);
        assert_eq!(of("/uttag.orders.v1.ProviderService/StreamOrders"), CALL);
    }
}
