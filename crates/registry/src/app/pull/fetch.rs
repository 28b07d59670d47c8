//! One fetch of an address file over HTTP: whole and of the right kind, or not at all.

use std::time::Duration;

use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, HeaderMap, HeaderName,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, TRANSFER_ENCODING,
};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, Response, StatusCode, Url, Version};

use crate::app::{RegistryError, StagedFile, Staging};
use crate::config::Pull;
use crate::domain::limits::{CHUNK_BYTES_MAX, PULL_REDIRECTS_MAX, PULL_VALIDATOR_CHARS_MAX};
use crate::domain::pull::Failure;

/// Until there is a connection, with its TLS.
const CONNECT: Duration = Duration::from_secs(15);
/// The other system may think for so long, and may stop for so long in the middle.
const SILENCE: Duration = Duration::from_mins(5);
/// Until the whole file has come: [`crate::domain::limits::FILE_BYTES_MAX`] at 5 Mbit/s.
const WHOLE: Duration = Duration::from_mins(30);
/// A byte order mark, byte by byte.
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The version of a file, in the words of the system that serves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileVersion {
    pub(super) etag: String,
    pub(super) last_modified: String,
}

/// What a fetch brings.
pub(super) enum Fetched {
    /// The version that we have.
    Unchanged,
    /// Another one, whole.
    File(Box<StagedFile>, FileVersion),
}

/// Why it brings nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// The other system, or the way to it.
    #[error("{0}")]
    Failed(Failure, #[source] Option<reqwest::Error>),
    /// Our own disk.
    #[error("the file could not be staged")]
    Ours(#[from] RegistryError),
}

impl From<Failure> for FetchError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure, None)
    }
}

impl FetchError {
    /// The address may hold a secret, and is left out.
    fn http(failure: Failure, error: reqwest::Error) -> Self {
        Self::Failed(failure, Some(error.without_url()))
    }
}

/// Fetches the file into `staging`, unless it is the version that is known; in constant memory.
pub(super) async fn fetch(
    pull: &Pull,
    known: &FileVersion,
    staging: Staging,
) -> Result<Fetched, FetchError> {
    let response = ask(pull, known).await?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NOT_MODIFIED if *known != FileVersion::default() => {
            return Ok(Fetched::Unchanged);
        }
        status @ (StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::PROXY_AUTHENTICATION_REQUIRED) => {
            return Err(Failure::Credential(status.as_u16()).into());
        }
        status => return Err(Failure::Status(status.as_u16()).into()),
    }
    let version = FileVersion {
        etag: word(response.headers(), ETAG),
        last_modified: word(response.headers(), LAST_MODIFIED),
    };
    let length = announced(&response, pull.bytes_max)?;
    let file = receive(response, staging, length, pull.bytes_max).await?;
    Ok(Fetched::File(Box::new(file), version))
}

async fn ask(pull: &Pull, known: &FileVersion) -> Result<Response, FetchError> {
    let home = pull.url.clone();
    let client = Client::builder()
        .user_agent(concat!("uttag-registry/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .timeout(WHOLE)
        .referer(false)
        .redirect(Policy::custom(move |attempt| stay_at(&home, attempt)))
        .tls_certs_merge(pull.authorities.iter().cloned())
        .build()
        .map_err(|error| FetchError::http(Failure::Internal, error))?;
    let mut request = client.get(pull.url.clone());
    if let Some(authorization) = &pull.authorization {
        request = request.header(AUTHORIZATION, authorization.clone());
    }
    for (name, value) in [
        (IF_NONE_MATCH, &known.etag),
        (IF_MODIFIED_SINCE, &known.last_modified),
    ] {
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    request.send().await.map_err(|error| {
        let failure = match &error {
            error if error.is_redirect() => Failure::Redirected,
            error if error.is_timeout() => Failure::TimedOut,
            _ => Failure::Unreachable,
        };
        FetchError::http(failure, error)
    })
}

/// The credential is for one host only.
fn stay_at(home: &Url, attempt: Attempt<'_>) -> Action {
    let same = attempt.url().origin() == home.origin();
    if same && attempt.previous().len() <= PULL_REDIRECTS_MAX {
        attempt.follow()
    } else {
        attempt.error("redirected to elsewhere, or too often")
    }
}

fn word(headers: &HeaderMap, name: HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value
        .filter(|value| value.len() <= PULL_VALIDATOR_CHARS_MAX)
        .unwrap_or_default()
        .to_owned()
}

/// How many bytes will come, where the answer says so. One that ends with its connection is refused: cut short, it looks whole
/// (RFC 9112 section 8).
fn announced(response: &Response, bytes_max: u64) -> Result<Option<u64>, Failure> {
    let headers = response.headers();
    let encoding = headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Failure::Compressed);
    }
    let length = headers.get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > bytes_max) {
        return Err(Failure::TooLarge);
    }
    let framed = headers.contains_key(TRANSFER_ENCODING) || response.version() >= Version::HTTP_2;
    if length.is_none() && !framed {
        return Err(Failure::LengthUnknown);
    }
    Ok(length)
}

async fn receive(
    mut response: Response,
    mut staging: Staging,
    announced: Option<u64>,
    bytes_max: u64,
) -> Result<StagedFile, FetchError> {
    let mut received = 0;
    let mut first = None;
    loop {
        let chunk = response.chunk().await.map_err(|error| {
            let failure = if error.is_timeout() {
                Failure::TimedOut
            } else {
                Failure::CutShort
            };
            FetchError::http(failure, error)
        })?;
        let Some(chunk) = chunk else { break };
        received += chunk.len() as u64;
        if received > bytes_max {
            return Err(Failure::TooLarge.into());
        }
        let says = |byte: &u8| !byte.is_ascii_whitespace() && !MARK.contains(byte);
        first = first.or_else(|| chunk.iter().copied().find(says));
        // A page of an error or a sign-in, whatever the header calls it.
        if first == Some(b'<') {
            return Err(Failure::NotAnAddressFile.into());
        }
        for piece in chunk.chunks(CHUNK_BYTES_MAX) {
            staging.write(piece)?;
        }
    }
    if announced.is_some_and(|announced| announced != received) {
        return Err(Failure::CutShort.into());
    }
    if first.is_none() {
        return Err(Failure::NotAnAddressFile.into());
    }
    Ok(staging.finish())
}
