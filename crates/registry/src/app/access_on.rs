//! What an access looked like on a day; never a person.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use kernel::{AccessId, NetworkCode};

use super::{Registry, RegistryError};
use crate::store::history::{self, Version};

impl Registry {
    /// The access as it was at the end of the day (UTC), with the services that it would have now.
    ///
    /// # Errors
    /// There was none, or the database fails.
    pub async fn access_on(
        &self,
        network: &NetworkCode,
        id: &AccessId,
        day: NaiveDate,
    ) -> Result<(Version, Vec<String>), RegistryError> {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        let end: DateTime<Utc> = next.and_time(NaiveTime::MIN).and_utc();
        let end = end.min(self.clock.now());
        let reader = self.outbox.database().reader();
        let version = history::at(&reader, network, id, end)
            .await?
            .ok_or(RegistryError::NoSuchAccess)?;
        let services = self.services_of(network, &version.access)?;
        Ok((version, services))
    }
}
