//! The two cookies of the staff pages. Both are `HttpOnly`, `SameSite=Strict`, and `Secure` with the `__Host-` prefix
//! when browsers reach us by TLS. Visitors get none.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Settings;

/// A cookie of ours.
#[derive(Clone, Copy, Debug)]
pub enum Cookie {
    /// The session's token.
    Session,
    /// A random text before sign-in, so that the sign-in form too has a token of its own.
    Visit,
}

impl Cookie {
    /// The value that the browser sent.
    pub fn read<'a>(self, settings: &Settings, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.name(settings);
        let lines = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok());
        lines
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The header that sets it until the browser closes; the server ends the session earlier.
    pub fn set(self, settings: &Settings, value: &str) -> HeaderValue {
        self.header(settings, value, "")
    }

    /// The header that removes it.
    pub fn clear(self, settings: &Settings) -> HeaderValue {
        self.header(settings, "", "; Max-Age=0")
    }

    fn header(self, settings: &Settings, value: &str, extra: &str) -> HeaderValue {
        let secure = if settings.is_https() { "; Secure" } else { "" };
        let text = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{extra}",
            self.name(settings)
        );
        HeaderValue::from_str(&text).expect("our cookies are base64url")
    }

    fn name(self, settings: &Settings) -> String {
        let prefix = if settings.is_https() { "__Host-" } else { "" };
        let name = match self {
            Self::Session => "uttag_session",
            Self::Visit => "uttag_visit",
        };
        format!("{prefix}{name}")
    }
}
