//! The tower layer, over services that answer, fail, panic and are left alone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml");
}

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body::{Body, Frame, SizeHint};
use kpi_runtime::bridge::tower::{Class, KpiLayer, Outcome, Refine, Refined, RequestKpis};
use kpis::{Kpis, Model, Requests, Route, Status};
use tower::{Layer, Service, ServiceExt, service_fn};

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

/// Values of its own for each test, that live as long as a program's.
fn kpis() -> &'static Kpis {
    Box::leak(Box::new(Kpis::new()))
}

fn layer(kpis: &'static Kpis) -> KpiLayer<impl RequestKpis> {
    KpiLayer::new(|request| match request.uri.path() {
        "/order" => Route::Order,
        "/health" => Route::Health,
        _ => Route::Other,
    })
    .requests(|&route, outcome| kpis.requests.with(route, outcome.into()))
    .duration(|&route, _| kpis.duration.with(route))
    .in_flight(|&route| kpis.in_flight.with(route))
}

/// Requests of a route by how they ended: ok, client error, server error, refused, cancelled.
fn ended(kpis: &Kpis, route: Route) -> [u64; 5] {
    [Status::Ok, Status::ClientError, Status::ServerError, Status::Refused, Status::Cancelled]
        .map(|status| kpis.requests.with(route, status).get())
}

fn request(path: &str) -> Request<()> {
    Request::builder().uri(path).body(()).unwrap()
}

/// A body of these frames.
#[derive(Default)]
struct Frames {
    queue: VecDeque<Frame<Bytes>>,
    /// What comes behind them.
    error: Option<&'static str>,
    /// Whether it says how much is to come.
    is_known: bool,
}

impl Frames {
    fn of<const N: usize>(frames: [Frame<Bytes>; N]) -> Self {
        Self { queue: frames.into(), ..Self::default() }
    }

    fn broken(self) -> Self {
        Self { error: Some("the disk is gone"), ..self }
    }

    fn known(self) -> Self {
        Self { is_known: true, ..self }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let frame = self.queue.pop_front().map(Ok);
        Poll::Ready(frame.or_else(|| self.error.take().map(Err)))
    }

    fn is_end_stream(&self) -> bool {
        self.is_known && self.queue.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.queue.iter().filter_map(Frame::data_ref).map(|data| data.len() as u64).sum();
        if self.is_known { SizeHint::with_exact(length) } else { SizeHint::default() }
    }
}

fn data(text: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(text.as_bytes()))
}

fn trailers(status: &'static str) -> Frame<Bytes> {
    Frame::trailers(HeaderMap::from_iter([("grpc-status".parse().unwrap(), status.parse().unwrap())]))
}

fn answer(status: u16) -> Response<Frames> {
    Response::builder().status(status).body(Frames::default()).unwrap()
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn every_answer_is_counted_by_its_labels() {
    let kpis = kpis();
    let service = layer(kpis).layer(service_fn(async |request: Request<()>| {
        assert_eq!(kpis.in_flight.with(Route::Order).get(), Some(Requests(1.0)), "this one");
        let status = request.headers()["status"].to_str().unwrap().parse().unwrap();
        if status == 0 { Err("it fails") } else { Ok(answer(status)) }
    }));
    for status in ["200", "302", "404", "404", "500", "0"] {
        let request = Request::builder().uri("/order?number=7").header("status", status).body(()).unwrap();
        let result = service.clone().oneshot(request).await;
        assert_eq!(result.is_err(), status == "0");
    }
    assert_eq!(ended(kpis, Route::Order), [2, 2, 2, 0, 0]);
    assert_eq!(kpis.duration.with(Route::Order).count(), 6);
    assert_eq!(kpis.in_flight.with(Route::Order).get(), Some(Requests(0.0)));
    assert_eq!(ended(kpis, Route::Health), [0; 5]);
}

#[test]
fn a_request_that_nobody_waits_for_is_cancelled() {
    let kpis = kpis();
    let mut service =
        layer(kpis).layer(service_fn(|_: Request<()>| pending::<Result<Response<Frames>, Infallible>>()));
    let never_polled = service.call(request("/health"));
    let mut polled = Box::pin(service.call(request("/health")));
    assert!(poll(polled.as_mut()).is_pending() && poll(polled.as_mut()).is_pending());
    assert_eq!(kpis.in_flight.with(Route::Health).get(), Some(Requests(2.0)));
    assert_eq!(ended(kpis, Route::Health), [0; 5]);
    drop(polled);
    assert_eq!(kpis.in_flight.with(Route::Health).get(), Some(Requests(1.0)));
    drop(never_polled);
    assert_eq!(kpis.in_flight.with(Route::Health).get(), Some(Requests(0.0)));
    assert_eq!(ended(kpis, Route::Health), [0, 0, 0, 0, 2]);
    assert_eq!(kpis.duration.with(Route::Health).count(), 2);
}

#[test]
fn a_panic_ends_a_request_as_an_error_of_the_server() {
    let kpis = kpis();
    let at_once = |request: Request<()>| -> std::future::Ready<Result<Response<Frames>, Infallible>> {
        panic!("as it was asked to: {}", request.uri())
    };
    let mut service = layer(kpis).layer(service_fn(at_once));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(service.call(request("/order"))))).is_err());
    assert_eq!(ended(kpis, Route::Order), [0, 0, 1, 0, 0]);

    let later = async |request: Request<()>| -> Result<Response<Frames>, Infallible> {
        panic!("as it was asked to: {}", request.uri())
    };
    let mut service = layer(kpis).layer(service_fn(later));
    let mut answer = Box::pin(service.call(request("/order")));
    assert!(catch_unwind(AssertUnwindSafe(|| poll(answer.as_mut()))).is_err());
    // Who catches a panic may keep the future.
    assert_eq!(ended(kpis, Route::Order), [0, 0, 1, 0, 0]);
    drop(answer);
    assert_eq!(ended(kpis, Route::Order), [0, 0, 2, 0, 0]);
    assert_eq!(kpis.in_flight.with(Route::Order).get(), Some(Requests(0.0)));
}

