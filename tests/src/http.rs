//! A client for servers on this machine.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// `GET` from `host:port`.
///
/// # Errors
/// Nobody answers, or what comes is no HTTP.
pub fn get(address: &str, path: &str) -> Result<Answer, String> {
    call(address, "GET", path, "")
}

/// `POST` of JSON to `host:port`.
///
/// # Errors
/// Nobody answers, or what comes is no HTTP.
pub fn post(address: &str, path: &str, body: &str) -> Result<Answer, String> {
    call(address, "POST", path, body)
}

/// A page of metrics.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it is, as its server says.
    pub content_type: String,
    /// The page.
    pub body: Vec<u8>,
}

/// Scrapes `host:port` in the format that `accept` asks for.
///
/// # Errors
/// Nobody answers, or not with a page.
pub fn scrape(address: &str, accept: &str) -> Result<Page, String> {
    let answer =
        exchange(address, &format!("GET /metrics HTTP/1.0\r\nHost: {address}\r\nAccept: {accept}\r\n\r\n"))
            .map_err(|error| format!("GET {address}/metrics: {error}"))?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or("no HTTP")?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let content_type = head.lines().filter_map(|line| line.split_once(": "));
    let mut content_type = content_type.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    match (head.split(' ').nth(1), content_type.next()) {
        (Some("200"), Some((_, kind))) => {
            Ok(Page { content_type: kind.to_owned(), body: answer[end + 4..].to_owned() })
        }
        _ => Err(format!("no page: {head}")),
    }
}

fn call(address: &str, method: &str, path: &str, body: &str) -> Result<Answer, String> {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let answer = exchange(address, &request).map_err(|error| format!("{method} {address}{path}: {error}"))?;
    let text = String::from_utf8(answer).map_err(|error| format!("{method} {address}{path}: {error}"))?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| format!("no HTTP: {text:?}"))?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok(Answer { status: status.ok_or_else(|| format!("no status: {head:?}"))?, body: body.to_owned() })
}

/// HTTP 1.0, so that the answer ends where the connection does.
fn exchange(address: &str, request: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// A query parameter's value, escaped.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.extend(
                [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])),
            );
        }
    }
    escaped
}

/// An address on this machine that nobody listens on, for programs whose address must be known before they start.
///
/// # Panics
/// When the machine has no free port.
pub fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound listener has an address").to_string()
}
