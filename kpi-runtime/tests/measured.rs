//! Functions that measure themselves: which there are, and what is measured when they don't run to their end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml");
}

use std::error::Error;
use std::fmt::Display;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use kpi_runtime::measured;
use kpis::{Kpis, Model, Route, Status};

/// Values of its own for each test, that live as long as a program's.
fn kpis() -> &'static Kpis {
    Box::leak(Box::new(Kpis::new()))
}

/// Calls, errors, and how many durations were observed.
fn counted(kpis: &Kpis) -> (u64, u64, u64) {
    (kpis.calls.get(), kpis.errors.get(), kpis.duration.with(Route::Order).count())
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The value of a future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

#[derive(Debug)]
struct Failure;

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it failed")
    }
}

impl Error for Failure {}

/// Two errors of two types become the one of the signature, and so do the values.
#[measured(duration = kpis.duration.with(Route::Order), calls = kpis.calls, errors = kpis.errors)]
fn convert(kpis: &Kpis, text: &str) -> Result<Box<dyn Display>, Box<dyn Error>> {
    if text.is_empty() {
        return Err(Box::new(Failure));
    }
    let number: u32 = text.parse()?;
    if number > 9 { Ok(Box::new(number)) } else { Ok(Box::new("a digit")) }
}

#[test]
fn question_mark_and_return_come_by() {
    let kpis = kpis();
    assert_eq!(convert(kpis, "7").unwrap().to_string(), "a digit");
    assert_eq!(convert(kpis, "17").unwrap().to_string(), "17");
    assert!(convert(kpis, "").is_err_and(|error| error.is::<Failure>()));
    assert!(convert(kpis, "x").is_err_and(|error| error.is::<std::num::ParseIntError>()));
    assert_eq!(counted(kpis), (4, 2, 4));
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

struct Service<T> {
    kpis: &'static Kpis,
    items: Vec<T>,
}

impl<T: Clone + Send + Sync + 'static> Service<T> {
    /// Gives away what it borrows mutably.
    #[measured(duration = self.kpis.duration.with(Route::Order), calls = self.kpis.calls, errors = self.kpis.errors)]
    fn last_mut(&mut self) -> Result<&mut T, &'static str> {
        self.items.last_mut().ok_or("there is none")
    }

    #[measured(duration = self.kpis.duration.with(Route::Order), calls = self.kpis.calls, errors = self.kpis.errors)]
    async fn first_mut(&mut self) -> Result<&mut T, &'static str> {
        self.items.first_mut().ok_or("there is none")
    }

    #[measured(calls = self.kpis.calls)]
    fn each<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = String> + 'a
    where
        T: Display,
    {
        self.items.iter().map(move |item| format!("{prefix}{item}"))
    }

    #[measured(errors = self.kpis.errors)]
    fn shown<const N: usize>(
        self,
        pad: [&str; N],
    ) -> Result<impl Display + use<T, N>, (impl Error + use<T, N>, u8)>
    where
        T: Display,
    {
        if N == 0 {
            return Err((Failure, 7));
        }
        Ok(self.items.into_iter().map(|item| pad.concat() + &item.to_string()).collect::<String>())
    }

    /// The parameter that chooses the series is moved into the work.
    #[measured(duration = self.kpis.duration.with(Route::Order), errors = self.kpis.asked.with(Model(&model)))]
    async fn ask(&self, mut model: String) -> Result<String, String> {
        model.push('!');
        if self.items.is_empty() { Err(model) } else { Ok(model) }
    }

    #[measured(calls = self.kpis.calls, errors = self.kpis.errors)]
    fn boxed(&self, at: usize) -> BoxFuture<'_, Result<&T, Box<dyn Error>>> {
        let prepared = at;
        Box::pin(async move {
            if prepared > 9 {
                return Err(Box::new(Failure) as _);
            }
            let item = self.items.get(prepared).ok_or(Failure)?;
            Ok(item)
        })
    }

    #[measured(calls = self.kpis.calls, errors = self.kpis.errors)]
    fn unnamed(&self, at: usize) -> impl Future<Output = Result<T, Failure>> + Send {
        let item = self.items.get(at).cloned();
        async move {
            let item = item.ok_or(Failure)?;
            Ok(item)
        }
    }
}

fn service(items: &[u8]) -> Service<u8> {
    Service { kpis: kpis(), items: items.to_vec() }
}

#[test]
fn methods_keep_their_lifetimes_and_generics() {
    let mut some = service(&[1, 2]);
    *some.last_mut().unwrap() += 10;
    *now(some.first_mut()).unwrap() += 20;
    assert_eq!(some.each("n").collect::<Vec<_>>(), ["n21", "n12"]);
    assert_eq!(counted(some.kpis), (3, 0, 2));
    let kpis = some.kpis;
    assert_eq!(some.shown(["<", ">"]).map_err(|(_, code)| code).unwrap().to_string(), "<>21<>12");

    let mut none = Service::<u8> { kpis, items: Vec::new() };
    assert!(none.last_mut().is_err() && now(none.first_mut()).is_err());
    assert_eq!(counted(kpis), (5, 2, 4));
    assert_eq!(
        none.shown([]).map(|shown| shown.to_string()).map_err(|(error, _)| error.to_string()),
        Err("it failed".to_owned())
    );
    assert_eq!(kpis.errors.get(), 3);
}

