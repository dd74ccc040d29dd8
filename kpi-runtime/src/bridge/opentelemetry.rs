//! Exemplars that name the current OpenTelemetry trace.
//!
//! ```
//! kpi_runtime::bridge::opentelemetry::install();
//! ```
//!
//! From then on a KPI with `trace: {exemplars: true}` keeps the `trace_id` and `span_id` of what made it grow, if that was
//! within a span that is sampled: any other is not kept anywhere, so there would be nothing to look at. Who uses `tracing`
//! has a current OpenTelemetry span by the layer of `tracing-opentelemetry`.

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

use crate::exemplars::{Exemplar, set_source};

/// Makes [`current`] the source of exemplars; false if there is another one already, which stays.
pub fn install() -> bool {
    set_source(current)
}

/// The current span, if it is sampled: `trace_id` of 32 and `span_id` of 16 hexadecimal digits.
pub fn current() -> Option<Exemplar> {
    Context::map_current(|context| {
        let span = context.span();
        let span = span.span_context();
        if !span.is_valid() || !span.is_sampled() {
            return None;
        }
        let ids = [("trace_id", span.trace_id().to_string()), ("span_id", span.span_id().to_string())];
        Exemplar::new(ids).ok()
    })
}
