//! Answers that never reach a service.

use std::pin::Pin;

use tonic::Status;
use tonic::body::Body;

/// A future that every layer here answers with.
pub(super) type Answer<E> = Pin<Box<dyn Future<Output = Result<http::Response<Body>, E>> + Send>>;

/// Refuses a request with a status.
pub(super) fn refuse<E: Send + 'static>(status: Status) -> Answer<E> {
    Box::pin(async move { Ok(status.into_http()) })
}
