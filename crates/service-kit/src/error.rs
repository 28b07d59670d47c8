//! Errors that cross a service's edge: a closed set of kinds, a stable reason, and one function that makes a gRPC status.

use std::error::Error;

use kernel::Violation;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

/// The domain of every `ErrorInfo` that Uttag sends.
pub const DOMAIN: &str = "uttag";

/// Violations that one status carries at most: they travel in a header, and clients accept 8 KiB of headers.
pub const VIOLATIONS_MAX: usize = 20;

/// What went wrong, in the words that every transport can translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request itself is wrong; sending it again changes nothing.
    Invalid,
    /// There is no such thing, or not for this caller.
    NotFound,
    /// It exists already, or somebody was faster.
    Conflict,
    /// Right request, wrong moment: the thing is not in a state that allows it.
    Precondition,
    /// Known, and not allowed.
    Denied,
    /// Not known who asks.
    Unauthenticated,
    /// A limit is reached.
    Exhausted,
    /// Not now; try again.
    Unavailable,
    /// Our own fault.
    Internal,
}

/// An error that a use case may hand to a caller.
pub trait ServiceError: Error + Send + Sync + 'static {
    /// Which kind it is.
    fn kind(&self) -> ErrorKind;

    /// The stable, documented code: `ORDER_NOT_OPEN`.
    fn reason(&self) -> &'static str;

    /// Everything that is wrong with the request, all at once.
    fn violations(&self) -> Vec<Violation> {
        Vec::new()
    }
}

/// Makes the status of an error: google.rpc `ErrorInfo` and `BadRequest`. What is our own fault does not leak: it is
/// logged here, once, with its whole chain, and the caller gets an id to ask about.
pub fn to_status<E: ServiceError>(error: E) -> Status {
    let kind = error.kind();
    let mut details = ErrorDetails::new();
    let mut metadata = std::collections::HashMap::new();
    let message = match kind {
        ErrorKind::Internal | ErrorKind::Unavailable => {
            #[expect(
                clippy::disallowed_methods,
                reason = "an error id says nothing, not even when"
            )]
            let id = Uuid::new_v4().to_string();
            log(&error, &id);
            let message = format!("{} (error {id})", public_text(kind));
            metadata.insert("error_id".to_owned(), id);
            message
        }
        _ => error.to_string(),
    };
    for (index, violation) in error
        .violations()
        .into_iter()
        .take(VIOLATIONS_MAX)
        .enumerate()
    {
        details.add_bad_request_violation(violation.field, violation.rule);
        if !violation.value.is_empty() {
            metadata.insert(value_key(index), violation.value);
        }
    }
    details.set_error_info(error.reason(), DOMAIN, metadata);
    Status::with_error_details(code(kind), message, details)
}

/// The violations that a status carries, as [`to_status`] put them in.
pub fn violations_of(status: &Status) -> Vec<Violation> {
    let Some(bad_request) = status.get_details_bad_request() else {
        return Vec::new();
    };
    let values = status
        .get_details_error_info()
        .map(|info| info.metadata)
        .unwrap_or_default();
    let violation = |(index, found): (usize, tonic_types::FieldViolation)| {
        let value = values.get(&value_key(index)).cloned().unwrap_or_default();
        Violation::new(found.field, value, found.description)
    };
    bad_request
        .field_violations
        .into_iter()
        .enumerate()
        .map(violation)
        .collect()
}

/// The stable reason that a status carries, if it is one of ours.
pub fn reason_of(status: &Status) -> Option<String> {
    let info = status.get_details_error_info()?;
    (info.domain == DOMAIN).then_some(info.reason)
}

/// The id under which an error of our own was logged.
pub fn error_id_of(status: &Status) -> Option<String> {
    status.get_details_error_info()?.metadata.remove("error_id")
}

/// The kind that a status stands for, for edges that translate it further.
pub fn kind_of(status: &Status) -> ErrorKind {
    match status.code() {
        Code::InvalidArgument | Code::OutOfRange => ErrorKind::Invalid,
        Code::NotFound => ErrorKind::NotFound,
        Code::AlreadyExists | Code::Aborted => ErrorKind::Conflict,
        Code::FailedPrecondition => ErrorKind::Precondition,
        Code::PermissionDenied => ErrorKind::Denied,
        Code::Unauthenticated => ErrorKind::Unauthenticated,
        Code::ResourceExhausted => ErrorKind::Exhausted,
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    }
}

