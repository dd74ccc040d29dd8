//! The bearer token.

use std::fs;
use std::net::SocketAddr;

use kpi_runtime::{Endpoint, Token};

use crate::start;
use crate::support::{Answer, get};

const SECRET: &str = "sesame-4711";

fn metrics(address: SocketAddr, authorization: &str) -> Answer {
    get(address, "/metrics", &format!("Authorization: {authorization}\r\n"))
}

#[test]
fn only_the_token_opens() {
    let address = start(Endpoint::new().bearer_token(Token::new(SECRET).expect("is a token"))).address();
    for right in ["Bearer sesame-4711", "bearer sesame-4711", "BEARER   sesame-4711"] {
        assert_eq!(metrics(address, right).status, 200, "{right}");
    }
    for path in ["/metrics", "/kpi/contract"] {
        let missing = get(address, path, "");
        let challenge = Some("Bearer realm=\"kpi\"");
        assert_eq!((missing.status, missing.header("WWW-Authenticate")), (401, challenge), "{path}");
    }
    let basic = metrics(address, "Basic sesame-4711");
    assert_eq!((basic.status, basic.header("WWW-Authenticate")), (401, Some("Bearer realm=\"kpi\"")));
    for wrong in ["Bearer sesame-4712", "Bearer sesame", "Bearer sesame-4711x", "Bearer a b"] {
        let answer = metrics(address, wrong);
        let challenge = Some("Bearer realm=\"kpi\", error=\"invalid_token\"");
        assert_eq!((answer.status, answer.header("WWW-Authenticate")), (401, challenge), "{wrong}");
    }
    let twice = metrics(address, "Bearer sesame-4711\r\nAuthorization: Bearer sesame-4711");
    assert_eq!(twice.status, 400);
}

#[test]
fn probes_are_open_unless_guarded() {
    let endpoint = Endpoint::new().bearer_token(Token::new(SECRET).expect("is a token"));
    let [open, guarded] = [endpoint.clone(), endpoint.guard_probes(true)].map(|one| start(one).address());
    for path in ["/healthz", "/readyz"] {
        assert_eq!((get(open, path, "").status, get(guarded, path, "").status), (200, 401), "{path}");
        let header = format!("Authorization: Bearer {SECRET}\r\n");
        assert_eq!(get(guarded, path, &header).status, 200, "{path}");
    }
}

#[test]
fn a_file_is_read_again() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = folder.path().join("token");
    fs::write(&path, "old\n").expect("can be written");
    let token = Token::from_file(&path).expect("has a token");
    let address = start(Endpoint::new().bearer_token(token)).address();
    let status = |token: &str| metrics(address, &format!("Bearer {token}")).status;
    assert_eq!((status("old"), status("new")), (200, 401));

    // While it is replaced, both are good; afterwards, the new one. All of these files have one length and one time.
    fs::write(&path, "old\nnew\n").expect("can be written");
    assert_eq!((status("old"), status("new")), (200, 200));
    fs::write(&path, "new\n").expect("can be written");
    assert_eq!((status("old"), status("new")), (401, 200));
    fs::write(&path, "old\n").expect("can be written");
    assert_eq!((status("old"), status("new")), (200, 401));

    // Nobody is let in by a file that is not there, or says nothing.
    for text in [None, Some(""), Some(" \n"), Some("two words")] {
        match text {
            None => fs::remove_file(&path).expect("is there"),
            Some(text) => fs::write(&path, text).expect("can be written"),
        }
        for token in ["old", "two", "two words"] {
            assert_eq!(status(token), 503, "{text:?} {token:?}");
        }
    }
    fs::write(&path, "old").expect("can be written");
    assert_eq!(status("old"), 200);
}

#[test]
fn what_is_no_token_is_told() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = folder.path().join("token");
    let told = || Token::from_file(&path).expect_err("has no token").to_string();
    assert!(told().starts_with("cannot read the token "), "{}", told());
    fs::write(&path, "\n").expect("can be written");
    assert!(told().ends_with(" has no token"), "{}", told());
    fs::write(&path, "x".repeat(70_000)).expect("can be written");
    assert!(told().starts_with("cannot read the token "), "{}", told());
    fs::write(&path, SECRET.replace('-', " ")).expect("can be written");
    assert!(!told().contains("4711"), "an error never shows the secret: {}", told());
}

#[test]
fn is_never_shown() {
    let endpoint = Endpoint::new().bearer_token(Token::new(SECRET).expect("is a token"));
    assert!(!format!("{endpoint:?}").contains(SECRET));
    let server = start(endpoint);
    assert!(!format!("{server:?}").contains(SECRET));
    let refused = metrics(server.address(), "Bearer sesame-0815");
    assert!(
        !refused.head.contains("0815")
            && !refused.text().contains("0815")
            && !refused.text().contains(SECRET)
    );
}
