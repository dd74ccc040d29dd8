//! The layer within an axum application, behind a real socket.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml");
}

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body::Frame;
use kpi_runtime::bridge::tower::{Class, KpiLayer, Outcome, Refine, Refined, RequestKpis};
use kpis::{Kpis, Requests, Route, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

impl From<Outcome> for Status {
    fn from(outcome: Outcome) -> Self {
        match outcome.class() {
            Class::ClientError => Self::ClientError,
            Class::ServerError => Self::ServerError,
            Class::Cancelled => Self::Cancelled,
            Class::Informational | Class::Success | Class::Redirection => Self::Ok,
        }
    }
}

fn kpis() -> &'static Kpis {
    Box::leak(Box::new(Kpis::new()))
}

fn layer(kpis: &'static Kpis) -> KpiLayer<impl RequestKpis> {
    KpiLayer::by_matched_path(|path| match path {
        Some("/shop/orders/{id}") => Route::Order,
        Some("/health") => Route::Health,
        _ => Route::Other,
    })
    .refined(|outcome, said: Option<Status>| said.unwrap_or_else(|| outcome.into()))
    .requests(|&route, status| kpis.requests.with(route, status))
    .duration(|&route, _| kpis.duration.with(route))
    .in_flight(|&route| kpis.in_flight.with(route))
}

/// What a shop refuses is no error of HTTP.
struct SoldOut;

impl IntoResponse for SoldOut {
    fn into_response(self) -> Response {
        (Refined(Status::Refused), "sold out").into_response()
    }
}

async fn serve(app: Router) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// The status, and the body.
async fn ask(address: std::net::SocketAddr, method: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Waits for what the server does in its own time.
async fn eventually(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(60), "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_the_path_that_matched() {
    let kpis = kpis();
    let shop = Router::new().route("/orders/{id}", post(async || StatusCode::CREATED).get(async || SoldOut));
    let app = Router::new()
        .nest("/shop", shop)
        .route("/health", get(async |outcome: Refine<Status>| outcome.set(Status::Refused)))
        .layer(layer(kpis))
        .route("/outside", get(async || "not measured"));
    let address = serve(app).await;
    let cases = [
        ("POST", "/shop/orders/7", 201, Route::Order, Status::Ok),
        ("GET", "/shop/orders/8", 200, Route::Order, Status::Refused),
        ("DELETE", "/shop/orders/9", 405, Route::Order, Status::ClientError),
        ("GET", "/health", 200, Route::Health, Status::Refused),
        ("GET", "/nowhere", 404, Route::Other, Status::ClientError),
    ];
    for (method, path, code, route, status) in cases {
        assert_eq!(ask(address, method, path).await.0, code, "{method} {path}");
        assert_eq!(kpis.requests.with(route, status).get(), 1, "{method} {path}");
    }
    assert_eq!(ask(address, "GET", "/outside").await.1, "not measured");
    let durations =
        [Route::Order, Route::Health, Route::Other].map(|route| kpis.duration.with(route).count());
    assert_eq!(durations, [3, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_layer_the_extractor_says_so() {
    let app = Router::new().route("/", get(async |outcome: Refine<Status>| outcome.set(Status::Ok)));
    let (status, body) = ask(serve(app).await, "GET", "/").await;
    assert_eq!(status, 500);
    assert!(body.starts_with("the request did not go through a `KpiLayer` that is `refined` by"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_is_counted() {
    let kpis = kpis();
    let arrived = Arc::new(Notify::new());
    let here = Arc::clone(&arrived);
    let handler = move || async move {
        here.notify_one();
        std::future::pending::<()>().await;
    };
    let address = serve(Router::new().route("/health", get(handler)).layer(layer(kpis))).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    arrived.notified().await;
    assert_eq!(kpis.in_flight.with(Route::Health).get(), Some(Requests(1.0)));
    drop(client);
    eventually(|| kpis.requests.with(Route::Health, Status::Cancelled).get() == 1).await;
    eventually(|| kpis.in_flight.with(Route::Health).get() == Some(Requests(0.0))).await;
}

/// A body that goes on as long as somebody reads it.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 16 * 1024])))))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_in_flight_until_it_ends() {
    let kpis = kpis();
    let app = Router::new()
        .route("/health", get(async || Body::new(Endless)))
        .route("/shop/orders/{id}", get(async || "all of it"))
        .layer(layer(kpis).whole_body());
    let address = serve(app).await;

    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    client.read_exact(&mut [0; 10_000]).await.unwrap();
    assert_eq!(kpis.in_flight.with(Route::Health).get(), Some(Requests(1.0)));
    assert_eq!(kpis.duration.with(Route::Health).count(), 0);
    drop(client);
    eventually(|| kpis.requests.with(Route::Health, Status::Cancelled).get() == 1).await;
    eventually(|| kpis.in_flight.with(Route::Health).get() == Some(Requests(0.0))).await;

    for method in ["GET", "HEAD"] {
        assert_eq!(ask(address, method, "/shop/orders/7").await.0, 200);
    }
    eventually(|| kpis.requests.with(Route::Order, Status::Ok).get() == 2).await;
    assert_eq!(kpis.requests.with(Route::Order, Status::Cancelled).get(), 0);
}
