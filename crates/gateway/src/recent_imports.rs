//! The rejected rows of the last imports, for the download. They name residents: in memory only, for half an hour, and
//! for the network that sent them.

use std::collections::VecDeque;
use std::sync::Mutex;

use api::registry::{ImportAddressFileResponse, ImportReport};
use chrono::{DateTime, Duration, Utc};
use kernel::{NetworkCode, SharedClock};

use crate::limits;

/// A bounded memory of imports.
#[derive(Debug)]
pub struct RecentImports {
    clock: SharedClock,
    kept: Mutex<VecDeque<Kept>>,
}

struct Kept {
    network: NetworkCode,
    at: DateTime<Utc>,
    response: ImportAddressFileResponse,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept")
            .field("network", &self.network)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl RecentImports {
    /// An empty one.
    pub fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            kept: Mutex::default(),
        }
    }

    /// Keeps one; the oldest goes when there are too many.
    pub fn keep(&self, network: &NetworkCode, response: ImportAddressFileResponse) {
        let mut kept = self.kept.lock().expect("no panic while held");
        if kept.len() >= limits::RECENT_IMPORTS {
            kept.pop_front();
        }
        kept.push_back(Kept {
            network: network.clone(),
            at: self.clock.now(),
            response,
        });
    }

    /// The report of an import of this network, if it is kept.
    pub fn report(&self, network: &NetworkCode, import_id: &str) -> Option<ImportReport> {
        self.find(network, import_id, |response| response.report.clone())?
    }

    /// The rejected rows as a file, if they are kept and there are any.
    pub fn rejected_file(&self, network: &NetworkCode, import_id: &str) -> Option<Vec<u8>> {
        self.find(network, import_id, |response| {
            response.rejected_file.clone()
        })
        .filter(|file| !file.is_empty())
    }

    /// Forgets what is too old; called by the sweep as well, so that nothing lies longer than it says.
    pub fn forget_old(&self) {
        let oldest = self.clock.now() - Duration::minutes(limits::RECENT_IMPORT_MINUTES);
        self.kept
            .lock()
            .expect("no panic while held")
            .retain(|kept| kept.at > oldest);
    }

    fn find<T>(
        &self,
        network: &NetworkCode,
        import_id: &str,
        take: impl Fn(&ImportAddressFileResponse) -> T,
    ) -> Option<T> {
        self.forget_old();
        let kept = self.kept.lock().expect("no panic while held");
        let is_it = |kept: &&Kept| {
            kept.network == *network
                && kept
                    .response
                    .report
                    .as_ref()
                    .is_some_and(|r| r.import_id == import_id)
        };
        kept.iter()
            .rev()
            .find(is_it)
            .map(|kept| take(&kept.response))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use kernel::FixedClock;

    fn response(id: &str) -> ImportAddressFileResponse {
        let report = ImportReport {
            import_id: id.to_owned(),
            ..ImportReport::default()
        };
        ImportAddressFileResponse {
            report: Some(report),
            rejected_file: b"rows".to_vec(),
        }
    }

    #[test]
    fn only_its_own_network_sees_it_and_only_for_a_while() {
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let recent = RecentImports::new(Arc::new(clock.clone()));
        let (ham, vik) = (
            NetworkCode::parse("HAM").unwrap(),
            NetworkCode::parse("VIK").unwrap(),
        );
        recent.keep(&ham, response("a"));
        assert_eq!(
            recent.rejected_file(&ham, "a").as_deref(),
            Some(&b"rows"[..])
        );
        assert!(recent.rejected_file(&vik, "a").is_none());
        clock.advance(Duration::minutes(limits::RECENT_IMPORT_MINUTES));
        assert!(recent.report(&ham, "a").is_none());
    }

    #[test]
    fn it_is_bounded() {
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let recent = RecentImports::new(Arc::new(clock));
        let ham = NetworkCode::parse("HAM").unwrap();
        for n in 0..=limits::RECENT_IMPORTS {
            recent.keep(&ham, response(&n.to_string()));
        }
        assert!(recent.report(&ham, "0").is_none() && recent.report(&ham, "1").is_some());
    }
}