/// A status with a reason and a text that may be shown.
pub fn refusal(kind: ErrorKind, reason: &str, message: impl Into<String>) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, DOMAIN, std::collections::HashMap::new());
    Status::with_error_details(code(kind), message, details)
}

/// An error and all that caused it, as one line for the log.
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}

fn log<E: ServiceError>(error: &E, id: &str) {
    let (reason, chain) = (error.reason(), chain(error));
    if error.kind() == ErrorKind::Internal {
        tracing::error!(
            error.id = id,
            error.reason = reason,
            error.chain = chain,
            "request failed"
        );
    } else {
        tracing::warn!(
            error.id = id,
            error.reason = reason,
            error.chain = chain,
            "request could not be served now"
        );
    }
}

fn value_key(index: usize) -> String {
    format!("violation.{index}.value")
}

fn public_text(kind: ErrorKind) -> &'static str {
    if kind == ErrorKind::Unavailable {
        "not available now, try again"
    } else {
        "internal error"
    }
}

fn code(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::Invalid => Code::InvalidArgument,
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::Conflict => Code::AlreadyExists,
        ErrorKind::Precondition => Code::FailedPrecondition,
        ErrorKind::Denied => Code::PermissionDenied,
        ErrorKind::Unauthenticated => Code::Unauthenticated,
        ErrorKind::Exhausted => Code::ResourceExhausted,
        ErrorKind::Unavailable => Code::Unavailable,
        ErrorKind::Internal => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot do {what}")]
    struct Failed {
        what: &'static str,
        kind: ErrorKind,
        violations: usize,
        #[source]
        source: std::io::Error,
    }

    impl ServiceError for Failed {
        fn kind(&self) -> ErrorKind {
            self.kind
        }

        fn reason(&self) -> &'static str {
            "TEST_FAILED"
        }

        fn violations(&self) -> Vec<Violation> {
            let violation = |n| {
                Violation::new(
                    format!("row[{n}]"),
                    if n % 2 == 0 { "x" } else { "" },
                    "must be right",
                )
            };
            (0..self.violations).map(violation).collect()
        }
    }

    fn failed(kind: ErrorKind, violations: usize) -> Failed {
        let source = std::io::Error::other("secret detail");
        Failed {
            what: "something secret",
            kind,
            violations,
            source,
        }
    }

    #[test]
    fn violations_and_reason_survive_the_wire() {
        let error = failed(ErrorKind::Invalid, 3);
        let expected = error.violations();
        let sent = to_status(error).into_http::<String>();
        let received = Status::from_header_map(sent.headers()).unwrap();
        assert_eq!(received.code(), Code::InvalidArgument);
        assert_eq!(received.message(), "cannot do something secret");
        assert_eq!(violations_of(&received), expected);
        assert_eq!(reason_of(&received).as_deref(), Some("TEST_FAILED"));
    }

    #[test]
    fn more_violations_than_a_header_holds_are_cut() {
        let status = to_status(failed(ErrorKind::Invalid, 100));
        assert_eq!(violations_of(&status).len(), VIOLATIONS_MAX);
    }

    #[test]
    fn what_is_our_own_fault_does_not_leak() {
        for kind in [ErrorKind::Internal, ErrorKind::Unavailable] {
            let status = to_status(failed(kind, 0));
            let text = format!("{status:?}{}", String::from_utf8_lossy(status.details()));
            assert!(!text.contains("secret"), "{text}");
            let id = error_id_of(&status).unwrap();
            assert!(status.message().contains(&id));
        }
    }

    #[test]
    fn every_kind_comes_back_as_itself() {
        use ErrorKind::*;
        for kind in [
            Invalid,
            NotFound,
            Conflict,
            Precondition,
            Denied,
            Unauthenticated,
            Exhausted,
            Unavailable,
            Internal,
        ] {
            assert_eq!(kind_of(&to_status(failed(kind, 0))), kind);
        }
    }

    #[test]
    fn a_strangers_reason_is_not_ours() {
        let mut details = ErrorDetails::new();
        details.set_error_info("QUOTA", "googleapis.com", std::collections::HashMap::new());
        let status = Status::with_error_details(Code::Internal, "", details);
        assert_eq!(reason_of(&status), None);
    }
}
