//! A staged session: what is posted after `empty_database` is collected, and changes nothing until it is closed.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use kernel::{AccessId, NetworkCode, new_id};
use messaging::Work;
use privacy::{Origin, SubjectId};
use service_kit::database::insert_rows;

use super::insert_posts::fit;
use super::{Registry, RegistryError};
use crate::domain::address_file::{Headings, JudgedPost, Post, RowVerdict};
use crate::domain::limits::{SESSION_BYTES_MAX, SESSION_POSTS_MAX};
use crate::store::staged_session::Model;
use crate::store::{session_post, staged_session};

/// A session that was opened.
#[derive(Clone, Copy, Debug)]
pub struct OpenedSession {
    /// When it is closed if nothing comes.
    pub closes_at: DateTime<Utc>,
    /// Posts of an earlier session that were dropped.
    pub dropped: u64,
}

impl Registry {
    /// Opens a session. One that is open is dropped: its sender wants to begin from nothing again.
    ///
    /// # Errors
    /// The one before is just becoming an import, or the database fails.
    pub async fn open_staged_session(
        &self,
        network: &NetworkCode,
    ) -> Result<OpenedSession, RegistryError> {
        let now = self.clock.now();
        let work = self.outbox.begin().await?;
        let before = self.locked_session(&work, network).await?;
        if let Some(before) = &before {
            staged_session::delete(work.tx(), before.id, before.version).await?;
            let subject = SubjectId::from_uuid(before.subject_id);
            self.privacy.forget(work.tx(), &[subject]).await?;
        }
        let subject = self
            .privacy
            .subject(work.tx(), network, &[], Origin::Import)
            .await?;
        // Its key is durable before the first post is sealed with it.
        let seals = self.privacy.seals(subject, &[session_post::TABLE]).await?;
        let columns = Headings::default();
        let row = Model {
            id: new_id(self.clock.as_ref()),
            network: network.to_string(),
            subject_id: seals.subject().as_uuid(),
            columns: serde_json::Value::from(columns.names().to_vec()).to_string(),
            posts: 0,
            bytes: 0,
            version: 0,
            opened_at: now,
            last_post_at: now,
            closing_until: None,
        };
        let id = row.id;
        let mut gone = before
            .as_ref()
            .map(|row| SubjectId::from_uuid(row.subject_id));
        if staged_session::insert(work.tx(), row).await? {
            work.commit().await?;
            tracing::info!(network = %network, session.id = %id, "a staged session is opened");
        } else {
            // Another caller was faster by a moment. An empty session is open, and that is what was wished.
            drop(work);
            gone = Some(seals.subject());
        }
        self.destroy_staging_key(gone).await?;
        Ok(OpenedSession {
            closes_at: now + self.quiet_time(),
            dropped: before.map_or(0, |row| u64::try_from(row.posts).unwrap_or_default()),
        })
    }

    /// Puts posts into the session of the network; false when none is open.
    pub(super) async fn collect(
        &self,
        network: &NetworkCode,
        posts: &mut [JudgedPost],
    ) -> Result<bool, RegistryError> {
        let work = self.outbox.begin().await?;
        let Some(mut session) = self.locked_session(&work, network).await? else {
            return Ok(false);
        };
        let mut headings = headings(&session)?;
        fit(&mut headings, posts);
        let kept = to_keep(posts);
        let bytes: usize = kept.iter().map(|(_, post)| bytes_of(post)).sum();
        session.posts += i64::try_from(kept.len()).unwrap_or(i64::MAX);
        session.bytes += i64::try_from(bytes).unwrap_or(i64::MAX);
        let full = |value: i64, most: u64| u64::try_from(value).is_ok_and(|value| value > most);
        if full(session.posts, SESSION_POSTS_MAX) || full(session.bytes, SESSION_BYTES_MAX) {
            return Err(RegistryError::SessionFull);
        }
        session.columns = serde_json::Value::from(headings.names().to_vec()).to_string();
        session.last_post_at = self.clock.now();
        self.keep(&work, &session, kept).await?;
        staged_session::grown(work.tx(), &session).await?;
        work.commit().await?;
        Ok(true)
    }

    pub(super) fn quiet_time(&self) -> Duration {
        Duration::minutes(self.settings.session_quiet_minutes.max(1).into())
    }

    async fn locked_session(
        &self,
        work: &Work,
        network: &NetworkCode,
    ) -> Result<Option<Model>, RegistryError> {
        let session = staged_session::lock(work.tx(), network).await?;
        let now = self.clock.now();
        let is_closing = |row: &Model| row.closing_until.is_some_and(|until| until > now);
        if session.as_ref().is_some_and(is_closing) {
            return Err(RegistryError::SessionClosing);
        }
        Ok(session)
    }

    /// Stores what counts from now on: a right post replaces what was posted about its access, a refused one does not.
    async fn keep(
        &self,
        work: &Work,
        session: &Model,
        posts: Vec<(Kept, Post)>,
    ) -> Result<(), RegistryError> {
        let named = |right: bool| -> Vec<String> {
            let of = posts.iter().filter(|(kept, _)| kept.right == right);
            of.filter_map(|(kept, _)| kept.access_id.clone()).collect()
        };
        session_post::delete(work.tx(), session.id, &named(true)).await?;
        let present = session_post::present(work.tx(), session.id, &named(false)).await?;
        let is_new = |kept: &Kept| {
            let there = kept
                .access_id
                .as_ref()
                .is_some_and(|id| present.contains(id));
            kept.right || !there
        };
        let new = posts.into_iter().filter(|(kept, _)| is_new(kept)).collect();
        let models = self.sealed_posts(work, session, new).await?;
        Ok(insert_rows(work.tx(), models).await?)
    }
}

/// The header that a file of the session's posts needs.
pub(super) fn headings(session: &Model) -> Result<Headings, RegistryError> {
    let names = serde_json::from_str(&session.columns);
    names
        .map(Headings::restore)
        .map_err(|_| RegistryError::Corrupt("column list"))
}

/// Which access a post is about, and whether it is right.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) access_id: Option<String>,
    right: bool,
}

/// Of each access the last right post of the call, or else the last refused one; and all whose access cannot be read.
fn to_keep(posts: &[JudgedPost]) -> Vec<(Kept, Post)> {
    let (mut nameless, mut named) = (Vec::new(), BTreeMap::<String, (Kept, Post)>::new());
    for judged in posts {
        let right = matches!(judged.verdict, RowVerdict::Accepted(_));
        let access_id = judged.verdict.access_id().map(AccessId::to_string);
        let kept = Kept {
            access_id: access_id.clone(),
            right,
        };
        let post = (kept, judged.post.clone());
        match access_id {
            None => nameless.push(post),
            Some(id) if right || named.get(&id).is_none_or(|(before, _)| !before.right) => {
                named.insert(id, post);
            }
            Some(_) => {}
        }
    }
    nameless.extend(named.into_values());
    nameless
}

fn bytes_of(post: &Post) -> usize {
    let fields = post.fields().iter();
    fields.map(|(name, value)| name.len() + value.len()).sum()
}
