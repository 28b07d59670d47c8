//! The account of an import in the database, its rejections sealed: a slipped column may have put a name anywhere.

use kernel::NetworkCode;
use privacy::SubjectId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::import::{ImportMode, ImportReport, Outcome, Rejection};
use crate::store::address_import::{self, REJECTIONS, REMARKS, TABLE};
use crate::store::rejected;

impl Registry {
    /// Stores the account of an import, the first time or again.
    pub(super) async fn save(
        &self,
        tx: &DatabaseTransaction,
        report: &ImportReport,
    ) -> Result<(), RegistryError> {
        let rejections = self.seal_list(report, REJECTIONS, &report.rejections);
        let remarks = self.seal_list(report, REMARKS, &report.remarks);
        let (rejections, remarks) = (rejections.await?, remarks.await?);
        let count = |count: u64| Set(i64::try_from(count).unwrap_or(i64::MAX));
        let row = address_import::ActiveModel {
            id: Set(report.id),
            network: Set(report.network.to_string()),
            subject_id: Set(report.subject.map(|s| s.as_uuid())),
            mode: Set(report.mode.as_str().to_owned()),
            outcome: Set(report.outcome.as_str().to_owned()),
            format: Set(report.format.clone()),
            charset: Set(report.charset.clone()),
            delimiter: Set(report.delimiter.clone()),
            unknown_columns: Set(
                serde_json::Value::from(report.unknown_columns.clone()).to_string()
            ),
            refusal: Set(report.refusal.clone()),
            refusal_reason: Set(report.refusal_reason.clone()),
            refusal_arguments: Set(
                serde_json::Value::from(report.refusal_arguments.clone()).to_string()
            ),
            remarked: count(report.remarked),
            remarks: Set(remarks),
            dry_run: Set(report.dry_run),
            says_of_residents: Set(report.says_of_residents),
            says_of_owners: Set(report.says_of_owners),
            staged: count(report.staged),
            row_count: count(report.rows),
            added: count(report.added),
            changed: count(report.changed),
            unchanged: count(report.unchanged),
            ended: count(report.ended),
            rejected: count(report.rejected),
            residents_suppressed: count(report.residents_suppressed),
            rejections: Set(rejections),
            rejected_header: Set(report.rejected_header.clone()),
            received_at: Set(report.received_at),
            staging_until: Set(report.staging_until),
            held_until: Set(report.held_until),
            applied_at: Set(report.applied_at),
            undo_until: Set(report.undo_until),
        };
        Ok(address_import::put(tx, row).await?)
    }

    /// A file that was refused before anything of it was staged: only the account is kept.
    pub(super) async fn record_alone(
        &self,
        report: ImportReport,
    ) -> Result<ImportReport, RegistryError> {
        let work = self.outbox.begin().await?;
        self.save(work.tx(), &report).await?;
        work.commit().await?;
        Ok(report)
    }

    /// The account of an import of the network.
    pub(super) async fn load<C: ConnectionTrait>(
        &self,
        connection: &C,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<ImportReport, RegistryError> {
        let row = address_import::find(connection, network, id).await?;
        let mut report = self.opened(row.ok_or(RegistryError::NoSuchImport)?).await?;
        count_left_out(connection, std::slice::from_mut(&mut report)).await?;
        Ok(report)
    }

    async fn seal_list(
        &self,
        report: &ImportReport,
        column: &'static str,
        list: &[Rejection],
    ) -> Result<Option<Vec<u8>>, RegistryError> {
        let Some(subject) = report.subject.filter(|_| !list.is_empty()) else {
            return Ok(None);
        };
        let text = serde_json::to_string(list).map_err(|_| RegistryError::Corrupt("rejection"))?;
        Ok(Some(
            self.privacy
                .seal(subject, TABLE, column, report.id, &text)
                .await?,
        ))
    }

    async fn open_list(
        &self,
        row: &address_import::Model,
        (column, sealed): (&'static str, Option<&[u8]>),
    ) -> Result<Vec<Rejection>, RegistryError> {
        let (Some(subject), Some(sealed)) = (row.subject_id, sealed) else {
            return Ok(Vec::new());
        };
        let subject = SubjectId::from_uuid(subject);
        let opened = self.privacy.open(subject, TABLE, column, row.id, sealed);
        match opened.await? {
            Some(text) => {
                serde_json::from_str(&text).map_err(|_| RegistryError::Corrupt("rejection"))
            }
            None => Ok(Vec::new()),
        }
    }

    /// The account as it was given, with its rejections and remarks while they are kept.
    pub(super) async fn opened(
        &self,
        row: address_import::Model,
    ) -> Result<ImportReport, RegistryError> {
        let rejections = (REJECTIONS, row.rejections.as_deref());
        let remarks = (REMARKS, row.remarks.as_deref());
        Ok(ImportReport {
            rejections: self.open_list(&row, rejections).await?,
            remarks: self.open_list(&row, remarks).await?,
            ..without_rejections(row)?
        })
    }
}

/// How many rejected rows of each import cannot be handed out any more, for somebody whom they name was erased.
pub(super) async fn count_left_out<C: ConnectionTrait>(
    connection: &C,
    reports: &mut [ImportReport],
) -> Result<(), RegistryError> {
    // Without a subject the rows themselves are gone, after their period.
    let keeps = |report: &&ImportReport| report.rejected > 0 && report.subject.is_some();
    let kept: Vec<_> = reports.iter().filter(keeps).map(|r| r.id).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let counts = rejected::emptied(connection, &kept).await?;
    for report in reports {
        report.rejected_left_out = counts.get(&report.id).copied().unwrap_or_default();
    }
    Ok(())
}

/// The account without its rejections, as lists show it.
pub(super) fn without_rejections(
    row: address_import::Model,
) -> Result<ImportReport, RegistryError> {
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(ImportReport {
        id: row.id,
        network: NetworkCode::parse(&row.network).map_err(|_| RegistryError::Corrupt("network"))?,
        mode: ImportMode::parse(&row.mode).ok_or(RegistryError::Corrupt("import mode"))?,
        dry_run: row.dry_run,
        outcome: Outcome::parse(&row.outcome).ok_or(RegistryError::Corrupt("import outcome"))?,
        rows: count(row.row_count),
        added: count(row.added),
        changed: count(row.changed),
        unchanged: count(row.unchanged),
        ended: count(row.ended),
        rejected: count(row.rejected),
        rejected_left_out: 0,
        residents_suppressed: count(row.residents_suppressed),
        rejections: Vec::new(),
        charset: row.charset,
        delimiter: row.delimiter,
        unknown_columns: serde_json::from_str(&row.unknown_columns)
            .map_err(|_| RegistryError::Corrupt("column list"))?,
        received_at: row.received_at,
        refusal: row.refusal,
        refusal_reason: row.refusal_reason,
        refusal_arguments: serde_json::from_str(&row.refusal_arguments)
            .map_err(|_| RegistryError::Corrupt("refusal"))?,
        remarked: count(row.remarked),
        remarks: Vec::new(),
        format: row.format,
        says_of_residents: row.says_of_residents,
        says_of_owners: row.says_of_owners,
        staged: count(row.staged),
        staging_until: row.staging_until,
        held_until: row.held_until,
        applied_at: row.applied_at,
        undo_until: row.undo_until,
        subject: row.subject_id.map(SubjectId::from_uuid),
        rejected_header: row.rejected_header,
    })
}
