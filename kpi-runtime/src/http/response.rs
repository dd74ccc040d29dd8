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
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 408
    RequestTimeout,
    /// 431
    HeadTooLarge,
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
            Self::NotFound => (404, "Not Found"),
            Self::MethodNotAllowed => (405, "Method Not Allowed"),
            Self::RequestTimeout => (408, "Request Timeout"),
            Self::HeadTooLarge => (431, "Request Header Fields Too Large"),
            Self::Unavailable => (503, "Service Unavailable"),
            Self::VersionNotSupported => (505, "HTTP Version Not Supported"),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) body: Body,
}

#[derive(Debug)]
pub(crate) enum Body {
    /// A page of metrics.
    Page(Page),
    /// A few words.
    Words(&'static str),
}

impl Answer {
    pub(crate) fn words(status: Status, words: &'static str) -> Self {
        Self { status, body: Body::Words(words) }
    }

    /// An answer that is nothing but its status.
    pub(super) fn bare(status: Status) -> Self {
        Self::words(status, status.line().1)
    }

    /// The headers that say something about the body.
    pub(crate) fn headers(&self) -> Vec<(&'static str, &str)> {
        let mut headers = match &self.body {
            Body::Words(_) => vec![("Content-Type", "text/plain; charset=utf-8")],
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
        headers.push(("X-Content-Type-Options", "nosniff"));
        headers
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Words(words) => words.as_bytes(),
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
