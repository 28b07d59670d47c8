//! Every limit of the registry, with a name and the reason why it is there.

/// A row of an address file has some 20 short fields; a longer one is an unclosed quote.
pub const ROW_BYTES_MAX: usize = 64 * 1024;
/// A quoted field may hold a line break, but a row over more lines is an unclosed quote.
pub const ROW_LINES_MAX: usize = 8;
/// MdB2 has about 40 columns; more than this is another kind of file.
pub const COLUMNS_MAX: usize = 200;
/// Characters of one known field (ON-API `text`).
pub const FIELD_CHARS_MAX: usize = 255;
/// Characters of one value kept from a column that we do not know.
pub const UNKNOWN_VALUE_CHARS_MAX: usize = 2_000;
/// A file of 1,000,000 accesses has about 200 MB; what is larger does not come by this door.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// One piece of the stream, as the contract says.
pub const CHUNK_BYTES_MAX: usize = 1024 * 1024;
/// With more rejected rows than this the file as a whole is wrong, and keeping every reason would cost memory.
pub const REJECTED_ROWS_MAX: usize = 100_000;
/// Rows of a file that are judged, sealed and staged together.
pub const STAGE_ROWS: usize = 1_000;
/// People of an import that are admitted and sealed together.
pub const PEOPLE_ROWS: u64 = 20_000;
/// Accesses of each kind in a preview: as many as somebody looks at.
pub const SAMPLES: u64 = 20;
/// An interrupted import is shown for so long; then it is dropped by itself. Nothing goes on with it: the file is sent again.
pub const INTERRUPTED_HOURS: i64 = 2;
/// How often an import that comes in is said to do so, before it counts as interrupted.
pub const STAGING_SIGNS: u32 = 5;
/// Days that rejected rows are kept; `personal_data` declares the same.
pub const REJECTED_DAYS: i64 = 90;
/// Characters of the reason that an edit of staff states.
pub const REASON_CHARS_MAX: usize = 200;
/// Rejections in a report; the file of rejected rows has them all.
pub const REPORTED_REJECTIONS_MAX: usize = 1_000;
/// Remarks on taken rows in a report: enough to see what they are about; all of them are counted.
pub const REPORTED_REMARKS_MAX: usize = 200;
/// The file of rejected rows that comes with an answer; a longer one is streamed.
pub const REJECTED_FILE_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Characters of a refused value that a report repeats.
pub const REPORTED_VALUE_CHARS_MAX: usize = 60;
/// kbit/s of a port in a file of MdB1 (market-database.md §2.5, column X).
pub const MDB1_PORT_KBPS: std::ops::RangeInclusive<u32> = 256..=1_000_000;
/// kbit/s of a port elsewhere: from MdB1's least to 100 Gbit/s, for ports of 10 Gbit/s are sold by now.
pub const PORT_KBPS: std::ops::RangeInclusive<u32> = 256..=100_000_000;
/// Mbit/s of a port (PI-API): the same in its unit.
pub const PORT_MBPS: std::ops::RangeInclusive<u32> = 1..=100_000;
/// Rows compared and written per statement: both databases limit the bound parameters of one.
pub const BATCH_ROWS: usize = 500;
/// Services listed for one access.
pub const SERVICES_MAX: usize = 50;
/// A typed search: shorter finds everything, longer finds nothing.
pub const QUERY_CHARS: std::ops::RangeInclusive<usize> = 2..=80;
/// Words of a search that are looked at.
pub const QUERY_WORDS_MAX: usize = 12;
/// Places in one answer of a search.
pub const PLACES_MAX: usize = 20;
/// Places in an answer when the caller asks for none in particular.
pub const PLACES_DEFAULT: usize = 10;
/// Residents of one name that are shown: whoever means one of more knows more of them than the name (decision 17).
pub const RESIDENTS_MAX: usize = 20;
/// Accesses at one address that staff choose from: as many as a request of a person can name.
pub const ACCESSES_AT_MAX: usize = 20;
/// Addresses of the past that are looked through for one street number of a postal code: a tower with 200 apartments and a
/// history of 50 imports.
pub const FORMER_ROWS_MAX: u64 = 10_000;
/// Rows of one page of a list.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Rows of a page when the caller asks for none in particular.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// How long a place handle can be used: a visit to the web page, not a bookmark.
pub const HANDLE_MINUTES: i64 = 60;
/// Characters of the purpose that a reading states.
pub const PURPOSE_CHARS_MAX: usize = 200;
/// Changes of one message of the feed: little enough to hold, enough to be quick.
pub const FEED_PAGE: u64 = 500;
/// Streams of accesses that one provider reads to their end, without following, at the same time in one network. Its lists
/// and files at the gateway are among them: six, each of them asked about and then read.
pub const MARKET_STREAMS: usize = 16;
/// Counts accesses that providers were given.
pub const MARKET_ACCESSES: &str = "registry_market_accesses_total";
/// Ended accesses that are taken away in one transaction.
pub const PURGE_ROWS: u64 = 5_000;
/// Hours in which another person decides about a disclosure.
pub const DISCLOSURE_DECIDE_HOURS: i64 = 24;
/// Minutes after the approval in which the people can be looked at.
pub const DISCLOSURE_LOOK_MINUTES: i64 = 60;
/// Days that it is known who asked to see protected people, and who approved.
pub const DISCLOSURE_DAYS: i64 = 730;
/// Posts of one call: the market database's own limit (market-database.md §2.6), which senders count on.
pub const POSTS_MAX: usize = 100;
/// Fields of one post: MdB2 has about 40.
pub const POST_FIELDS_MAX: usize = 100;
/// Bytes of a post's values; with all columns of a file it still fits into a row of one.
pub const POST_BYTES_MAX: usize = 32 * 1024;
/// Characters of a field's name: MdB2's longest has 23.
pub const FIELD_NAME_CHARS_MAX: usize = 64;
/// Posts that a staged session takes, replaced ones too: more than the largest network has, less than a file may hold.
pub const SESSION_POSTS_MAX: u64 = 1_500_000;
/// Bytes that a staged session takes: with its separators it is a file that is small enough.
pub const SESSION_BYTES_MAX: u64 = FILE_BYTES_MAX / 2;
/// A staged session is closed after so many hours although posts still come: a system that sends every change as it
/// happens would keep it open for ever. A first load of a million accesses takes less.
pub const SESSION_HOURS_MAX: i64 = 8;
/// Whoever closes a session has so long; then another instance begins anew.
pub const SESSION_CLOSING_MINUTES: i64 = 30;
/// Sessions that are closed in one turn.
pub const SESSIONS: u64 = 50;
/// An import that changes fewer rows leaves the planner's figures as they are: making them anew costs more.
pub const ANALYZE_ROWS_MIN: u64 = 1_000;
/// Attempts of one night to fetch an address file; with the waits between them about an hour and a half.
pub const PULL_ATTEMPTS_MAX: u32 = 8;
/// Redirects within one host that a fetch follows.
pub const PULL_REDIRECTS_MAX: usize = 3;
/// Characters of an ETag or a Last-Modified that are remembered; a longer one is not.
pub const PULL_VALIDATOR_CHARS_MAX: usize = 1_024;
