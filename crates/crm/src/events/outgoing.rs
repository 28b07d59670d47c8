//! What this service tells: ids only, never an identifier of a person.

use kernel::NetworkCode;
use messaging::Outgoing;

use crate::domain::ContactId;

/// A person has said yes.
pub const CONTACT_CONFIRMED: &str = "crm.contact.confirmed.v1";

/// [`CONTACT_CONFIRMED`].
pub fn contact_confirmed(network: &NetworkCode, contact: ContactId) -> Outgoing {
    let message = api::events::ContactConfirmed {
        contact_id: contact.to_string(),
        network: network.to_string(),
    };
    Outgoing::new(CONTACT_CONFIRMED, contact, network, &message).for_anybody()
}
