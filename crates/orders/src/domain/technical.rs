//! The provider's technical order at the network (ON-API, `/orders/`), and the subscription that comes of it. Not to be
//! confused with the customer's order.

pub mod operation;
pub mod request;
pub mod service;
pub mod state;
pub mod subscription;

use kernel::typed_id;

typed_id!(TechnicalOrderId);
typed_id!(SubscriptionId);
