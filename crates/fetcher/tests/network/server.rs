//! Tiny servers: each connection is handed to a closure.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves every connection with `handler` until the runtime ends.
pub(crate) async fn serve<F>(handler: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handler(stream));
        }
    });
    address
}

/// Reads a request header.
pub(crate) async fn request(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(len) => head.extend_from_slice(&buffer[..len]),
        }
    }
    String::from_utf8(head).unwrap()
}

/// Answers every request with `bytes` and hangs up; keeps the request headers.
pub(crate) async fn answering(bytes: impl Into<Vec<u8>>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let bytes: Arc<Vec<u8>> = Arc::new(bytes.into());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let address = serve(move |mut stream| {
        let (bytes, log) = (Arc::clone(&bytes), Arc::clone(&log));
        async move {
            let head = request(&mut stream).await;
            log.lock().unwrap().push(head);
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    (address, seen)
}
