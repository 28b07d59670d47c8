//! Commands that take effect once: the same claim as a message's, by the id that the caller gave.

use sea_orm::DbErr;
use uuid::Uuid;

use crate::Work;
use crate::store::inbox;

/// Whether a command is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is; go on, and [`Work::conclude`].
    First,
    /// It has been done; this was the result.
    Repeated(Vec<u8>),
}

impl Work {
    /// Claims a command. A concurrent repetition waits here until the first one is committed, then gets its result.
    ///
    /// `operation` scopes the id: name the operation *and* whose command it is ("orders.place:provider:bredband2"), so that nobody reads
    /// another's result by guessing an id.
    pub async fn claim(&self, operation: &str, command_id: Uuid) -> Result<Claim, DbErr> {
        let consumer = consumer(operation);
        if inbox::claim_command(self.tx(), &consumer, command_id).await? {
            return Ok(Claim::First);
        }
        let result = inbox::command_result(self.tx(), &consumer, command_id).await?;
        Ok(Claim::Repeated(result.unwrap_or_default()))
    }

    /// Stores the result that a repetition is to get.
    pub async fn conclude(
        &self,
        operation: &str,
        command_id: Uuid,
        result: &[u8],
    ) -> Result<(), DbErr> {
        inbox::set_command_result(self.tx(), &consumer(operation), command_id, result).await
    }
}

fn consumer(operation: &str) -> String {
    format!("command:{operation}")
}
