//! How a request ended.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};

/// The header and trailer that gRPC says its status in.
const GRPC_STATUS: &str = "grpc-status";
/// The code of gRPC for an answer that does not say how it went, `UNKNOWN`.
const GRPC_UNKNOWN: u8 = 2;

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It was answered with this status.
    Status(StatusCode),
    /// It was answered with this status of gRPC, `OK` being 0. Most of them come behind the body:
    /// [`KpiLayer::whole_body`](super::KpiLayer::whole_body) waits for them.
    Grpc(u8),
    /// The service returned an error instead of an answer, or the answer's body broke off with an error.
    Failed,
    /// Nobody waited for the answer any longer: the client is gone, or a timeout outside of the layer has passed.
    Cancelled,
    /// The service panicked.
    Panicked,
}

/// The class of an [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 1xx
    Informational,
    /// 2xx
    Success,
    /// 3xx
    Redirection,
    /// 4xx
    ClientError,
    /// 5xx, an error in place of an answer, or a panic.
    ServerError,
    /// Nobody waited for the answer.
    Cancelled,
}

impl Outcome {
    /// Its class. The codes of gRPC are sorted as in OpenTelemetry's semantic conventions for the server side of a call:
    /// `UNKNOWN`, `DEADLINE_EXCEEDED`, `UNIMPLEMENTED`, `INTERNAL`, `UNAVAILABLE` and `DATA_LOSS` are errors of the server,
    /// the other codes but `OK` the client's.
    pub fn class(self) -> Class {
        match self {
            Self::Status(status) => match status.as_u16() / 100 {
                0 | 1 => Class::Informational,
                2 => Class::Success,
                3 => Class::Redirection,
                4 => Class::ClientError,
                _ => Class::ServerError,
            },
            Self::Grpc(0) => Class::Success,
            Self::Grpc(2 | 4 | 12 | 13 | 14 | 15) | Self::Failed | Self::Panicked => Class::ServerError,
            Self::Grpc(_) => Class::ClientError,
            Self::Cancelled => Class::Cancelled,
        }
    }

    /// What the head of an answer says.
    pub(super) fn of_head<B>(response: &Response<B>) -> Self {
        grpc(response.headers()).map_or(Self::Status(response.status()), Self::Grpc)
    }

    /// What the trailers of an answer say, if they do.
    pub(super) fn of_trailers(trailers: &HeaderMap) -> Option<Self> {
        grpc(trailers).map(Self::Grpc)
    }

    /// What it means that an answer with this head is over and its trailers said nothing.
    pub(super) fn without_trailers<B>(response: &Response<B>) -> Self {
        let content_type = response.headers().get(CONTENT_TYPE).map_or(&[][..], |value| value.as_bytes());
        match Self::of_head(response) {
            Self::Status(StatusCode::OK) if content_type.starts_with(b"application/grpc") => {
                Self::Grpc(GRPC_UNKNOWN)
            }
            outcome => outcome,
        }
    }
}

/// The status of gRPC in these headers; one that is no number is `UNKNOWN`.
fn grpc(headers: &HeaderMap) -> Option<u8> {
    let text = headers.get(GRPC_STATUS)?;
    Some(text.to_str().ok().and_then(|text| text.parse().ok()).unwrap_or(GRPC_UNKNOWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_class() {
        let cases = [
            (Outcome::Status(StatusCode::SWITCHING_PROTOCOLS), Class::Informational),
            (Outcome::Status(StatusCode::CREATED), Class::Success),
            (Outcome::Status(StatusCode::NOT_MODIFIED), Class::Redirection),
            (Outcome::Status(StatusCode::IM_A_TEAPOT), Class::ClientError),
            (Outcome::Status(StatusCode::BAD_GATEWAY), Class::ServerError),
            (Outcome::Grpc(0), Class::Success),
            (Outcome::Grpc(1), Class::ClientError),
            (Outcome::Grpc(13), Class::ServerError),
            (Outcome::Failed, Class::ServerError),
            (Outcome::Panicked, Class::ServerError),
            (Outcome::Cancelled, Class::Cancelled),
        ];
        for (outcome, class) in cases {
            assert_eq!(outcome.class(), class, "{outcome:?}");
        }
    }

    #[test]
    fn grpc_says_it_in_the_head_or_behind_the_body() -> Result<(), http::Error> {
        let plain = Response::builder().body(())?;
        assert_eq!(Outcome::without_trailers(&plain), Outcome::Status(StatusCode::OK));
        let call = Response::builder().header("content-type", "application/grpc+proto").body(())?;
        assert_eq!(Outcome::of_head(&call), Outcome::Status(StatusCode::OK));
        assert_eq!(Outcome::without_trailers(&call), Outcome::Grpc(2));
        let refused = Response::builder()
            .header("content-type", "application/grpc")
            .header("grpc-status", "16")
            .body(())?;
        assert_eq!(Outcome::of_head(&refused), Outcome::Grpc(16));
        assert_eq!(Outcome::without_trailers(&refused), Outcome::Grpc(16));
        let odd = Response::builder().header("grpc-status", "fine").body(())?;
        assert_eq!(Outcome::of_trailers(odd.headers()), Some(Outcome::Grpc(2)));
        assert_eq!(Outcome::of_trailers(plain.headers()), None);
        Ok(())
    }
}
