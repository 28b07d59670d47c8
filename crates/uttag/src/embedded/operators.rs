//! The port for operators of the whole process: ready when every service is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use service_kit::admin;
use service_kit::lifecycle::{Lifecycle, Readiness};
use service_kit::telemetry::metrics_handle;
use tokio::net::TcpListener;

/// What is known of each service: its readiness, or nothing when it does not run. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Board(Arc<Mutex<BTreeMap<&'static str, Option<Readiness>>>>);

impl Board {
    /// The service runs from now on, or no longer.
    pub(super) fn note(&self, service: &'static str, readiness: Option<Readiness>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(service, readiness);
    }

    /// Why the process is not ready, as "orders: fence".
    pub(super) fn reasons(&self) -> Vec<String> {
        let board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board
            .iter()
            .flat_map(|(service, readiness)| {
                let reasons = readiness
                    .as_ref()
                    .map_or_else(|| vec!["stopped"], Readiness::reasons);
                reasons
                    .into_iter()
                    .map(move |reason| format!("{service}: {reason}"))
            })
            .collect()
    }
}

/// Serves the port until `lifecycle` stops.
pub(super) fn serve(listener: TcpListener, board: Board, lifecycle: &Lifecycle) {
    let shutdown = lifecycle.shutdown.clone();
    let reasons = Arc::new(move || board.reasons());
    lifecycle.spawn(
        "operators",
        admin::serve(listener, reasons, metrics_handle(), shutdown),
    );
}

#[cfg(test)]
mod tests {
    use service_kit::lifecycle::{Readiness, STARTING};

    use super::Board;

    #[test]
    fn every_service_has_a_say() {
        let (board, orders) = (Board::default(), Readiness::new());
        board.note("orders", Some(orders.clone()));
        board.note("crm", None);
        assert_eq!(board.reasons(), ["crm: stopped", "orders: starting"]);
        orders.release(STARTING);
        board.note("crm", Some(orders));
        assert!(board.reasons().is_empty());
    }
}
