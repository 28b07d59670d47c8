//! What became of an attempt to send.

/// How an attempt ended. The text is a code or a class, never the server's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server took responsibility.
    Sent,
    /// Perhaps later: 4xx, no connection, no answer.
    Later(String),
    /// Never: 5xx, or an address that cannot be one.
    Never(String),
    /// The recipient is erased or restricted: there is nothing to open any more.
    Gone,
}

impl Outcome {
    /// What a refusal by the SMTP client means.
    pub(crate) fn of(error: &lettre::transport::smtp::Error) -> Self {
        let code = error.status().map(|code| format!("smtp {code}"));
        if error.is_permanent() {
            Self::Never(code.unwrap_or_else(|| "smtp 5xx".to_owned()))
        } else if error.is_transient() {
            Self::Later(code.unwrap_or_else(|| "smtp 4xx".to_owned()))
        } else if error.is_timeout() {
            Self::Later("timeout".to_owned())
        } else if error.is_tls() {
            Self::Later("tls".to_owned())
        } else {
            Self::Later("connection".to_owned())
        }
    }

    /// The label of the metric.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Later(_) => "later",
            Self::Never(_) => "never",
            Self::Gone => "gone",
        }
    }
}
