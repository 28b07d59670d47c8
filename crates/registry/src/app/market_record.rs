//! The record of what one stream gave to a provider: the intent before the first access, how much it was after the last.

use kernel::{SharedClock, new_id};
use messaging::Outbox;

use super::read_market::Reader;
use super::{Registry, RegistryError};
use crate::domain::market::{MarketContract, MarketInterface};
use crate::store::market_extract::{self, Model};

/// What one stream has given so far. When the reader goes away, what it was given until then is written.
#[derive(Debug)]
pub(super) struct Record {
    outbox: Outbox,
    clock: SharedClock,
    row: Model,
    begun: bool,
}

impl Registry {
    /// The record of a stream to this reader, of which nothing is given yet.
    pub(super) fn record(
        &self,
        reader: &Reader,
        contract: &MarketContract,
        interface: MarketInterface,
    ) -> Record {
        let row = Model {
            id: new_id(self.clock.as_ref()),
            network: reader.network.to_string(),
            provider_id: reader.provider.to_string(),
            contract_id: contract.id,
            caller_id: reader.caller_id.clone(),
            interface: interface.as_str().to_owned(),
            after: String::new(),
            until: String::new(),
            put: 0,
            removed: 0,
            withheld: 0,
            begun_at: self.clock.now(),
            ended_at: None,
        };
        Record {
            outbox: self.outbox.clone(),
            clock: self.clock.clone(),
            row,
            begun: false,
        }
    }
}

impl Record {
    /// Writes the intent, once: nothing may be given before.
    pub(super) async fn begin(&mut self, after: &str) -> Result<(), RegistryError> {
        if self.begun {
            return Ok(());
        }
        after.clone_into(&mut self.row.after);
        self.row.begun_at = self.clock.now();
        let work = self.outbox.begin().await?;
        market_extract::begin(work.tx(), self.row.clone()).await?;
        work.commit().await?;
        self.begun = true;
        Ok(())
    }

    /// So much more is given.
    pub(super) fn count(&mut self, put: u64, removed: u64, withheld: u64, until: &str) {
        let signed = |count| i64::try_from(count).unwrap_or(i64::MAX);
        self.row.put += signed(put);
        self.row.removed += signed(removed);
        self.row.withheld += signed(withheld);
        until.clone_into(&mut self.row.until);
    }

    /// Writes how much it was.
    pub(super) async fn end(&mut self) -> Result<(), RegistryError> {
        if std::mem::take(&mut self.begun) {
            write(&self.outbox, &self.clock, &self.row).await?;
        }
        Ok(())
    }
}

async fn write(outbox: &Outbox, clock: &SharedClock, row: &Model) -> Result<(), RegistryError> {
    let work = outbox.begin().await?;
    market_extract::end(work.tx(), row, clock.now()).await?;
    Ok(work.commit().await?)
}

impl Drop for Record {
    /// A line that is lost here leaves the intent without an end, which shows.
    fn drop(&mut self) {
        if !self.begun {
            return;
        }
        let (outbox, clock, row) = (self.outbox.clone(), self.clock.clone(), self.row.clone());
        tokio::spawn(async move {
            if let Err(error) = write(&outbox, &clock, &row).await {
                let error = service_kit::error::chain(&error);
                tracing::error!(
                    error.chain = error,
                    "the end of an extract could not be recorded"
                );
            }
        });
    }
}
