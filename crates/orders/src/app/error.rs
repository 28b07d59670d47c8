//! Why a use case refuses, in a closed set with stable reasons.

use kernel::Violation;
use mailer::MailError;
use privacy::PrivacyError;
use sea_orm::DbErr;
use service_kit::error::{ErrorKind, ServiceError};

use crate::domain::status::TransitionError;
use crate::domain::technical::state::TechnicalTransitionError;

/// Why a use case refuses.
#[derive(Debug, thiserror::Error)]
pub enum OrdersError {
    /// Fields are wrong; all of them are named.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// No such order, or not this caller's.
    #[error("no such order")]
    OrderNotFound,
    /// No such provider in the network.
    #[error("no such provider")]
    ProviderNotFound,
    /// No such version of the form.
    #[error("no such version of the form")]
    FormNotFound,
    /// Somebody else has put a version meanwhile.
    #[error("the form has another version by now")]
    FormVersionChanged,
    /// The answers are to another version of a form than orders answer now.
    #[error("the order form has changed: ask again what it asks now")]
    FormOutdated,
    /// No such offering in the network.
    #[error("no such offering")]
    OfferingNotFound,
    /// No such notice, or not this caller's.
    #[error("no such notice")]
    NoticeNotFound,
    /// No such webhook endpoint, or not this caller's.
    #[error("no such webhook endpoint")]
    WebhookEndpointNotFound,
    /// No such delivery, or not this caller's, or not kept any more.
    #[error("no such webhook delivery")]
    WebhookDeliveryNotFound,
    /// The provider has as many endpoints as it may.
    #[error("the provider has as many webhook endpoints as it may")]
    TooManyWebhookEndpoints,
    /// The provider has no system that is called.
    #[error("the provider has no system that is called")]
    ProviderSystemNotFound,
    /// The provider's system has no such function, or no secret for it is kept.
    #[error("the provider's system is not set up for {0}")]
    ProviderFunctionMissing(&'static str),
    /// The provider's system could not be asked.
    #[error("the provider's system does not answer as it should: {0}")]
    ProviderSystemUnavailable(&'static str),
    /// The provider's system knows no such customer.
    #[error("the provider knows no such reference")]
    ContactsNotFound,
    /// No such handover in the network.
    #[error("no such handover")]
    HandoverNotFound,
    /// The handover is in another state by now, or in none in which staff have a say.
    #[error("the handover has moved meanwhile")]
    HandoverMoved,
    /// The registry knows no place by this handle, or it has expired.
    #[error("the place is not known or its handle has expired")]
    PlaceNotFound,
    /// Nothing can be ordered where nothing is connected.
    #[error("the place is not connected")]
    PlaceNotConnected,
    /// The technical service cannot be had at the place.
    #[error("the service cannot be delivered at the place")]
    NotDeliverable,
    /// What is ordered is faster than the port at the place (MDB-8).
    #[error("it needs {needs_mbps} Mbit/s, and the port can do {} at most", in_mbps(*.capacity_kbps))]
    BeyondCapacity {
        /// Mbit/s of what is ordered.
        needs_mbps: u32,
        /// kbit/s of the port.
        capacity_kbps: u32,
    },
    /// The command id was used for something else.
    #[error("the command id was used for another order")]
    CommandConflict,
    /// The id belongs to another network's offering.
    #[error("the offering id is taken")]
    OfferingIdTaken,
    /// Somebody else has moved the order since it was looked at.
    #[error("the order has moved meanwhile")]
    OrderMoved,
    /// Another offering of the provider has these ids in the provider's system.
    #[error("another offering of the provider has these external ids")]
    ExternalKeyTaken,
    /// The price has changed since it was shown.
    #[error("the price has changed: show it again")]
    PriceChanged,
    /// Drafts are not for everybody.
    #[error("drafts are shown to staff only")]
    PreviewForStaff,
    /// The order cannot move there.
    #[error("the order cannot change so")]
    Transition(#[from] TransitionError),
    /// No such technical order, or not this caller's, or deleted.
    #[error("no such technical order")]
    TechnicalOrderNotFound,
    /// No such subscription, or not this caller's.
    #[error("no such subscription")]
    SubscriptionNotFound,
    /// The contract gives no such access, or it cannot be ordered at.
    #[error("Unknown accessId")]
    AccessUnknown,
    /// The technical service cannot be had at the access. In ON-API's words, like the next two.
    #[error("Unknown service: '{0}'")]
    ServiceUnknown(String),
    /// The provider has, or has ordered, another service of the type at the access.
    #[error("Another Service of ServiceType '{0}' is already active.")]
    ServiceTypeActive(String),
    /// Another provider has the type at the access.
    #[error("ServiceType is already claimed by other Service Provider.")]
    ServiceTypeClaimed,
    /// The subscription has ended.
    #[error("the subscription has ended")]
    SubscriptionEnded,
    /// A technical order is changed and deleted while it is received only.
    #[error("the order is not in the state RECEIVED any more")]
    NotReceived,
    /// Somebody else has changed the technical order meanwhile.
    #[error("the order has changed meanwhile")]
    VersionChanged,
    /// The technical order cannot move there.
    #[error("the technical order cannot change so")]
    TechnicalTransition(#[from] TechnicalTransitionError),
    /// The provider has no contract with the network today.
    #[error("there is no contract with this network today")]
    ContractMissing,
    /// The contract does not include ON-API.
    #[error("the contract does not include ON-API")]
    InterfaceNotAgreed,
    /// What forbids the sale of one item of a checkout. Kind and reason are of what does.
    #[error("items[{item}]: {source}")]
    OfItem {
        /// Counted from 0.
        item: usize,
        /// What forbids it.
        source: Box<OrdersError>,
    },
    /// The customer's data is gone, or restricted.
    #[error("the customer's data has been erased")]
    CustomerErased,
    /// Not a cursor of this feed.
    #[error("the cursor was not given by this feed")]
    CursorInvalid,
    /// The feed has begun a new epoch since the cursor was given.
    #[error("the cursor is of an earlier epoch: start from the first")]
    CursorExpired,
    /// The provider keeps too many streams open.
    #[error("too many streams are open")]
    TooManyStreams,
    /// The service is fenced or stopping.
    #[error("the service is not ready")]
    NotReady,
    /// The registry could not be asked.
    #[error("the registry does not answer")]
    Registry(#[source] Box<tonic::Status>),
    /// Sealing, opening or logging failed.
    #[error("personal data could not be handled")]
    Privacy(#[from] PrivacyError),
    /// A mail could not be queued.
    #[error("a mail could not be queued")]
    Mail(#[from] MailError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

impl OrdersError {
    /// One field that breaks its rule. The value is not repeated.
    pub(crate) fn invalid(field: &str, rule: &str) -> Self {
        Self::Invalid(vec![Violation::new(field, "", rule)])
    }

    /// A page token that no page has given.
    pub(crate) fn wrong_page_token() -> Self {
        let rule = "a token that a page has given";
        Self::Invalid(vec![Violation::new("page.page_token", "", rule)])
    }
}

/// kbit/s as people say it: "100 Mbit/s", "0.512 Mbit/s".
fn in_mbps(kbps: u32) -> String {
    format!("{} Mbit/s", f64::from(kbps) / 1_000.0)
}

impl ServiceError for OrdersError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_)
            | Self::CursorInvalid
            | Self::AccessUnknown
            | Self::ServiceUnknown(_) => ErrorKind::Invalid,
            Self::OrderNotFound
            | Self::ProviderNotFound
            | Self::OfferingNotFound
            | Self::FormNotFound
            | Self::NoticeNotFound
            | Self::TechnicalOrderNotFound
            | Self::SubscriptionNotFound
            | Self::WebhookEndpointNotFound
            | Self::WebhookDeliveryNotFound
            | Self::ProviderSystemNotFound
            | Self::ContactsNotFound
            | Self::HandoverNotFound
            | Self::PlaceNotFound => ErrorKind::NotFound,
            Self::CommandConflict
            | Self::FormVersionChanged
            | Self::OfferingIdTaken
            | Self::ExternalKeyTaken
            | Self::ServiceTypeActive(_)
            | Self::ServiceTypeClaimed
            | Self::OrderMoved
            | Self::HandoverMoved
            | Self::VersionChanged => ErrorKind::Conflict,
            Self::PlaceNotConnected
            | Self::NotDeliverable
            | Self::BeyondCapacity { .. }
            | Self::FormOutdated
            | Self::PriceChanged
            | Self::Transition(_)
            | Self::TechnicalTransition(_)
            | Self::NotReceived
            | Self::SubscriptionEnded
            | Self::CustomerErased
            | Self::ProviderFunctionMissing(_)
            | Self::CursorExpired => ErrorKind::Precondition,
            Self::ContractMissing | Self::InterfaceNotAgreed | Self::PreviewForStaff => {
                ErrorKind::Denied
            }
            Self::TooManyStreams | Self::TooManyWebhookEndpoints => ErrorKind::Exhausted,
            Self::NotReady
            | Self::Registry(_)
            | Self::Database(_)
            | Self::ProviderSystemUnavailable(_) => ErrorKind::Unavailable,
            Self::OfItem { source, .. } => source.kind(),
            Self::Privacy(error) => error.kind(),
            Self::Mail(error) => error.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "REQUEST_INVALID",
            Self::OrderNotFound => "ORDER_NOT_FOUND",
            Self::ProviderNotFound => "PROVIDER_NOT_FOUND",
            Self::OfferingNotFound => "OFFERING_NOT_FOUND",
            Self::FormNotFound => "FORM_NOT_FOUND",
            Self::FormVersionChanged => "FORM_VERSION_CHANGED",
            Self::FormOutdated => "FORM_OUTDATED",
            Self::NoticeNotFound => "NOTICE_NOT_FOUND",
            Self::WebhookEndpointNotFound => "WEBHOOK_ENDPOINT_NOT_FOUND",
            Self::WebhookDeliveryNotFound => "WEBHOOK_DELIVERY_NOT_FOUND",
            Self::TooManyWebhookEndpoints => "TOO_MANY_WEBHOOK_ENDPOINTS",
            Self::ProviderSystemNotFound => "PROVIDER_SYSTEM_NOT_FOUND",
            Self::ProviderFunctionMissing(_) => "PROVIDER_FUNCTION_MISSING",
            Self::ProviderSystemUnavailable(_) => "PROVIDER_SYSTEM_UNAVAILABLE",
            Self::ContactsNotFound => "CONTACTS_NOT_FOUND",
            Self::HandoverNotFound => "HANDOVER_NOT_FOUND",
            Self::HandoverMoved => "HANDOVER_MOVED",
            Self::PlaceNotFound => "PLACE_NOT_FOUND",
            Self::PlaceNotConnected => "PLACE_NOT_CONNECTED",
            Self::NotDeliverable => "SERVICE_NOT_DELIVERABLE",
            Self::BeyondCapacity { .. } => "CAPACITY_EXCEEDED",
            Self::CommandConflict => "COMMAND_CONFLICT",
            Self::OfferingIdTaken => "OFFERING_ID_TAKEN",
            Self::OrderMoved => "ORDER_MOVED",
            Self::ExternalKeyTaken => "EXTERNAL_KEY_TAKEN",
            Self::PriceChanged => "PRICE_CHANGED",
            Self::PreviewForStaff => "PREVIEW_FOR_STAFF",
            Self::Transition(TransitionError::NotAllowed { .. }) => "TRANSITION_NOT_ALLOWED",
            Self::Transition(TransitionError::WithdrawalOver) => "WITHDRAWAL_OVER",
            Self::TechnicalOrderNotFound => "TECHNICAL_ORDER_NOT_FOUND",
            Self::SubscriptionNotFound => "SUBSCRIPTION_NOT_FOUND",
            Self::AccessUnknown => "ACCESS_UNKNOWN",
            Self::ServiceUnknown(_) => "SERVICE_UNKNOWN",
            Self::ServiceTypeActive(_) => "SERVICE_TYPE_ACTIVE",
            Self::ServiceTypeClaimed => "SERVICE_TYPE_CLAIMED",
            Self::SubscriptionEnded => "SUBSCRIPTION_ENDED",
            Self::NotReceived => "TECHNICAL_ORDER_NOT_RECEIVED",
            Self::VersionChanged => "VERSION_CHANGED",
            Self::TechnicalTransition(_) => "TECHNICAL_TRANSITION_NOT_ALLOWED",
            Self::ContractMissing => "CONTRACT_MISSING",
            Self::InterfaceNotAgreed => "INTERFACE_NOT_AGREED",
            Self::CustomerErased => "CUSTOMER_ERASED",
            Self::CursorInvalid => "CURSOR_INVALID",
            Self::CursorExpired => "CURSOR_EXPIRED",
            Self::TooManyStreams => "TOO_MANY_STREAMS",
            Self::NotReady => "NOT_READY",
            Self::Registry(_) => "REGISTRY_UNAVAILABLE",
            Self::OfItem { source, .. } => source.reason(),
            Self::Privacy(error) => error.reason(),
            Self::Mail(error) => error.reason(),
            Self::Database(_) => "DATABASE_UNAVAILABLE",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(violations) => violations.clone(),
            _ => Vec::new(),
        }
    }
}
