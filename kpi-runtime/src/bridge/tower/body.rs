//! When a request ends: with the head of its answer, or with the body.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::header::CONTENT_LENGTH;
use http::{Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::outcome::Outcome;
use super::recipe::RequestKpis;
use super::running::Running;

/// When a request ends.
pub trait Until<K: RequestKpis> {
    /// The body of an answer.
    type Body<B: Body>: Body<Data = B::Data, Error = B::Error>;

    #[doc(hidden)]
    fn answered<B: Body>(
        running: Option<Running<K>>,
        response: Response<B>,
        is_head: bool,
    ) -> Response<Self::Body<B>>;
}

/// A request ends when the head of its answer is known.
#[derive(Debug, Clone, Copy)]
pub enum AtHead {}

impl<K: RequestKpis> Until<K> for AtHead {
    type Body<B: Body> = B;

    fn answered<B: Body>(running: Option<Running<K>>, response: Response<B>, _: bool) -> Response<B> {
        if let Some(running) = running {
            running.end(Outcome::of_head(&response));
        }
        response
    }
}

/// A request ends when the body of its answer has been sent.
#[derive(Debug, Clone, Copy)]
pub enum AtEnd {}

impl<K: RequestKpis> Until<K> for AtEnd {
    type Body<B: Body> = KpiBody<B, K>;

    fn answered<B: Body>(
        running: Option<Running<K>>,
        response: Response<B>,
        is_head: bool,
    ) -> Response<KpiBody<B, K>> {
        let outcome = Outcome::without_trailers(&response);
        let status = response.status();
        let has_body = !is_head
            && !status.is_informational()
            && status != StatusCode::NO_CONTENT
            && status != StatusCode::NOT_MODIFIED;
        let length = response.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        response.map(|inner| {
            // Behind the body of a call of gRPC come trailers, whatever its length.
            let has_trailers = matches!(outcome, Outcome::Grpc(_));
            let expected = length.or_else(|| inner.size_hint().exact()).filter(|_| !has_trailers);
            let is_over = !has_body || inner.is_end_stream();
            let mut body = KpiBody { inner, running, outcome, expected, delivered: 0 };
            if is_over {
                body.running.take().into_iter().for_each(|running| running.end(outcome));
            }
            body
        })
    }
}

pin_project! {
    /// A body with whose end a request ends. One that is dropped before its end has been
    /// [cancelled](Outcome::Cancelled).
    pub struct KpiBody<B, K>
    where
        K: RequestKpis,
    {
        #[pin]
        inner: B,
        running: Option<Running<K>>,
        // How the request ends with the body, if no trailer says otherwise.
        outcome: Outcome,
        // The length, where it is known: servers take no more than that, and don't ask for the end.
        expected: Option<u64>,
        delivered: u64,
    }
}

impl<B: Body, K: RequestKpis> Body for KpiBody<B, K> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(match this.running {
            Some(running) => running.through(|| this.inner.as_mut().poll_frame(context)),
            None => this.inner.as_mut().poll_frame(context),
        });
        let end = match &frame {
            None => Some(*this.outcome),
            Some(Err(_)) => Some(Outcome::Failed),
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.remaining() as u64);
                *this.delivered = this.delivered.saturating_add(length);
                let is_all = this.expected.is_some_and(|expected| *this.delivered >= expected);
                // Trailers are the last of an answer.
                let trailers = frame.trailers_ref();
                let is_last = trailers.is_some() || is_all || this.inner.is_end_stream();
                is_last.then(|| trailers.and_then(Outcome::of_trailers).unwrap_or(*this.outcome))
            }
        };
        if let Some(outcome) = end
            && let Some(running) = this.running.take()
        {
            running.end(outcome);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B, K: RequestKpis> fmt::Debug for KpiBody<B, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KpiBody").field("running", &self.running).finish_non_exhaustive()
    }
}
