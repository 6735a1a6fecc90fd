//! The socket: where it listens, what it refuses, how it ends.

use std::error::Error as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::bind;
use crate::error::Error;
use crate::world::World;

#[tokio::test]
async fn only_loopback_is_listened_on() {
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        let refused = bind(address.parse().unwrap()).await.unwrap_err();
        assert!(matches!(refused, Error::NotLoopback(_)), "{address}");
        assert!(refused.to_string().contains("TLS proxy"));
    }
}

#[tokio::test]
async fn a_taken_port_is_told_with_the_next_step() {
    let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    assert_ne!(first.address().port(), 0);
    let refused = bind(first.address()).await.unwrap_err();
    assert!(
        refused.to_string().contains(&first.address().to_string())
            && refused.to_string().contains("--listen")
    );
    assert!(refused.source().is_some());
}

#[tokio::test]
async fn it_answers_until_it_is_stopped() {
    let world = World::of_steppes(1);
    let bound = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = bound.address();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(bound.serve(world.app.clone(), stop.clone()));
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 15];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    // The open, idle connection does not keep the server up.
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(4), serving).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
