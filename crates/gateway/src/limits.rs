//! Every limit of the gateway, with its name and why it is there.

use chrono::Duration;

/// A form has a dozen short fields; more is an attack.
pub const FORM_BYTES: usize = 64 * 1024;
/// The draft of an order form with 40 questions of 60 choices, as it is carried in the pages of its editor.
pub const DRAFT_BYTES: usize = 2 * 1024 * 1024;
/// An address file goes through in pieces; a million rows have 200 MB, and the registry takes no more than this.
pub const UPLOAD_BYTES: usize = 1024 * 1024 * 1024;
/// One field of a form, in characters; the longest is a note.
pub const FIELD_CHARS: usize = 4_000;
/// A piece of an upload on its way to the registry; below gRPC's message limit.
pub const CHUNK_BYTES: usize = 512 * 1024;
/// A certificate or a package is streamed through; what is collected in memory stays below this.
pub const DOCUMENT_BYTES: usize = 64 * 1024 * 1024;
/// A page of a list: as many as somebody reads.
pub const PAGE_SIZE: u32 = 50;
/// Users of one network that the page shows.
pub const USERS: u64 = 500;
/// How long a visitor's page waits for a service.
pub const CALL_MS: u64 = 8_000;
/// How long an import may take before the browser is told.
pub const IMPORT_MS: u64 = 300_000;
/// How long a whole request may take.
pub const REQUEST_MS: u64 = 310_000;
/// Passwords hashed at once: each takes 19 MiB and a core.
pub const HASHING: usize = 2;
/// Addresses that the rate limiter remembers; the oldest go first.
pub const RATE_ADDRESSES: usize = 20_000;

/// Lists over ON-API that one provider may read at the same time in one network: each holds a stream of the registry.
pub const ON_API_LISTS: usize = 4;
/// Such lists altogether. What is unread of them must leave most of the connection to the registry to everybody else.
pub const ON_API_LISTS_OF_ALL: usize = 24;

/// A technical order has a dozen short members.
pub const ON_API_BODY_BYTES: usize = 16 * 1024;
/// Its JSON is an object in an array in an object at most.
pub const ON_API_DEPTH: usize = 8;
/// Technical orders of one answer, which knows no pages: those that are not done.
pub const ON_API_ORDERS: usize = 10_000;
/// Subscriptions of one answer, which is collected in memory; more are read by their changes.
pub const ON_API_SUBSCRIPTIONS: usize = 100_000;
/// Events of orders and subscriptions of one answer; the rest comes with the next.
pub const ON_API_EVENTS: usize = 10_000;
/// Such events that are asked of the orders service at once.
pub const ON_API_EVENTS_PAGE: u32 = 1_000;

/// Orders or subscriptions that are asked of the orders service at once.
pub fn on_api_page(page_token: &str) -> api::common::PageRequest {
    api::common::PageRequest {
        page_size: 200,
        page_token: page_token.to_owned(),
    }
}

/// A change carries the time at which its transaction began. After this long none of that second is to come any more:
/// until then the accesses of a change's second are sent again to whoever asks again.
pub fn on_api_settled() -> Duration {
    Duration::minutes(15)
}

/// The same for events, which must not be sent twice and wait instead. Short, because whoever polls wants to know soon.
pub fn on_api_events_settled() -> Duration {
    Duration::minutes(1)
}

/// Events over ON-API that somebody gets who names no time (at least a day, on-api.md §1.3).
pub fn on_api_events() -> Duration {
    Duration::hours(24)
}

/// A credential's last use is noted this exactly; a system that polls must not write each time.
pub fn credential_used() -> Duration {
    Duration::minutes(1)
}

/// Files of accesses that one provider reads at the same time in one network: the two kinds that there are.
pub const MARKET_FILES: usize = 2;
/// Such files altogether: each holds a stream of the registry. With the lists over ON-API, what is unread of them leaves a
/// third of the connection to the registry to everybody else.
pub const MARKET_FILES_OF_ALL: usize = 16;
/// How long such a file, or a list over ON-API, waits for the registry's next accesses before it is broken off.
pub const MARKET_PAGE_MS: u64 = 60_000;
/// How long the file waits for a reader that takes nothing.
pub const MARKET_STALL_MS: u64 = 60_000;

/// Posts of one call of the import API (market-database.md §2.6).
pub const LEGACY_POSTS: usize = 100;
/// Bytes of such a call: a hundred posts of forty fields have a fifth of it.
pub const LEGACY_BODY_BYTES: usize = 1024 * 1024;
/// Parameters of such a call: a hundred fields for each post, and some beside.
pub const LEGACY_PARAMETERS: usize = 10_100;
/// Characters of a post's key.
pub const LEGACY_KEY_CHARS: usize = 64;
/// Orders of one answer of the legacy order API, which knows no pages.
pub const LEGACY_ORDERS: usize = 10_000;
/// Customers of one answer: each is opened and recorded by itself, in some milliseconds.
pub const LEGACY_CUSTOMERS: usize = 200;
/// Lines of a log: hundreds of times what an order's life leaves. Who writes more sees the first of them.
pub const LEGACY_LOG: usize = 2_000;
/// Orders, or lines of a log, that are asked of the orders service at once.
pub const LEGACY_PAGE: u32 = 200;
/// Seconds that such a list reaches back before the time that was asked for: an order's time is a little before it can be
/// seen, and who asks since the last answer must not miss it.
pub const LEGACY_OVERLAP_S: i64 = 60;
/// How long a call of the import API waits for the registry, which may be busy with a whole file of the network.
pub const LEGACY_CALL_MS: u64 = 60_000;

/// What `api_login` gave is valid for so long (market-database.md §1).
pub fn legacy_login() -> Duration {
    Duration::minutes(20)
}

/// A session ends after this much silence.
pub fn session_idle() -> Duration {
    Duration::minutes(30)
}

/// A session ends after this long, however busy.
pub fn session_absolute() -> Duration {
    Duration::hours(12)
}

/// An invitation waits this long.
pub fn invitation() -> Duration {
    Duration::hours(72)
}

/// Connecting an authenticator app must be done within this time.
pub fn enrolment() -> Duration {
    Duration::minutes(15)
}

/// A receipt can be looked at for this long; the mail stays.
pub fn receipt() -> Duration {
    Duration::days(2)
}

/// A caller token; services refuse older ones, and a stolen one is soon worthless.
pub fn token() -> std::time::Duration {
    std::time::Duration::from_mins(5)
}