/// Whatever order tasks run, end, panic and are aborted in: each request is counted once and the gauge comes back to 0.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_under_cancellation() {
    const REQUESTS: usize = 2_000;
    let kpis = kpis();
    let under_way = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&under_way);
    let service = layer(kpis).layer(service_fn(move |request: Request<()>| {
        let seen = Arc::clone(&seen);
        async move {
            seen.fetch_add(1, Ordering::Relaxed);
            let number: usize = request.uri().query().unwrap().parse().unwrap();
            for _ in 0..number % 7 {
                tokio::task::yield_now().await;
            }
            match number % 5 {
                0 => pending().await,
                1 => Err("it fails"),
                2 => panic!("as it was asked to"),
                _ => Ok(answer(204)),
            }
        }
    }));
    std::panic::set_hook(Box::new(|_| {}));
    let tasks: Vec<_> = (0..REQUESTS)
        .map(|number| tokio::spawn(service.clone().oneshot(request(&format!("/order?{number}")))))
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        if number % 5 == 0 || number % 3 == 0 {
            task.abort();
        }
        drop(task.await);
    }
    drop(std::panic::take_hook());
    let [ok, client, server, refused, cancelled] = ended(kpis, Route::Order);
    let counted = ok + client + server + refused + cancelled;
    assert_eq!((client, refused), (0, 0));
    assert_eq!(counted, under_way.load(Ordering::Relaxed) as u64);
    assert!(ok > 0 && server > 0 && cancelled > 0, "{ok} {server} {cancelled}");
    assert_eq!(kpis.duration.with(Route::Order).count(), counted);
    assert_eq!(kpis.in_flight.with(Route::Order).get(), Some(Requests(0.0)));
}

#[tokio::test]
async fn kpis_without_labels_and_open_labels_will_do() {
    let kpis = kpis();
    let layer = KpiLayer::new(|request| request.headers.get("model").cloned())
        .requests(|_, _| &kpis.calls)
        .in_flight(|_| kpis.in_flight.with(Route::Other));
    let asked = KpiLayer::new(|request| request.headers.get("model").cloned()).requests(|model, _| {
        kpis.asked.with(Model(model.as_ref().and_then(|model| model.to_str().ok()).unwrap_or_default()))
    });
    let service = (layer, asked).layer(service_fn(async |_: Request<()>| Ok::<_, Infallible>(answer(200))));
    for model in ["gpt", "gpt", "claude"] {
        let request = Request::builder().header("model", model).body(()).unwrap();
        service.oneshot(request).await.unwrap();
    }
    assert_eq!(kpis.calls.get(), 3);
    assert_eq!(["gpt", "claude"].map(|model| kpis.asked.with(Model(model)).get()), [2, 1]);
}

#[tokio::test]
async fn a_handler_may_say_how_it_went() {
    let kpis = kpis();
    let service = KpiLayer::new(|_| Route::Order)
        .refined(|outcome, said: Option<Status>| said.unwrap_or_else(|| outcome.into()))
        .requests(|&route, status| kpis.requests.with(route, status))
        .layer(service_fn(async |request: Request<()>| {
            let mut response = answer(200);
            let refine = request.extensions().get::<Refine<Status>>().unwrap();
            match request.uri().path() {
                "/request" => refine.set(Status::Refused),
                "/response" => {
                    refine.set(Status::ServerError);
                    response.extensions_mut().insert(Refined(Status::Refused));
                }
                "/error" => {
                    refine.set(Status::Refused);
                    return Err("it fails");
                }
                _ => {}
            }
            Ok(response)
        }));
    for path in ["/request", "/response", "/error", "/nothing"] {
        drop(service.oneshot(request(path)).await);
    }
    assert_eq!(ended(kpis, Route::Order), [1, 0, 0, 3, 0]);
}

