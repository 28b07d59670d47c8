//! A session into which nothing has been posted for a while becomes a complete import: applied if the guard lets it, else
//! held for staff.

use chrono::Duration;
use kernel::NetworkCode;
use privacy::{OpenItem, SubjectId};
use uuid::Uuid;

use super::staged_session::headings;
use super::{ImportAddressFile, Registry, RegistryError, SessionAt, StagedFile, Then};
use crate::domain::address_file::{Headings, Post};
use crate::domain::import::{ImportMode, ImportReport, Outcome};
use crate::domain::limits::{SESSION_CLOSING_MINUTES, SESSION_HOURS_MAX, SESSIONS, STAGE_ROWS};
use crate::store::staged_session::{Due, Model};
use crate::store::{session_post, staged_session};

/// A post is sealed in so many parts, by whom they speak of.
const PARTS: usize = 3;

impl Registry {
    /// One turn. Several instances may do it at once: each session is closed by one.
    ///
    /// # Errors
    /// The database fails; the next turn goes on, and nothing that was posted is lost.
    pub async fn close_sessions(&self) -> Result<(), RegistryError> {
        let now = self.clock.now();
        let due = Due {
            now,
            quiet_since: now - self.quiet_time(),
            opened_before: now - Duration::hours(SESSION_HOURS_MAX),
        };
        let reader = self.outbox.database().reader();
        for waiting in staged_session::due(&reader, due, SESSIONS).await? {
            let until = now + Duration::minutes(SESSION_CLOSING_MINUTES);
            let work = self.outbox.begin().await?;
            let claimed = staged_session::claim(work.tx(), waiting.id, due, until).await?;
            work.commit().await?;
            let Some(session) = claimed else { continue };
            if let Err(error) = self.close(&session).await {
                let work = self.outbox.begin().await?;
                staged_session::release(work.tx(), &session).await?;
                work.commit().await?;
                return Err(error);
            }
        }
        Ok(())
    }

    async fn close(&self, session: &Model) -> Result<(), RegistryError> {
        if session.posts == 0 {
            tracing::info!(session.id = %session.id, "a staged session without posts is dropped");
            return self.end_session(session).await;
        }
        let network =
            NetworkCode::parse(&session.network).map_err(|_| RegistryError::Corrupt("network"))?;
        let file = self.session_file(session).await?;
        let command = ImportAddressFile {
            session: Some(SessionAt {
                id: session.id,
                version: session.version,
            }),
            ..ImportAddressFile::of_posts(network, ImportMode::Full, Then::ApplyOrHold)
        };
        let report = self.import_address_file(command, file).await?.report;
        say(session, &report);
        // Gone with the rows' staging, unless the file as a whole was refused.
        self.end_session(session).await
    }

    /// Takes the session away, if it is still there as it was claimed, and its key.
    async fn end_session(&self, session: &Model) -> Result<(), RegistryError> {
        let subject = SubjectId::from_uuid(session.subject_id);
        let work = self.outbox.begin().await?;
        let was_there = staged_session::delete(work.tx(), session.id, session.version).await?;
        let is_gone = was_there || !staged_session::exists(work.tx(), session.id).await?;
        if is_gone {
            self.privacy.forget(work.tx(), &[subject]).await?;
        }
        work.commit().await?;
        self.destroy_staging_key(is_gone.then_some(subject)).await
    }

    /// The posts as the file that they are together.
    async fn session_file(&self, session: &Model) -> Result<StagedFile, RegistryError> {
        let headings = headings(session)?;
        let reader = self.outbox.database().reader();
        let mut file = self.stage()?;
        file.write(headings.line().as_bytes())?;
        let mut after = Uuid::nil();
        loop {
            let rows = session_post::page(&reader, session.id, after, STAGE_ROWS as u64).await?;
            let Some(last) = rows.last() else {
                return Ok(file.finish());
            };
            after = last.id;
            for row in self.posted(session, &headings, &rows).await? {
                file.write(row.as_bytes())?;
            }
        }
    }

    async fn posted(
        &self,
        session: &Model,
        headings: &Headings,
        rows: &[session_post::Model],
    ) -> Result<Vec<String>, RegistryError> {
        let subject = SubjectId::from_uuid(session.subject_id);
        let items: Vec<_> = rows
            .iter()
            .flat_map(|row| {
                let parts = [
                    (session_post::FIELDS, &row.fields),
                    (session_post::PEOPLE, &row.people),
                    (session_post::OWNER, &row.owner),
                ];
                parts.map(|(column, sealed)| OpenItem {
                    subject,
                    table: session_post::TABLE,
                    column,
                    row_id: row.id,
                    sealed: sealed.as_deref().unwrap_or_default(),
                })
            })
            .collect();
        let opened = self.privacy.open_many(&items).await?;
        let read = opened.chunks_exact(PARTS).map(|parts| {
            // What it said of people may have been taken out; without the access it is no post.
            if parts[0].is_none() {
                return Err(RegistryError::Corrupt("post"));
            }
            let mut fields = Vec::new();
            for text in parts.iter().flatten() {
                let part: Vec<(String, String)> =
                    serde_json::from_str(text).map_err(|_| RegistryError::Corrupt("post"))?;
                fields.extend(part);
            }
            Ok(headings.row(&Post::restore(fields)))
        });
        read.collect()
    }
}

fn say(session: &Model, report: &ImportReport) {
    let (session, import, outcome) = (session.id, report.id, report.outcome.as_str());
    match report.outcome {
        Outcome::Held => {
            tracing::warn!(session.id = %session, import.id = %import, "a staged session waits for staff as an import");
        }
        Outcome::Refused => {
            let refusal = &report.refusal;
            tracing::error!(session.id = %session, import.id = %import, refusal, "a staged session could not become an import");
        }
        _ => {
            tracing::info!(session.id = %session, import.id = %import, outcome, "a staged session has become an import");
        }
    }
}
