//! Why a use case refuses, in a closed set with stable reasons.

use kernel::Violation;
use mailer::MailError;
use privacy::PrivacyError;
use sea_orm::DbErr;
use service_kit::error::{ErrorKind, ServiceError};

use crate::domain::status::TransitionError;

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
    /// No such offering in the network.
    #[error("no such offering")]
    OfferingNotFound,
    /// No such notice, or not this caller's.
    #[error("no such notice")]
    NoticeNotFound,
    /// The registry knows no place by this handle, or it has expired.
    #[error("the place is not known or its handle has expired")]
    PlaceNotFound,
    /// Nothing can be ordered where nothing is connected.
    #[error("the place is not connected")]
    PlaceNotConnected,
    /// The technical service cannot be had at the place.
    #[error("the service cannot be delivered at the place")]
    NotDeliverable,
    /// The command id was used for something else.
    #[error("the command id was used for another order")]
    CommandConflict,
    /// The id belongs to another network's offering.
    #[error("the offering id is taken")]
    OfferingIdTaken,
    /// The order cannot move there.
    #[error("the order cannot change so")]
    Transition(#[from] TransitionError),
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
    /// A page token that no page has given.
    pub(crate) fn wrong_page_token() -> Self {
        let rule = "a token that a page has given";
        Self::Invalid(vec![Violation::new("page.page_token", "", rule)])
    }
}

impl ServiceError for OrdersError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) | Self::CursorInvalid => ErrorKind::Invalid,
            Self::OrderNotFound
            | Self::ProviderNotFound
            | Self::OfferingNotFound
            | Self::NoticeNotFound
            | Self::PlaceNotFound => ErrorKind::NotFound,
            Self::CommandConflict | Self::OfferingIdTaken => ErrorKind::Conflict,
            Self::PlaceNotConnected
            | Self::NotDeliverable
            | Self::Transition(_)
            | Self::CustomerErased
            | Self::CursorExpired => ErrorKind::Precondition,
            Self::TooManyStreams => ErrorKind::Exhausted,
            Self::NotReady | Self::Registry(_) | Self::Database(_) => ErrorKind::Unavailable,
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
            Self::NoticeNotFound => "NOTICE_NOT_FOUND",
            Self::PlaceNotFound => "PLACE_NOT_FOUND",
            Self::PlaceNotConnected => "PLACE_NOT_CONNECTED",
            Self::NotDeliverable => "SERVICE_NOT_DELIVERABLE",
            Self::CommandConflict => "COMMAND_CONFLICT",
            Self::OfferingIdTaken => "OFFERING_ID_TAKEN",
            Self::Transition(TransitionError::NotAllowed { .. }) => "TRANSITION_NOT_ALLOWED",
            Self::Transition(TransitionError::WithdrawalOver) => "WITHDRAWAL_OVER",
            Self::CustomerErased => "CUSTOMER_ERASED",
            Self::CursorInvalid => "CURSOR_INVALID",
            Self::CursorExpired => "CURSOR_EXPIRED",
            Self::TooManyStreams => "TOO_MANY_STREAMS",
            Self::NotReady => "NOT_READY",
            Self::Registry(_) => "REGISTRY_UNAVAILABLE",
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
