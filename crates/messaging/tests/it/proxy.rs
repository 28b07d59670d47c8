//! A TCP proxy that can swallow everything, as a firewall that drops packets does.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to the connections that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Forwards,
    /// New connections hang, and those that were there never come back.
    Swallows,
}

pub struct Proxy {
    pub address: SocketAddr,
    mood: Arc<watch::Sender<Mood>>,
}

impl Proxy {
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mood = Arc::new(watch::Sender::new(Mood::Forwards));
        let changes = Arc::clone(&mood);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client, server, changes.subscribe()));
            }
        });
        Self { address, mood }
    }

    pub fn swallow(&self) {
        self.mood.send_replace(Mood::Swallows);
    }

    pub fn heal(&self) {
        self.mood.send_replace(Mood::Forwards);
    }
}

async fn connect(client: TcpStream, server: SocketAddr, mut mood: watch::Receiver<Mood>) {
    if mood.wait_for(|mood| *mood == Mood::Forwards).await.is_err() {
        return;
    }
    let Ok(upstream) = TcpStream::connect(server).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = upstream.into_split();
    tokio::join!(
        forward(from_client, to_server, mood.clone()),
        forward(from_server, to_client, mood)
    );
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut mood: watch::Receiver<Mood>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            biased;
            () = swallowed(&mut mood) => None,
            read = from.read(&mut buffer) => Some(read),
        };
        match read {
            Some(Ok(length @ 1..)) if to.write_all(&buffer[..length]).await.is_ok() => {}
            Some(_) => return,
            // Neither end hears of it.
            None => std::future::pending().await,
        }
    }
}

async fn swallowed(mood: &mut watch::Receiver<Mood>) {
    drop(mood.wait_for(|mood| *mood == Mood::Swallows).await);
}
