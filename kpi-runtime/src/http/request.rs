//! The head of a request.

use super::response::Status;

/// At most this many header lines.
const MAX_HEADERS: usize = 100;

/// What is used of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) accept: Option<String>,
    pub(super) accept_encoding: Option<String>,
    /// Whether the connection may be used again.
    pub(super) keep_alive: bool,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(super) enum Method {
    Get,
    Head,
    Other,
}

/// A request and the length of its head, `None` while the head is not complete.
///
/// # Errors
///
/// The status to answer with, if the head is not HTTP/1.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, Status> {
    // Some clients end a request with an empty line too many.
    let empty = 2 * bytes.chunks(2).take_while(|line| line == b"\r\n").count();
    let bytes = bytes.get(empty..).unwrap_or_default();
    let Some(length) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    // The value of a header that is not used may be any bytes; a target may not, and is looked at.
    let head = String::from_utf8_lossy(bytes.get(..length).unwrap_or_default());
    let mut lines = head.split("\r\n");
    let (method, path, version) = request_line(lines.next().unwrap_or_default())?;
    let mut request = Request { method, path, accept: None, accept_encoding: None, keep_alive: false };
    let mut connection = Connection { is_wanted: version == Version::Http11, is_spent: false };
    for (number, line) in lines.enumerate() {
        if number >= MAX_HEADERS {
            return Err(Status::HeadTooLarge);
        }
        let (name, value) = header(line)?;
        request.take(&name, value);
        connection.take(&name, value);
    }
    request.keep_alive = connection.is_wanted && !connection.is_spent;
    Ok(Some((request, empty + length + 4)))
}

#[derive(Debug, PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
}

fn request_line(line: &str) -> Result<(Method, String, Version), Status> {
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Status::BadRequest);
    };
    if method.is_empty()
        || !method.bytes().all(is_token)
        || !target.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(Status::BadRequest);
    }
    let method = match method {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        _ => Method::Other,
    };
    let version = match version {
        "HTTP/1.1" => Version::Http11,
        "HTTP/1.0" => Version::Http10,
        _ if version.starts_with("HTTP/") => return Err(Status::VersionNotSupported),
        _ => return Err(Status::BadRequest),
    };
    Ok((method, path(target)?, version))
}

/// The path of a target in origin form, or as a proxy sends it, without the query.
fn path(target: &str) -> Result<String, Status> {
    let target = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
        }
        _ => target,
    };
    if !target.starts_with('/') && target != "*" {
        return Err(Status::BadRequest);
    }
    Ok(target.split(['?', '#']).next().unwrap_or_default().to_owned())
}

fn header(line: &str) -> Result<(String, &str), Status> {
    let (name, value) = line.split_once(':').ok_or(Status::BadRequest)?;
    let sound = !name.is_empty() && name.bytes().all(is_token);
    if !sound || value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(Status::BadRequest);
    }
    Ok((name.to_ascii_lowercase(), value.trim_matches([' ', '\t'])))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

impl Request {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "accept" => join(&mut self.accept, value),
            "accept-encoding" => join(&mut self.accept_encoding, value),
            _ => {}
        }
    }
}

/// What the headers say about using the connection again, in whatever order they come.
struct Connection {
    is_wanted: bool,
    is_spent: bool,
}

impl Connection {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "connection" => {
                let has = |token: &str| value.split(',').any(|word| word.trim().eq_ignore_ascii_case(token));
                self.is_wanted |= has("keep-alive");
                self.is_spent |= has("close");
            }
            // A body is not read, so nothing that follows it could be.
            "transfer-encoding" => self.is_spent = true,
            "content-length" if value != "0" => self.is_spent = true,
            _ => {}
        }
    }
}

/// Repeated list headers are one list.
fn join(list: &mut Option<String>, value: &str) {
    match list {
        Some(list) => {
            list.push(',');
            list.push_str(value);
        }
        None => *list = Some(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn request(head: &str) -> Request {
        parse(head.as_bytes()).expect("is HTTP").expect("is complete").0
    }

    #[test]
    fn reads_what_is_used() {
        let head = "GET /metrics?a=b HTTP/1.1\r\nHost: x\r\nACCEPT: a/b\r\naccept: c/d\r\nAccept-Encoding:\tgzip \r\n\r\n";
        let expected = Request {
            method: Method::Get,
            path: "/metrics".into(),
            accept: Some("a/b,c/d".into()),
            accept_encoding: Some("gzip".into()),
            keep_alive: true,
        };
        assert_eq!(parse(head.as_bytes()), Ok(Some((expected, head.len()))));
    }

    #[test]
    fn knows_when_a_connection_can_be_kept() {
        let cases = [
            ("GET / HTTP/1.1\r\n\r\n", true),
            ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false),
            ("GET / HTTP/1.0\r\n\r\n", false),
            ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
            ("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", true),
            ("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", false),
            ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello", false),
            ("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n", false),
            ("GET / HTTP/1.0\r\nConnection: TE, Keep-Alive\r\n\r\n", true),
        ];
        for (head, expected) in cases {
            assert_eq!(request(head).keep_alive, expected, "{head:?}");
        }
    }

    #[test]
    fn waits_for_the_rest() {
        let head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        for end in 0..head.len() {
            assert_eq!(parse(&head.as_bytes()[..end]), Ok(None));
        }
    }

    #[test]
    fn refuses_what_is_not_http() {
        let cases: [(&[u8], Status); 10] = [
            (b"GET /\r\n\r\n", Status::BadRequest),
            (b"GET  / HTTP/1.1\r\n\r\n", Status::BadRequest),
            (b"G(T / HTTP/1.1\r\n\r\n", Status::BadRequest),
            (b"GET metrics HTTP/1.1\r\n\r\n", Status::BadRequest),
            (b"GET / HTTP/2.0\r\n\r\n", Status::VersionNotSupported),
            (b"GET / http\r\n\r\n", Status::BadRequest),
            (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", Status::BadRequest),
            (b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", Status::BadRequest),
            (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", Status::BadRequest),
            (b"GET /\xff HTTP/1.1\r\n\r\n", Status::BadRequest),
        ];
        for (head, status) in cases {
            assert_eq!(parse(head), Err(status), "{}", String::from_utf8_lossy(head));
        }
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(MAX_HEADERS + 1));
        assert_eq!(parse(many.as_bytes()), Err(Status::HeadTooLarge));
    }

    #[test]
    fn an_empty_line_before_a_request_is_none_of_it() {
        let head = b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        assert_eq!(parse(head).expect("is HTTP").map(|(_, length)| length), Some(head.len()));
        assert_eq!(parse(b"\r\n\r\n"), Ok(None));
    }

    #[test]
    fn headers_that_are_not_used_may_hold_any_bytes() {
        let head = b"GET / HTTP/1.1\r\nUser-Agent: caf\xe9\r\nAccept: a/b\r\n\r\n";
        let (request, length) = parse(head).expect("is HTTP").expect("is complete");
        assert_eq!((request.accept.as_deref(), length), (Some("a/b"), head.len()));
    }

    #[test]
    fn reads_the_target_of_a_proxy() {
        assert_eq!(request("GET http://host:1/metrics?x HTTP/1.1\r\n\r\n").path, "/metrics");
        assert_eq!(request("GET http://host HTTP/1.1\r\n\r\n").path, "/");
        assert_eq!(request("GET /a://b HTTP/1.1\r\n\r\n").path, "/a://b");
    }
}
