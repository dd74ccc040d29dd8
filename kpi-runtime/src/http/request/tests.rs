use super::*;

#[track_caller]
fn request(head: &str) -> Request {
    parse(head.as_bytes()).unwrap_or_else(|status| panic!("{status:?}: {head:?}"))
}

#[test]
fn reads_what_is_used() {
    let head = "GET /metrics?a=b HTTP/1.1\r\nHost: x:80\r\nACCEPT: a/b\r\naccept: c/d\r\nAccept-Encoding:\tgzip \r\nauthorization: Bearer s";
    let expected = Request {
        method: Method::Get,
        path: "/metrics".into(),
        host: Some("x:80".into()),
        authorization: Some(Secret("Bearer s".into())),
        accept: Some("a/b,c/d".into()),
        accept_encoding: Some("gzip".into()),
        keep_alive: true,
    };
    let request = request(head);
    assert_eq!(request, expected);
    assert!(!format!("{request:?}").contains("Bearer"));
}

#[test]
fn knows_when_a_connection_can_be_kept() {
    for (head, expected) in [
        ("GET / HTTP/1.1\r\nHost: x", true),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close", false),
        ("GET / HTTP/1.0", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive", true),
        ("GET / HTTP/1.0\r\nConnection: TE, Keep-Alive", true),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nConnection: keep-alive", false),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0", true),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5", false),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: keep-alive", false),
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked", false),
        ("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 5", false),
    ] {
        assert_eq!(request(head).keep_alive, expected, "{head:?}");
    }
}

#[test]
fn refuses_what_is_not_http() {
    for (head, status) in [
        (b"GET /".as_slice(), Status::BadRequest),
        (b"GET  / HTTP/1.1", Status::BadRequest),
        (b"G(T / HTTP/1.1", Status::BadRequest),
        (b"GET metrics HTTP/1.1", Status::BadRequest),
        (b"CONNECT x:1 HTTP/1.1", Status::BadRequest),
        (b"GET / HTTP/2.0", Status::VersionNotSupported),
        (b"GET / http", Status::BadRequest),
        (b"GET / HTTP/1.1\r\nno colon", Status::BadRequest),
        (b"GET / HTTP/1.1\r\nA: b\r\n folded", Status::BadRequest),
        (b"GET / HTTP/1.1\r\nA : b", Status::BadRequest),
        (b"GET / HTTP/1.1\r\nA: b\x01", Status::BadRequest),
        (b"GET /\xff HTTP/1.1", Status::BadRequest),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: rain", Status::ExpectationFailed),
    ] {
        assert_eq!(parse(head).expect_err("is refused"), status, "{}", String::from_utf8_lossy(head));
    }
    let many = format!("GET / HTTP/1.1\r\nHost: x{}", "\r\nA: b".repeat(MAX_HEADERS));
    assert_eq!(parse(many.as_bytes()), Err(Status::HeadTooLarge));
}

/// What two readers could understand differently lets a request hide in another.
#[test]
fn refuses_what_could_be_two_requests() {
    for (headers, status) in [
        ("", Status::BadRequest),
        ("Host: x\r\nHost: x", Status::BadRequest),
        ("Host: x, y", Status::BadRequest),
        ("Host: x/y", Status::BadRequest),
        ("Host: user@x", Status::BadRequest),
        ("Host: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b", Status::BadRequest),
        ("Host: x\r\nContent-Length: 1\r\nContent-Length: 1", Status::BadRequest),
        ("Host: x\r\nContent-Length: 1, 1", Status::BadRequest),
        ("Host: x\r\nContent-Length: +1", Status::BadRequest),
        ("Host: x\r\nContent-Length:", Status::BadRequest),
        ("Host: x\r\nContent-Length: 99999999999999999999", Status::BadRequest),
        ("Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", Status::BadRequest),
        ("Host: x\r\nTransfer-Encoding: gzip, chunked", Status::NotImplemented),
        ("Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity", Status::NotImplemented),
    ] {
        let head = format!("GET / HTTP/1.1\r\n{headers}");
        assert_eq!(parse(head.trim_end().as_bytes()).expect_err("is refused"), status, "{headers:?}");
    }
    let old = b"GET / HTTP/1.0\r\nTransfer-Encoding: chunked";
    assert_eq!(parse(old), Err(Status::BadRequest));
}

#[test]
fn headers_that_are_not_used_may_hold_any_bytes() {
    let head = b"GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: caf\xe9\r\nAccept: a/b";
    assert_eq!(parse(head).expect("is HTTP").accept.as_deref(), Some("a/b"));
}

#[test]
fn the_target_may_name_the_host() {
    for (target, host, path) in [
        ("http://host:1/metrics?x", "host:1", "/metrics"),
        ("http://host", "host", "/"),
        ("http://host?x", "host", "/"),
        ("/a://b", "header", "/a://b"),
        ("/", "header", "/"),
        ("*", "header", "*"),
    ] {
        let request = request(&format!("GET {target} HTTP/1.1\r\nHost: header"));
        assert_eq!((request.host.as_deref(), request.path.as_str()), (Some(host), path), "{target}");
    }
    for target in ["http:///metrics", "http://user@host/", "metrics", "?"] {
        let head = format!("GET {target} HTTP/1.1\r\nHost: header");
        assert_eq!(parse(head.as_bytes()), Err(Status::BadRequest), "{target}");
    }
}
