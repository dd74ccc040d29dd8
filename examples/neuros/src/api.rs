//! The service: analysis, health and metrics.

use crate::analysis::Analysis;
use crate::kpis::KPIS;
use crate::night::{Implausible, Night};
use crate::requests::measured;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;

/// Where nights are analysed.
pub(crate) const ANALYZE: &str = "/api/agents/neuros/analyze";
/// Where orchestrators ask.
pub(crate) const HEALTH: &str = "/health";

/// Every route of the agent, with `/metrics` beside them.
pub fn router() -> Router {
    Router::new()
        .route(ANALYZE, post(analyze))
        .route(HEALTH, get(health))
        .fallback(not_found)
        .layer(measured())
        .merge(kpi_runtime::router())
}

async fn analyze(night: Result<Json<Night>, JsonRejection>) -> Result<Json<Analysis>, Refused> {
    let Json(night) = night?;
    let night = night.checked()?;
    let analysis = Analysis::of(&night);
    KPIS.measurements.with(night.source.into()).inc();
    analysis.report(&KPIS);
    Ok(Json(analysis))
}

async fn health() -> Json<Health> {
    Json(Health { agent: "neuros", status: "healthy" })
}

async fn not_found() -> Refused {
    Refused { status: StatusCode::NOT_FOUND, error: "there is nothing at this path".to_owned() }
}

/// The answer of `GET /health`.
#[derive(Serialize)]
struct Health {
    agent: &'static str,
    status: &'static str,
}

/// A request that was not answered: the status and, in the body, why.
struct Refused {
    status: StatusCode,
    error: String,
}

impl From<JsonRejection> for Refused {
    fn from(rejection: JsonRejection) -> Self {
        Self { status: rejection.status(), error: rejection.body_text() }
    }
}

impl From<Implausible> for Refused {
    fn from(reason: Implausible) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, error: reason.to_string() }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: String,
        }
        (self.status, Json(Body { error: self.error })).into_response()
    }
}
