//! HTTP Basic (RFC 7617): how a provider's system shows its credential.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a refusal asks for.
pub const CHALLENGE: &str = "Basic realm=\"uttag\"";

/// Client id and secret of the header `Authorization: Basic …`. Ours need no percent-encoding.
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let plain = STANDARD
        .decode(encoded.trim())
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
