//! What is no good HTTP, or more HTTP than a scrape needs.

use std::io::{Read, Write};
use std::net::Shutdown;

use kpi_runtime::Endpoint;

use crate::support::{ask, connect, get, read_answer};
use crate::{GET, is_ended, start};

#[test]
fn refuses_other_paths_and_methods() {
    let address = start(Endpoint::new()).address();
    for (line, status) in [
        ("GET / HTTP/1.1", 404),
        ("GET /metrics/ HTTP/1.1", 404),
        ("GET //metrics HTTP/1.1", 404),
        ("GET /%6detrics HTTP/1.1", 404),
        ("OPTIONS * HTTP/1.1", 404),
        ("POST /nowhere HTTP/1.1", 404),
        ("DELETE /metrics HTTP/1.1", 405),
        ("get /metrics HTTP/1.1", 405),
        ("TRACE /healthz HTTP/1.1", 405),
        ("CONNECT localhost:80 HTTP/1.1", 400),
        ("GET http://localhost/metrics HTTP/1.1", 200),
        ("GET /metrics?name[]=x HTTP/1.1", 200),
        ("GET /metrics HTTP/1.0", 200),
        ("GET /metrics HTTP/1.2", 505),
        ("GET /metrics", 400),
    ] {
        let answer = ask(&mut connect(address), &format!("{line}\r\nHost: localhost\r\n\r\n"));
        assert_eq!(answer.status, status, "{line:?}");
        assert_eq!(answer.header("Allow").is_some(), status == 405, "{line:?}");
    }
    let nowhere = get(address, "/metricz", "");
    assert_eq!(nowhere.text(), "Not Found: there are /metrics, /kpi/contract, /healthz, /readyz\n");
}

/// All of these are answered at once, without a wait for more.
#[test]
fn other_protocols_are_told_so() {
    let address = start(Endpoint::new()).address();
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    for (bytes, status) in [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), 505),
        (hello, 400),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 400),
        (b"\0\0\0\0", 400),
        (b"GET /metrics\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nA: \0\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\nHost: localhost\n\n", 400),
    ] {
        let mut stream = connect(address);
        stream.write_all(bytes).expect("is open");
        let answer = read_answer(&mut stream, false);
        assert_eq!((answer.status, answer.header("Connection")), (status, Some("close")), "{bytes:?}");
        assert!(is_ended(&mut stream));
    }
}

#[test]
fn a_head_may_come_in_pieces() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    for byte in GET.as_bytes() {
        stream.write_all(&[*byte]).expect("is open");
    }
    assert_eq!(read_answer(&mut stream, false).status, 200);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let address = start(Endpoint::new()).address();
    let long = "x".repeat(20_000);
    for (head, status) in [
        (format!("GET /{long}"), 414),
        (format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"), 414),
        (format!("GET /metrics HTTP/1.1\r\nA: {long}"), 431),
        (format!("GET /metrics HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "A: b\r\n".repeat(101)), 431),
    ] {
        let mut stream = connect(address);
        assert_eq!(ask(&mut stream, &head).status, status, "{}", &head[..40]);
        assert!(is_ended(&mut stream));
    }
}

/// What two readers could understand differently lets a request hide in another.
#[test]
fn what_could_be_two_requests_is_none() {
    let address = start(Endpoint::new()).address();
    for (headers, status) in [
        ("Accept: */*", 400),
        ("Host: localhost\r\nHost: localhost", 400),
        ("Host: localhost\r\nContent-Length: 4\r\nContent-Length: 50", 400),
        ("Host: localhost\r\nContent-Length: 4, 4", 400),
        ("Host: localhost\r\nContent-Length: -1", 400),
        ("Host: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked", 400),
        ("Host: localhost\r\nTransfer-Encoding: x", 501),
        ("Host: localhost\r\nA : b", 400),
        ("Host: localhost\r\nA: b\r\n folded", 400),
        ("Host: localhost\r\nA: b\rC: d", 400),
    ] {
        let mut stream = connect(address);
        let request = format!("GET /healthz HTTP/1.1\r\n{headers}\r\n\r\n{GET}");
        let answer = ask(&mut stream, &request);
        assert_eq!((answer.status, answer.header("Connection")), (status, Some("close")), "{headers:?}");
        assert!(is_ended(&mut stream), "{headers:?}: nothing after it is answered");
    }
}

/// A body that is not read must never be taken for the next request, whatever the client asks for.
#[test]
fn a_body_is_no_request() {
    let address = start(Endpoint::new()).address();
    let chunked = format!("{:x}\r\n{GET}\r\n0\r\n\r\n", GET.len());
    for (headers, body, status) in [
        (format!("Content-Length: {}\r\nConnection: keep-alive", GET.len()), GET, 200),
        ("Transfer-Encoding: chunked\r\nConnection: keep-alive".into(), &chunked, 200),
        (format!("Expect: 100-continue\r\nContent-Length: {}", GET.len()), GET, 200),
        (format!("Expect: 200-ok\r\nContent-Length: {}", GET.len()), GET, 417),
    ] {
        let mut stream = connect(address);
        let request = format!("GET /readyz HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n{body}");
        let answer = ask(&mut stream, &request);
        assert_eq!((answer.status, answer.header("Connection")), (status, Some("close")), "{headers}");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("ends");
        assert_eq!(String::from_utf8_lossy(&rest), "", "{headers}");
    }
}

/// The answer must not be lost because the client goes on sending.
#[test]
fn a_body_that_is_refused_does_not_drown_the_answer() {
    let address = start(Endpoint::new()).address();
    let body = "x".repeat(60_000);
    let request = format!("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n{body}");
    for _ in 0..20 {
        assert_eq!(ask(&mut connect(address), &request).status, 405);
    }
}

#[test]
fn a_client_may_stop_sending_before_it_is_answered() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    stream.write_all(format!("{GET}{GET}").as_bytes()).expect("is open");
    stream.shutdown(Shutdown::Write).expect("is open");
    assert_eq!([(); 2].map(|()| read_answer(&mut stream, false).status), [200, 200]);
    assert!(is_ended(&mut stream));

    let mut silent = connect(address);
    silent.write_all(b"GET /met").expect("is open");
    silent.shutdown(Shutdown::Write).expect("is open");
    assert!(is_ended(&mut silent), "half a request has no answer");
}
