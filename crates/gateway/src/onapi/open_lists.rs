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
