//! Tasks that cannot fail: they try on.

use std::convert::Infallible;

use service_kit::lifecycle::Lifecycle;

/// Runs a task that ends when the process stops, or by itself.
pub(crate) fn spawn(
    lifecycle: &Lifecycle,
    name: &'static str,
    task: impl Future<Output = ()> + Send + 'static,
) {
    lifecycle.spawn(name, async move {
        task.await;
        Ok::<_, Infallible>(())
    });
}
