//! A provider's orders in the order of their changes, from a cursor.
//!
//! A change is numbered under a lock that is held until the commit, so a page never skips one that commits later. Before
//! a cursor is handed out, its count is marked outside this database; a restored database is behind the mark, and the
//! feed begins a new epoch (decisions.md 9).

use std::sync::Arc;
use std::time::Duration;

use chassis::feed::{Follow, Pace};
use futures::{Stream, TryStreamExt as _, stream};

use super::error::OrdersError;
use super::{Desk, Orders};
use crate::domain::feed::Cursor;
use crate::domain::order::Order;
use crate::store::{counter, order};

/// Orders that are read at once: little enough to hold, enough to be quick.
pub const FEED_PAGE: u64 = 100;

/// An order, and the cursor to go on after it.
pub type Change = (Order, Cursor);

impl Orders {
    /// Opens a feed. With `follow` it stays open, for as long as the settings say.
    pub async fn open_feed(
        self: Arc<Self>,
        desk: Desk,
        cursor: &str,
        follow: bool,
    ) -> Result<impl Stream<Item = Result<Change, OrdersError>> + Send + use<>, OrdersError> {
        let at = match cursor {
            "" => Cursor {
                epoch: self.privacy.epoch(&mark(&desk)).await?,
                change: 0,
            },
            given => Cursor::parse(given).map_err(|_| OrdersError::CursorInvalid)?,
        };
        self.check_cursor(&desk, at).await?;
        let follow = if follow {
            let following = self.bell.follow(&desk, self.pace(), &self.lifecycle);
            Some(following.ok_or(OrdersError::TooManyStreams)?)
        } else {
            None
        };
        let feed = Feed {
            orders: self,
            desk,
            at,
            follow,
        };
        let pages = stream::try_unfold(feed, |mut feed| async move {
            let page = feed.next_page().await?;
            Ok::<_, OrdersError>(page.map(|page| (stream::iter(page.into_iter().map(Ok)), feed)))
        });
        Ok(pages.try_flatten())
    }

    /// Compares every feed with its mark: at start, before the first cursor is taken.
    pub async fn resume_feeds(&self) -> Result<(), OrdersError> {
        for (network, provider, change) in counter::feeds(&self.outbox.database().reader()).await? {
            self.privacy
                .resume(&format!("feed:{network}:{provider}"), change)
                .await?;
        }
        Ok(())
    }

    fn pace(&self) -> Pace {
        Pace {
            poll: Duration::from_millis(self.settings.feed_poll_ms),
            open: Duration::from_secs(self.settings.feed_open_s),
        }
    }

    async fn check_cursor(&self, desk: &Desk, at: Cursor) -> Result<(), OrdersError> {
        if self.privacy.epoch(&mark(desk)).await? != at.epoch {
            return Err(OrdersError::CursorExpired);
        }
        let last = counter::last_change(
            &self.outbox.database().reader(),
            &desk.network,
            &desk.provider,
        )
        .await?;
        if at.change > last {
            self.privacy.resume(&mark(desk), last).await?;
            return Err(OrdersError::CursorExpired);
        }
        Ok(())
    }

    async fn read_feed(&self, desk: &Desk, at: Cursor) -> Result<Vec<Change>, OrdersError> {
        if !self.lifecycle.readiness.is_ready() {
            return Err(OrdersError::NotReady);
        }
        let reader = self.outbox.database().reader();
        let rows =
            order::changed_after(&reader, &desk.network, &desk.provider, at.change, FEED_PAGE)
                .await?;
        if let Some(last) = rows.last() {
            self.privacy.advance(&mark(desk), last.change).await?;
        }
        // After reading: a restore in between shows as a new epoch, and nothing of the page is given.
        if self.privacy.epoch(&mark(desk)).await? != at.epoch {
            return Err(OrdersError::CursorExpired);
        }
        let change = |row: order::Model| {
            Ok((
                row.to_domain()?,
                Cursor {
                    epoch: at.epoch,
                    change: row.change,
                },
            ))
        };
        rows.into_iter().map(change).collect()
    }
}

/// The name of a feed's high-water mark.
fn mark(desk: &Desk) -> String {
    format!("feed:{}:{}", desk.network, desk.provider)
}

/// One open stream.
struct Feed {
    orders: Arc<Orders>,
    desk: Desk,
    at: Cursor,
    /// None: the stream ends with the last change that there is.
    follow: Option<Follow>,
}

impl Feed {
    /// The next changes; waits for them when the feed is followed. None: the stream is over.
    async fn next_page(&mut self) -> Result<Option<Vec<Change>>, OrdersError> {
        loop {
            if let Some(follow) = &mut self.follow {
                follow.listen();
            }
            let page = self.orders.read_feed(&self.desk, self.at).await?;
            if let Some((_, cursor)) = page.last() {
                self.at = *cursor;
                return Ok(Some(page));
            }
            let goes_on = match &mut self.follow {
                Some(follow) => follow.wait().await,
                None => false,
            };
            if !goes_on {
                return Ok(None);
            }
        }
    }
}
