//! Pages: how many rows one has, and whether another follows.

/// Rows of a page that does not say how many.
pub const PAGE_DEFAULT: u64 = 50;

/// Rows of a page at most: what a person scrolls through, and a message holds.
pub const PAGE_MAX: u64 = 200;

/// The rows of a page of which so many are wanted; 0 is [`PAGE_DEFAULT`].
pub(super) fn page_size(wanted: u64) -> u64 {
    match wanted {
        0 => PAGE_DEFAULT,
        wanted => wanted.min(PAGE_MAX),
    }
}

/// At most `size` rows of those that were read, one more than a page has, and whether there are more.
pub(super) fn cut<T>(mut rows: Vec<T>, size: u64) -> (Vec<T>, bool) {
    let more = rows.len() as u64 > size;
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    (rows, more)
}
