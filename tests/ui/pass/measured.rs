//! Functions that measure themselves.

use kpi_runtime::measured;

kpi_runtime::kpis!("measured.yaml", agent = "neuros");

#[measured(duration = KPIS.duration.with(Route::Analyze), calls = KPIS.calls, errors = KPIS.errors)]
fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    let number = text.parse::<u32>()?;
    Ok(number + 1)
}

struct Agent(String);

impl Agent {
    #[measured(calls = KPIS.calls)]
    fn name(&self) -> &str {
        &self.0
    }

    #[measured(duration = KPIS.duration.with(Route::Health), errors = KPIS.errors)]
    async fn answer<T: Clone>(&mut self, value: &T, fails: bool) -> Result<T, String> {
        if fails {
            return Err(self.0.clone());
        }
        Ok(value.clone())
    }
}

/// Arguments that are named like what the attribute might write.
#[measured(duration = KPIS.duration.with(timer), errors = *[&KPIS.errors][error])]
fn names(timer: Route, error: usize, ok: u8) -> Result<u8, u8> {
    if timer == Route::Health { Err(0) } else { Ok(ok) }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn main() {
    assert_eq!(parse("41"), Ok(42));
    assert!(parse("x").is_err());
    let mut agent = Agent("neuros".to_owned());
    assert_eq!(agent.name(), "neuros");
    assert_eq!(block_on(agent.answer(&7, false)), Ok(7));
    assert!(block_on(agent.answer(&7, true)).is_err());
    assert_eq!((names(Route::Health, 0, 1), names(Route::Analyze, 0, 1)), (Err(0), Ok(1)));
    assert_eq!(KPIS.calls.get(), 3);
    assert_eq!(KPIS.errors.get(), 3);
    assert_eq!(KPIS.duration.with(Route::Analyze).count(), 3);
    assert_eq!(KPIS.duration.with(Route::Health).count(), 3);
}
