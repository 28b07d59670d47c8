//! A network's own system, which serves its address file over HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

type Answers = dyn FnMut(&str, &HeaderMap) -> Response + Send;

/// The system: what it was asked, and how it answers.
#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<HeaderMap>>>,
    answers: Arc<Mutex<Box<Answers>>>,
}

impl Site {
    /// Serves on a free port; nothing at first.
    pub async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            answers: Arc::new(Mutex::new(Box::new(|_, _| status(404)))),
        };
        let router = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        site
    }

    /// From now on it answers like this.
    pub fn answers(&self, answer: impl FnMut(&str, &HeaderMap) -> Response + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answer);
    }

    /// Headers of every request so far.
    pub fn asked(&self) -> Vec<HeaderMap> {
        self.asked.lock().unwrap().clone()
    }

    pub fn url(&self) -> String {
        format!("http://{}/accesses.csv?key=s3cret", self.address)
    }
}

async fn answer(State(site): State<Site>, request: Request) -> Response {
    site.asked.lock().unwrap().push(request.headers().clone());
    let mut answers = site.answers.lock().unwrap();
    answers(request.uri().path(), request.headers())
}

pub fn status(code: u16) -> Response {
    (StatusCode::from_u16(code).unwrap(), "no").into_response()
}

/// The file with its length and this version.
pub fn file(text: &str, version: &'static str) -> Response {
    ([(header::ETAG, version)], text.to_owned()).into_response()
}

/// The file where it is another version than the one that the asker has.
pub fn file_unless_known(text: &str, version: &'static str, asked: &HeaderMap) -> Response {
    if asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|v| v == version)
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    file(text, version)
}

/// The beginning of a file; then the connection breaks. With its whole length told before, or in chunks.
pub fn cut(text: &str, length: Option<usize>) -> Response {
    let begun = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let pieces = futures::stream::unfold(Some(begun), |begun| async {
        if let Some(begun) = begun {
            return Some((Ok(begun), None));
        }
        // The beginning leaves first.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        Some((Err(std::io::Error::other("the disk is full")), None))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    if let Some(length) = length {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
    response
}

/// The file in pieces, each after a while.
pub fn slow(text: &str, pause: std::time::Duration) -> Response {
    let pieces: Vec<Bytes> = text
        .as_bytes()
        .chunks(text.len().div_ceil(4))
        .map(Bytes::copy_from_slice)
        .collect();
    let pieces = futures::stream::unfold(pieces.into_iter(), move |mut pieces| async move {
        tokio::time::sleep(pause).await;
        let piece = pieces.next()?;
        Some((Ok::<_, std::io::Error>(piece), pieces))
    });
    Response::new(Body::from_stream(pieces))
}

/// Answers every connection with these bytes and hangs up: what no HTTP library would send.
pub async fn raw(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            reply(stream, &answer).await;
        }
    });
    address
}

/// The same over TLS, with a certificate of its own for `localhost`; the certificate as PEM.
pub async fn encrypted(answer: String) -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key =
        tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = tokio_rustls::rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust it hangs up here.
            if let Ok(stream) = acceptor.accept(stream).await {
                reply(stream, &answer).await;
            }
        }
    });
    (address, made.cert.pem())
}

async fn reply<S>(mut stream: S, answer: &str)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let (mut asked, mut buffer) = (Vec::new(), [0; 4096]);
    while !asked.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read @ 1..) => asked.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    if stream.write_all(answer.as_bytes()).await.is_ok() {
        stream.shutdown().await.ok();
    }
}
