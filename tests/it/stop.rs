//! Stopping: what runs comes to its end, pages are told, and nobody can hold the process for ever.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use rapport::server::http;
use rapport::teammates::sign_in;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::on_both;
use crate::support::TestApp;

/// A server with a socket, what stops it, and its end.
async fn served(
    app: &TestApp,
    patience: Duration,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, told) = oneshot::channel();
    let state = Arc::clone(&app.state);
    let end = tokio::spawn(async move {
        let told = async move { told.await.unwrap() };
        http::serve(state, listener, told, patience).await.unwrap();
    });
    (addr, stop, end)
}

/// Begins to send a call and keeps back its last bytes.
async fn half_a_call(app: &TestApp, addr: SocketAddr) -> (TcpStream, &'static str) {
    let body =
        format!(r#"{{"writeKey":"{}","userId":"slow","event":"Arrived"}}"#, app.keys.write_key);
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST /v1/track HTTP/1.1\r\nhost: rapport\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
        body.len(),
        &body[..body.len() - 2]
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    (stream, "\"}")
}

on_both! {
    async fn a_running_request_finishes_and_open_pages_are_told(app: TestApp) {
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (addr, stop, end) = served(&app, Duration::from_secs(20)).await;
        let mut request = format!("ws://{addr}/live").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", format!("http://{addr}").parse().unwrap());
        headers.insert("cookie", format!("rapport_session={token}").parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let (mut call, rest) = half_a_call(&app, addr).await;

        stop.send(()).unwrap();
        let closed = loop {
            match socket.next().await.unwrap().unwrap() {
                Message::Close(frame) => break frame.unwrap(),
                _ => continue,
            }
        };
        assert_eq!(u16::from(closed.code), 1001);
        assert!(!end.is_finished(), "the server left a request behind");
        call.write_all(rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        call.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        tokio::time::timeout(Duration::from_secs(5), end).await.unwrap().unwrap();
        assert_eq!(app.number("select count(*) from contacts where external_id = 'slow'").await, 1);
        assert!(TcpStream::connect(addr).await.is_err(), "it still listens");
    }

    async fn a_slow_client_does_not_hold_the_process(app: TestApp) {
        let (addr, stop, end) = served(&app, Duration::from_millis(700)).await;
        let (_call, _) = half_a_call(&app, addr).await;
        let began = Instant::now();
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(5), end).await.unwrap().unwrap();
        assert!(began.elapsed() >= Duration::from_millis(700), "it did not wait");
    }
}
