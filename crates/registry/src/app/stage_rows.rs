//! The rows of a file that comes in, page by page: the right ones are completed and sealed into the staging table, the others
//! kept with their reasons.

use std::io;

use kernel::{Violation, new_id};
use sea_orm::ActiveValue::Set;
use service_kit::database::insert_rows;
use tokio::sync::mpsc;

use super::people::People;
use super::read_file::Piece;
use super::stage_file::{Session, StageError};
use super::{Registry, RegistryError};
use crate::domain::address_file::{AccessRow, FileRow, RowVerdict};
use crate::domain::import::{ImportReport, Rejection};
use crate::domain::limits::{REJECTED_ROWS_MAX, REPORTED_REJECTIONS_MAX, REPORTED_REMARKS_MAX};
use crate::store::{facts, rejected, staged};

impl Registry {
    /// Takes the rows as they are read.
    pub(super) async fn stage_rows(
        &self,
        session: &mut Session,
        pieces: &mut mpsc::Receiver<io::Result<Piece>>,
    ) -> Result<(), StageError> {
        let database = self.outbox.database();
        let mut sink = staged::Sink::open(database).await?;
        while let Some(piece) = pieces.recv().await {
            let Piece::Rows(rows) = piece.map_err(RegistryError::from)? else {
                continue;
            };
            session.report.rows += rows.len() as u64;
            let mut accepted = Vec::with_capacity(rows.len());
            let mut refused = Vec::new();
            for row in rows {
                match row.verdict {
                    RowVerdict::Accepted(mut access) => {
                        remark(
                            &mut session.report,
                            row.line,
                            std::mem::take(&mut access.remarks),
                        );
                        accepted.push((row.line, *access));
                    }
                    RowVerdict::Rejected { .. } => refused.push(row),
                }
            }
            self.put_rejected(session, refused).await?;
            if session.knows_accesses {
                self.complete_rows(&session.report.network, &mut accepted)
                    .await?;
            }
            let rows = self.staged_rows(session, accepted).await?;
            session.report.staged += rows.len() as u64;
            sink.put(&session.of, rows).await?;
        }
        Ok(sink.finish().await?)
    }

    /// Stores rejected rows with their reasons, sealed.
    pub(super) async fn put_rejected(
        &self,
        session: &mut Session,
        rows: Vec<FileRow>,
    ) -> Result<(), StageError> {
        if rows.is_empty() {
            return Ok(());
        }
        session.report.rejected += rows.len() as u64;
        if session.report.rejected > REJECTED_ROWS_MAX as u64 {
            return Err(StageError::too_many());
        }
        let mut models = Vec::with_capacity(rows.len());
        for row in rows {
            let RowVerdict::Rejected {
                access_id,
                violations,
            } = row.verdict
            else {
                continue;
            };
            let people = session.opened.named(&row.raw);
            let tokens = self.name_tokens(&session.report.network, access_id.as_ref(), &people);
            let text = session.opened.rejected_row(&row.raw, &violations);
            let id = new_id(self.clock.as_ref());
            let content = session
                .seals
                .seal(rejected::TABLE, rejected::CONTENT, id, &text)
                .map_err(RegistryError::from)?;
            models.push(rejected::ActiveModel {
                id: Set(id),
                import_id: Set(session.of.import),
                network: Set(session.of.network.clone()),
                subject_id: Set(session.of.subject),
                line: Set(i64::try_from(row.line).unwrap_or(i64::MAX)),
                access_id: Set(access_id.map(String::from)),
                content: Set(Some(content)),
                resident_token: Set(tokens.resident),
                owner_token: Set(tokens.owner),
            });
            let left = REPORTED_REJECTIONS_MAX.saturating_sub(session.report.rejections.len());
            let line = row.line;
            let reported = violations.into_iter().take(left);
            session
                .report
                .rejections
                .extend(reported.map(|violation| Rejection { line, violation }));
        }
        let tx = self.outbox.database().begin().await?;
        insert_rows(&tx, models).await?;
        Ok(tx.commit().await?)
    }

    async fn staged_rows(
        &self,
        session: &Session,
        rows: Vec<(u64, AccessRow)>,
    ) -> Result<Vec<staged::Row>, RegistryError> {
        let network = &session.report.network;
        let people: Vec<People> = rows
            .iter()
            .map(|(_, row)| People::of(row, session.report.says_of_residents))
            .collect();
        let suppressed = if session.suppresses_anybody {
            let known: Vec<_> = rows
                .iter()
                .map(|(_, row)| {
                    super::people::known_resident(row.resident.as_ref(), &row.facts.access_id)
                })
                .collect();
            let reader = self.outbox.database().reader();
            self.privacy.suppressed(&reader, network, &known).await?
        } else {
            vec![false; rows.len()]
        };
        let source = session.opened.format().as_str();
        let mut staged_rows = Vec::with_capacity(rows.len());
        for (((line, row), mut people), suppressed) in rows.into_iter().zip(people).zip(suppressed)
        {
            if suppressed {
                people.forget_resident();
            }
            let id = new_id(self.clock.as_ref());
            let mut named = row.named();
            if suppressed {
                named.resident = None;
            }
            let tokens = self.name_tokens(network, Some(&row.facts.access_id), &named);
            let access_id = row.facts.access_id.to_string();
            let marks = people.marks(&self.marks, network, &access_id);
            let seal = |column: &str, text: Option<String>| {
                let seals = &session.seals;
                let sealed = text.map(|text| seals.seal(staged::TABLE, column, id, &text));
                sealed.transpose()
            };
            let (people, owner) = people.into_texts();
            staged_rows.push(staged::Row {
                id,
                line,
                access_id,
                facts: facts::values(
                    &row.facts,
                    row.services_from.as_deref().unwrap_or(source),
                    "",
                ),
                marks,
                suppressed,
                tokens,
                people: seal(staged::PEOPLE, people)?,
                owner: seal(staged::OWNER, owner)?,
            });
        }
        Ok(staged_rows)
    }
}

/// Notes what is to be remarked of a row that is taken.
fn remark(report: &mut ImportReport, line: u64, remarks: Vec<Violation>) {
    report.remarked += u64::from(!remarks.is_empty());
    let left = REPORTED_REMARKS_MAX.saturating_sub(report.remarks.len());
    let remarks = remarks.into_iter().take(left);
    let on_line = |violation| Rejection { line, violation };
    report.remarks.extend(remarks.map(on_line));
}
