//! Answers, and how they look on the wire.

use std::fmt::Write;

use crate::exposition::Page;

/// The statuses that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// 200
    Ok,
    /// 400
    BadRequest,
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 408
    RequestTimeout,
    /// 414
    TargetTooLong,
    /// 417
    ExpectationFailed,
    /// 421
    Misdirected,
    /// 431
    HeadTooLarge,
    /// 500
    Failed,
    /// 501
    NotImplemented,
    /// 503
    Unavailable,
    /// 505
    VersionNotSupported,
}

impl Status {
    pub(crate) fn code(self) -> u16 {
        self.line().0
    }

    fn line(self) -> (u16, &'static str) {
        match self {
            Self::Ok => (200, "OK"),
            Self::BadRequest => (400, "Bad Request"),
            Self::Unauthorized => (401, "Unauthorized"),
            Self::Forbidden => (403, "Forbidden"),
            Self::NotFound => (404, "Not Found"),
            Self::MethodNotAllowed => (405, "Method Not Allowed"),
            Self::RequestTimeout => (408, "Request Timeout"),
            Self::TargetTooLong => (414, "URI Too Long"),
            Self::ExpectationFailed => (417, "Expectation Failed"),
            Self::Misdirected => (421, "Misdirected Request"),
            Self::HeadTooLarge => (431, "Request Header Fields Too Large"),
            Self::Failed => (500, "Internal Server Error"),
            Self::NotImplemented => (501, "Not Implemented"),
            Self::Unavailable => (503, "Service Unavailable"),
            Self::VersionNotSupported => (505, "HTTP Version Not Supported"),
        }
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) body: Body,
    /// How to be let in, if the client was not.
    challenge: Option<&'static str>,
}

pub(crate) enum Body {
    /// A page of metrics.
    Page(Page),
    /// A few words.
    Words(&'static str),
    /// A few lines.
    Text(String),
    /// A JSON document.
    Json(String),
}

impl Answer {
    pub(crate) fn new(status: Status, body: Body) -> Self {
        Self { status, body, challenge: None }
    }

    pub(crate) fn words(status: Status, words: &'static str) -> Self {
        Self::new(status, Body::Words(words))
    }

    /// An answer that is nothing but its status.
    pub(super) fn bare(status: Status) -> Self {
        Self::words(status, status.line().1)
    }

    /// An answer to who is not let in.
    pub(super) fn unauthorized(challenge: &'static str, words: &'static str) -> Self {
        Self { challenge: Some(challenge), ..Self::words(Status::Unauthorized, words) }
    }

    /// The headers that say something about the body.
    pub(crate) fn headers(&self) -> Vec<(&'static str, &str)> {
        let mut headers = match &self.body {
            Body::Words(_) | Body::Text(_) => vec![("Content-Type", "text/plain; charset=utf-8")],
            Body::Json(_) => vec![("Content-Type", "application/json")],
            Body::Page(page) => {
                vec![("Content-Type", page.content_type()), ("Vary", "Accept, Accept-Encoding")]
            }
        };
        if let Body::Page(page) = &self.body
            && let Some(encoding) = page.content_encoding()
        {
            headers.push(("Content-Encoding", encoding));
        }
        if self.status == Status::MethodNotAllowed {
            headers.push(("Allow", "GET, HEAD"));
        }
        if let Some(challenge) = self.challenge {
            headers.push(("WWW-Authenticate", challenge));
        }
        headers.push(("X-Content-Type-Options", "nosniff"));
        headers
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Words(words) => words.as_bytes(),
            Body::Text(text) | Body::Json(text) => text.as_bytes(),
            Body::Page(page) => page.body(),
        }
    }

    /// The head of the answer in HTTP/1.1.
    pub(super) fn head(&self, keep_alive: bool) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status.code(), self.status.line().1);
        for (name, value) in self.headers() {
            // Writing to a String cannot fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let connection = if keep_alive { "keep-alive" } else { "close" };
        let _ = write!(head, "Content-Length: {}\r\nConnection: {connection}\r\n\r\n", self.bytes().len());
        head
    }
}