/// Allocations of three requests to this service.
fn allocations<S>(mut service: S) -> u64
where
    S: Service<Request<()>, Response = Response<Frames>, Error = Infallible>,
{
    let mut serve = |request| {
        let mut answer = pin!(service.call(request));
        assert!(poll(answer.as_mut()).is_ready());
    };
    // What is allocated once is so for the first.
    serve(request("/order"));
    let requests = ["/order", "/health", "/order"].map(request);
    allocation_counter::measure(|| requests.into_iter().for_each(&mut serve)).count_total
}

/// The layer itself allocates nothing for a request.
#[test]
fn a_request_costs_no_allocation() {
    let kpis = kpis();
    let service =
        || service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(Response::new(Frames::default()))));
    assert_eq!(allocations(service()), 0);
    assert_eq!(allocations(layer(kpis).layer(service())), 0);
    assert_eq!(kpis.requests.with(Route::Order, Status::Ok).get(), 3);
}

/// With the frames of this body asked for one by one: after how many the request had ended, and how; 0 is before any.
fn ended_after(method: Method, head: http::response::Builder, body: Frames) -> (usize, Status) {
    let kpis = kpis();
    let mut response = Some(head.body(body).unwrap());
    let mut service = layer(kpis)
        .whole_body()
        .layer(service_fn(move |_: Request<()>| ready(Ok::<_, Infallible>(response.take().unwrap()))));
    let request = Request::builder().method(method).uri("/order").body(()).unwrap();
    let Poll::Ready(Ok(response)) = poll(pin!(service.call(request))) else { panic!("it answers at once") };
    let mut body = pin!(response.into_body());
    let mut frames = 0;
    let status = || {
        let known = [Status::Ok, Status::ClientError, Status::ServerError, Status::Cancelled];
        known.into_iter().find(|status| kpis.requests.with(Route::Order, *status).get() == 1)
    };
    while status().is_none() {
        assert_eq!(kpis.in_flight.with(Route::Order).get(), Some(Requests(1.0)));
        frames += 1;
        assert!(body.as_mut().poll_frame(&mut Context::from_waker(Waker::noop())).is_ready());
    }
    assert_eq!(kpis.in_flight.with(Route::Order).get(), Some(Requests(0.0)));
    assert_eq!(kpis.duration.with(Route::Order).count(), 1);
    (frames, status().unwrap())
}

fn ok() -> http::response::Builder {
    Response::builder()
}

fn grpc() -> http::response::Builder {
    Response::builder().header("content-type", "application/grpc")
}

#[test]
fn with_the_whole_body_a_request_ends_with_its_last_frame() {
    use Status::{ClientError, Ok, ServerError};
    let stream = || Frames::of([data("ab"), data("c")]);
    let cases = [
        // A stream of unknown length has ended when there is no more.
        (Method::GET, ok(), stream(), (3, Ok)),
        // Where the length is known nobody asks whether there is more.
        (Method::GET, ok().header("content-length", "3"), stream(), (2, Ok)),
        (Method::GET, ok(), stream().known(), (2, Ok)),
        (Method::GET, ok().status(404), Frames::default(), (1, ClientError)),
        (Method::GET, ok().status(404), Frames::default().known(), (0, ClientError)),
        // What has no body, whatever it says.
        (Method::HEAD, ok().header("content-length", "3"), stream(), (0, Ok)),
        (Method::GET, ok().status(304).header("content-length", "3"), stream(), (0, Ok)),
        (Method::GET, ok(), Frames::of([data("ab")]).broken(), (2, ServerError)),
        // gRPC says how it went behind the body, or in the head of an answer that has none.
        (Method::POST, grpc(), Frames::of([data("ab"), trailers("0")]), (2, Ok)),
        (Method::POST, grpc(), Frames::of([data("ab"), trailers("7")]).known(), (2, ClientError)),
        (Method::POST, grpc(), Frames::of([data("ab")]), (2, ServerError)),
        (Method::POST, grpc().header("grpc-status", "14"), Frames::default().known(), (0, ServerError)),
    ];
    for (number, (method, head, body, expected)) in cases.into_iter().enumerate() {
        assert_eq!(ended_after(method, head, body), expected, "case {number}");
    }
}

#[test]
fn a_body_that_nobody_takes_is_cancelled() {
    let kpis = kpis();
    let mut service = layer(kpis).whole_body().layer(service_fn(|_: Request<()>| {
        ready(Ok::<_, Infallible>(Response::new(Frames::of([data("a"), data("b")]))))
    }));
    let Poll::Ready(Ok(response)) = poll(pin!(service.call(request("/order")))) else {
        panic!("it answers at once")
    };
    let mut body = Box::pin(response.into_body());
    assert!(body.as_mut().poll_frame(&mut Context::from_waker(Waker::noop())).is_ready());
    assert_eq!(ended(kpis, Route::Order), [0; 5]);
    drop(body);
    assert_eq!(ended(kpis, Route::Order), [0, 0, 0, 0, 1]);
    assert_eq!(kpis.in_flight.with(Route::Order).get(), Some(Requests(0.0)));
}
