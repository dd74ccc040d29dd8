//! The procedural macros of `kpi-runtime`, which re-exports them: depend on that crate, not on this one.

mod arguments;
mod expand;
#[cfg(feature = "attributes")]
mod measured;

use proc_macro::TokenStream;

/// Writes the typed KPIs of a registry: `struct Kpis`, `static KPIS`, an enum per label.
///
/// ```text
/// kpi_runtime::kpis!("../kpi_registry.yaml", agent = "neuros");
///
/// KPIS.hrv_rmssd.set(Milliseconds(47.2));
/// KPIS.requests.with(Route::Analyze, Status::Ok).inc();
/// ```
///
/// The path is a file or a directory, relative to the file that the macro is written in.
///
/// # Options
///
/// - `agent = "neuros"`: the agent that this program is. It gets the KPIs that list this agent or nobody, and each that
///   lists it must be written to outside of tests, or the program does not compile. Without an agent there are all KPIs,
///   and none must be written to.
/// - `emitted_in = ["src", "../core/src"]`: where to look for those writes, relative to the directory of `Cargo.toml`. Left
///   out, it is `src` if the macro stands in it, else the directory of the example's or test's `main.rs`, else the
///   macro's own file. `[]` leaves the check to another crate, which
///   writes [`emitted!`].
/// - `crate = ::renamed`: the path of `kpi_runtime`, if it is not called that.
///
/// # Errors
///
/// Every error of the registry is an error at the path, with the place in YAML. Warnings are for `kpi check` to show.
///
/// # What makes it run again
///
/// A change to any file that was read. A *new* file in a registry directory is not noticed until something else changes:
/// if that happens to you, use `kpi_registry::build_script`, which watches directories.
#[proc_macro]
pub fn kpis(input: TokenStream) -> TokenStream {
    expand::kpis(input)
}

/// Checks that a program emits what its agent must, where the typed KPIs are another crate's, as in
/// `emitted!("../kpi_registry.yaml", agent = "neuros", emitted_in = ["src", "../core/src"])`. It writes no code.
///
/// The options are those of [`kpis!`].
#[proc_macro]
pub fn emitted(input: TokenStream) -> TokenStream {
    expand::emitted(input)
}

/// Measures a function, `async` or not.
///
/// ```text
/// #[measured(duration = KPIS.analyze_duration.with(Route::Analyze), calls = KPIS.calls, errors = KPIS.errors)]
/// async fn analyze(input: Input) -> Result<Report, Error> { .. }
/// ```
///
/// - `duration`: a histogram of a unit of time. It observes when the function is done, also by a panic or because its
///   future is dropped.
/// - `calls`: a counter, one up on each call, before the function runs.
/// - `errors`: a counter, one up whenever the function returns `Err`. Also a closure that takes a reference to the error
///   and chooses the series: `|error| KPIS.errors.with(error.into())`.
///
/// The expressions see the function's parameters and `self`; they are evaluated before it runs, but for the body of a
/// closure. A function that returns a future is measured while that runs, if its last expression is an `async` block, or
/// `Box::pin` of one, as `#[async_trait]` writes it.
#[cfg(feature = "attributes")]
#[proc_macro_attribute]
pub fn measured(attribute: TokenStream, item: TokenStream) -> TokenStream {
    measured::expand(attribute.into(), &item.into()).into()
}
