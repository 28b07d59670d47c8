//! The trace of a task.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;

const TRACE_COLUMNS: [&str; 2] = ["traceparent", "tracestate"];

/// A task remembers the trace that it was asked in: the answer may come after a crash.
pub(super) struct TaskTrace;

impl MigrationName for TaskTrace {
    fn name(&self) -> &'static str {
        "m20261122_000030_privacy_task_trace"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for TaskTrace {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite adds no two at once.
        for column in TRACE_COLUMNS {
            let mut table = Table::alter();
            let added = table.add_column(ColumnDef::new(column).text().null());
            manager
                .alter_table(added.table("holder_task").take())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in TRACE_COLUMNS {
            let mut table = Table::alter();
            let dropped = table.drop_column(column);
            manager
                .alter_table(dropped.table("holder_task").take())
                .await?;
        }
        Ok(())
    }
}
