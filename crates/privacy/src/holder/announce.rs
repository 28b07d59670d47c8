//! A holder says that it is there: at every start, and after a restore.

use api::privacy::HolderAnnounced;
use messaging::Outgoing;

use super::{Inner, position};

/// Announces this holder, its data map and its ledger position.
pub(crate) async fn announce(inner: &Inner, restored: bool) -> anyhow::Result<()> {
    let map = inner.privacy.data_map();
    let mut work = inner.outbox.begin().await?;
    let announced = HolderAnnounced {
        holder: map.service.to_owned(),
        version: map.version.to_owned(),
        data_map: map.to_json(),
        ledger_position: u64::try_from(position::highest(work.tx()).await?).unwrap_or_default(),
        restored,
    };
    let event = inner.event("holder.announced.v1");
    let signed = inner.identity.sign_event(&event, &announced);
    work.record(Outgoing::new(event, map.service, "", &signed));
    Ok(work.commit().await?)
}