#[test]
fn a_label_may_come_from_what_is_moved() {
    let none = service(&[]);
    assert_eq!(now(none.ask("gpt".to_owned())), Err("gpt!".to_owned()));
    assert_eq!(none.kpis.asked.with(Model("gpt")).get(), 1);
    assert_eq!(none.kpis.duration.with(Route::Order).count(), 1);
}

/// Functions that are not `async` but return a future: the future is measured, and only once somebody waits for it.
#[test]
fn futures_are_measured_and_not_how_they_are_made() {
    let service = service(&[1]);
    drop((service.boxed(0), service.unnamed(0)));
    assert_eq!(counted(service.kpis), (0, 0, 0), "nobody has polled");
    assert_eq!(now(service.boxed(0)).unwrap(), &1);
    assert_eq!(now(service.unnamed(0)).unwrap(), 1);
    assert!(
        now(service.boxed(1)).is_err() && now(service.boxed(10)).is_err() && now(service.unnamed(1)).is_err()
    );
    assert_eq!(counted(service.kpis), (5, 3, 0));
}

#[async_trait::async_trait]
trait Agent {
    async fn answer(&mut self, number: &u32) -> Result<u32, Failure>;
}

#[async_trait::async_trait]
impl Agent for Service<u8> {
    #[measured(
        duration = self.kpis.duration.with(Route::Order),
        calls = self.kpis.calls,
        errors = self.kpis.errors
    )]
    async fn answer(&mut self, number: &u32) -> Result<u32, Failure> {
        self.items.push(1);
        let number = number.checked_sub(1).ok_or(Failure)?;
        waits_once().await;
        Ok(number)
    }
}

/// The macro `async_trait` turns methods into functions that return a box.
#[test]
fn methods_of_async_trait_are_measured() {
    let mut agent = service(&[]);
    let kpis = agent.kpis;
    let mut answer = agent.answer(&7);
    assert!(poll(answer.as_mut()).is_pending());
    assert_eq!(counted(kpis), (1, 0, 0), "it is still running");
    assert!(matches!(poll(answer.as_mut()), Poll::Ready(Ok(6))));
    drop(answer);
    assert!(now(agent.answer(&0)).is_err());
    assert_eq!(counted(kpis), (2, 1, 2));
}

/// A future that is not ready when it is asked first.
async fn waits_once() {
    let mut asked = false;
    std::future::poll_fn(
        |_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending },
    )
    .await;
}

#[derive(Debug, PartialEq)]
enum Refusal {
    Route(Route),
    Other,
}

impl Refusal {
    fn route(&self) -> Route {
        match self {
            Self::Route(route) => *route,
            Self::Other => Route::Health,
        }
    }
}

/// The series may depend on the error.
#[measured(errors = |refusal| kpis.requests.with(refusal.route(), Status::Refused))]
fn refuse(kpis: &Kpis, refusal: Option<Refusal>) -> Result<(), Refusal> {
    refusal.map_or(Ok(()), Err)
}

#[test]
fn each_error_has_its_series() {
    let kpis = kpis();
    assert_eq!(refuse(kpis, None), Ok(()));
    assert_eq!(refuse(kpis, Some(Refusal::Route(Route::Order))), Err(Refusal::Route(Route::Order)));
    assert_eq!(refuse(kpis, Some(Refusal::Other)), Err(Refusal::Other));
    let routes = [Route::Order, Route::Health].map(|route| kpis.requests.with(route, Status::Refused).get());
    assert_eq!(routes, [1, 1]);
}

#[measured(duration = kpis.duration.with(Route::Order), calls = kpis.calls, errors = kpis.errors)]
async fn wait(kpis: &Kpis, panics: bool) -> Result<(), Failure> {
    waits_once().await;
    assert!(!panics, "as it was asked to");
    Ok(())
}

/// Whoever drops a future has waited for it, for as long as it took them to give up.
#[test]
fn what_is_cancelled_has_a_duration_and_is_no_error() {
    let kpis = kpis();
    drop(wait(kpis, false));
    assert_eq!(counted(kpis), (0, 0, 0), "it never ran");
    {
        let mut wait = pin!(wait(kpis, false));
        assert!(poll(wait.as_mut()).is_pending());
        assert_eq!(counted(kpis), (1, 0, 0));
    }
    assert_eq!(counted(kpis), (1, 0, 1));
}

#[measured(duration = kpis.duration.with(Route::Order), calls = kpis.calls, errors = kpis.errors)]
fn fall(kpis: &Kpis) -> Result<(), Failure> {
    panic!("as it was asked to: {:?}", counted(kpis))
}

#[test]
fn what_panics_has_a_duration_and_is_no_error() {
    let kpis = kpis();
    assert!(catch_unwind(AssertUnwindSafe(|| fall(kpis))).is_err());
    assert_eq!(counted(kpis), (1, 0, 1));
    let mut wait = Box::pin(wait(kpis, true));
    assert!(poll(wait.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| poll(wait.as_mut()))).is_err());
    assert_eq!(counted(kpis), (2, 0, 2));
}
