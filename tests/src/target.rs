//! A target of a scrape that answers what a test wants it to.

use crate::http::Page;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Listens on a free port until the process ends, and answers every request with what `page` makes of its `Accept`. Returns
/// its `host:port`.
///
/// # Panics
/// When there is no free port.
pub fn start(page: impl Fn(&str) -> Result<Page, String> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound listener has an address").to_string();
    let page = Arc::new(page);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let page = Arc::clone(&page);
            thread::spawn(move || answer(&stream, &*page));
        }
    });
    address
}

/// Whoever hangs up gets no answer.
fn answer(mut stream: &TcpStream, page: impl Fn(&str) -> Result<Page, String>) -> Option<()> {
    let mut accept = String::new();
    for line in BufReader::new(stream).lines() {
        let line = line.ok()?;
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("accept") => value.clone_into(&mut accept),
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    let (status, Page { content_type, body }) = match page(&accept) {
        Ok(page) => ("200 OK", page),
        Err(error) => {
            ("502 Bad Gateway", Page { content_type: "text/plain".to_owned(), body: error.into_bytes() })
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).ok()
}
