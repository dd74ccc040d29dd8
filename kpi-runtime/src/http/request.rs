//! The head of a request.

use std::fmt;

use super::host::is_host;
use super::response::Status;

/// At most this many header lines.
const MAX_HEADERS: usize = 100;

/// What is used of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    /// Whom the request is for, as the target or `Host` says.
    pub(super) host: Option<String>,
    pub(super) authorization: Option<Secret>,
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

/// A text that is never shown.
#[derive(PartialEq, Eq)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Reads the lines of a head, which the empty line that ended it is none of.
///
/// # Errors
///
/// The status to answer with, if it is not HTTP/1, or could be taken for two different requests.
pub(super) fn parse(head: &[u8]) -> Result<Request, Status> {
    // The value of a header that is not used may be any bytes; a target may not, and is looked at.
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split_inclusive('\n');
    let line = RequestLine::parse(ended(lines.next().unwrap_or_default())?)?;
    let mut headers = Headers::default();
    for (number, line) in lines.enumerate() {
        if number >= MAX_HEADERS {
            return Err(Status::HeadTooLarge);
        }
        let (name, value) = header(ended(line)?)?;
        headers.take(&name, value)?;
    }
    // A request without `Host` could be for anybody, and HTTP/1.1 asks for one.
    if headers.host.is_none() && line.version == Version::Http11 {
        return Err(Status::BadRequest);
    }
    let keep_alive = headers.keep_alive(line.version)?;
    let Headers { host, authorization, accept, accept_encoding, .. } = headers;
    // What the target says counts for more than what the header says.
    let host = line.host.or(host);
    Ok(Request {
        method: line.method,
        path: line.path,
        host,
        authorization,
        accept,
        accept_encoding,
        keep_alive,
    })
}

/// A line without its end. A line feed alone ends none.
fn ended(line: &str) -> Result<&str, Status> {
    match line.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').ok_or(Status::BadRequest),
        None => Ok(line),
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Version {
    Http10,
    Http11,
}

struct RequestLine {
    method: Method,
    path: String,
    host: Option<String>,
    version: Version,
}

impl RequestLine {
    fn parse(line: &str) -> Result<Self, Status> {
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
        let (host, path) = target_parts(target)?;
        Ok(Self { method, path, host, version })
    }
}

/// The host and the path of a target in origin form, or as it is sent to a proxy, without the query.
fn target_parts(target: &str) -> Result<(Option<String>, String), Status> {
    let (host, path) = match target.split_once(':') {
        Some((_, rest)) if rest.starts_with("//") && !target.starts_with('/') => {
            let rest = &rest[2..];
            let (host, path) = rest.split_at(end(rest, b"/?#"));
            let host = Some(host).filter(|host| !host.is_empty() && is_host(host));
            (Some(host.ok_or(Status::BadRequest)?), path)
        }
        _ if target.starts_with('/') || target == "*" => (None, target),
        _ => return Err(Status::BadRequest),
    };
    let path = path.get(..end(path, b"?#")).filter(|path| !path.is_empty()).unwrap_or("/");
    Ok((host.map(str::to_owned), path.to_owned()))
}

/// Where the first of these bytes is, or the text ends.
fn end(text: &str, bytes: &[u8]) -> usize {
    text.bytes().position(|byte| bytes.contains(&byte)).unwrap_or(text.len())
}

fn header(line: &str) -> Result<(String, &str), Status> {
    let (name, value) = line.split_once(':').ok_or(Status::BadRequest)?;
    let sound = !name.is_empty() && name.bytes().all(is_token);
    if !sound || value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(Status::BadRequest);
    }
    Ok((name.to_ascii_lowercase(), value.trim_ascii()))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What is used of the headers, in whatever order they come.
#[derive(Default)]
struct Headers {
    host: Option<String>,
    authorization: Option<Secret>,
    accept: Option<String>,
    accept_encoding: Option<String>,
    content_length: Option<u64>,
    transfer_encoding: Option<String>,
    keep_alive: bool,
    close: bool,
}

impl Headers {
    fn take(&mut self, name: &str, value: &str) -> Result<(), Status> {
        match name {
            "accept" => join(&mut self.accept, value),
            "accept-encoding" => join(&mut self.accept_encoding, value),
            "transfer-encoding" => join(&mut self.transfer_encoding, value),
            "connection" => {
                let has = |token: &str| value.split(',').any(|word| word.trim().eq_ignore_ascii_case(token));
                self.keep_alive |= has("keep-alive");
                self.close |= has("close");
            }
            "host" if is_host(value) => once(&mut self.host, value.to_owned())?,
            "authorization" => once(&mut self.authorization, Secret(value.to_owned()))?,
            "content-length" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                once(&mut self.content_length, value.parse().map_err(|_| Status::BadRequest)?)?;
            }
            "host" | "content-length" => return Err(Status::BadRequest),
            // Bodies are not read, so nobody is told to go on and send one.
            "expect" if !value.eq_ignore_ascii_case("100-continue") => return Err(Status::ExpectationFailed),
            _ => {}
        }
        Ok(())
    }

    /// Whether the connection can be used again: a body is not read, so nothing that follows it could be.
    ///
    /// # Errors
    ///
    /// Where the body ends depends on who reads it. Somebody between us and the client might think otherwise.
    fn keep_alive(&self, version: Version) -> Result<bool, Status> {
        let has_body = match (&self.transfer_encoding, self.content_length) {
            (Some(_), Some(_)) => return Err(Status::BadRequest),
            (Some(_), None) if version == Version::Http10 => return Err(Status::BadRequest),
            (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => true,
            (Some(_), None) => return Err(Status::NotImplemented),
            (None, length) => length.is_some_and(|length| length > 0),
        };
        let is_wanted = self.keep_alive || version == Version::Http11;
        Ok(is_wanted && !self.close && !has_body)
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

/// Headers that are no lists come once: of two, others might take the other one.
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Status> {
    if place.replace(value).is_some() { Err(Status::BadRequest) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
