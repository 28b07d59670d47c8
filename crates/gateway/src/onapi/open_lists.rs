//! How many lists each provider is reading: each holds a stream of the registry for as long as the reader takes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kernel::{NetworkCode, ProviderId};
use service_kit::caller::Caller;

use crate::limits;

type Reader = (Option<NetworkCode>, Option<ProviderId>);

/// The lists that are open.
#[derive(Clone, Debug, Default)]
pub struct OpenLists(Arc<Mutex<HashMap<Reader, usize>>>);

/// One list; closed when it goes.
#[derive(Debug)]
pub struct OpenList {
    all: OpenLists,
    reader: Reader,
}

impl OpenLists {
    /// One more for the caller, unless it, or all together, have as many as they may.
    pub fn open(&self, caller: &Caller) -> Option<OpenList> {
        let reader = (caller.network.clone(), caller.provider.clone());
        let mut open = self.0.lock().expect("no panic while held");
        let of_reader = open.get(&reader).copied().unwrap_or_default();
        let of_all: usize = open.values().sum();
        if of_reader >= limits::ON_API_LISTS || of_all >= limits::ON_API_LISTS_OF_ALL {
            return None;
        }
        open.insert(reader.clone(), of_reader + 1);
        drop(open);
        Some(OpenList {
            all: self.clone(),
            reader,
        })
    }
}

impl Drop for OpenList {
    fn drop(&mut self) {
        let mut open = self.all.0.lock().expect("no panic while held");
        if let Some(of_reader) = open.get_mut(&self.reader) {
            *of_reader -= 1;
            if *of_reader == 0 {
                open.remove(&self.reader);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Caller, NetworkCode, OpenLists, ProviderId, limits};
    use service_kit::caller::CallerKind;

    fn provider(name: &str) -> Caller {
        Caller {
            kind: CallerKind::Provider,
            id: format!("{name}-1"),
            roles: Vec::new(),
            network: Some(NetworkCode::parse("HAM").unwrap()),
            provider: Some(ProviderId::parse(name).unwrap()),
            purpose: None,
        }
    }

    #[test]
    fn each_has_its_share_and_all_together_have_an_end() {
        let lists = OpenLists::default();
        let mut open = Vec::new();
        for index in 0..limits::ON_API_LISTS_OF_ALL {
            let name = format!("provider{}", index / limits::ON_API_LISTS);
            open.push(lists.open(&provider(&name)).unwrap());
        }
        assert!(lists.open(&provider("another")).is_none());
        open.truncate(limits::ON_API_LISTS);
        assert!(lists.open(&provider("provider0")).is_none());
        assert!(lists.open(&provider("another")).is_some());
        drop(open);
        assert!(lists.0.lock().unwrap().is_empty());
    }
}
