//! Where requests go.

use std::fmt;

/// A server, and the path on it that everything is below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Host and port as they were written, for the header.
    pub(crate) authority: String,
    /// Empty, or a path that begins and does not end with a slash.
    pub(crate) base: String,
}

/// Why a text is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TargetError(&'static str);

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Target {
    /// Of `http://host:port/path`.
    pub(crate) fn parse(url: &str) -> Result<Self, TargetError> {
        let rest = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => {
                return Err(TargetError(
                    "https is not spoken here: push to a proxy on this machine that speaks it",
                ));
            }
            _ => return Err(TargetError("expected a URL such as http://pushgateway:9091")),
        };
        if !rest.chars().all(|c| c.is_ascii_graphic()) {
            return Err(TargetError("a URL has no spaces and nothing but ASCII"));
        }
        if rest.contains(['?', '#']) {
            return Err(TargetError("expected a URL without query and fragment"));
        }
        let (authority, base) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        if authority.contains('@') {
            return Err(TargetError("a URL is no place for secrets: read them from a file"));
        }
        let (host, port) = host_and_port(authority)?;
        Ok(Self {
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            base: base.trim_end_matches('/').to_owned(),
        })
    }
}

/// A URL as it may be shown: without the user and password that it should not have.
pub(crate) fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

fn host_and_port(authority: &str) -> Result<(&str, u16), TargetError> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(TargetError("a bracket is not closed"))?;
            (host, port.strip_prefix(':').or(if port.is_empty() { Some("80") } else { None }))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("80")),
        },
    };
    let port = port.and_then(|port| port.parse().ok()).filter(|port| *port != 0);
    match port {
        Some(port) if !host.is_empty() => Ok((host, port)),
        Some(_) => Err(TargetError("the host is missing")),
        None => Err(TargetError("expected a port from 1 to 65535; an IPv6 address stands in brackets")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_server_is_called() {
        let cases = [
            ("http://localhost", ("localhost", 80, "")),
            ("HTTP://10.0.0.1:9091/", ("10.0.0.1", 9091, "")),
            ("http://[::1]:9091/push/", ("::1", 9091, "/push")),
            ("http://[fe80::1]", ("fe80::1", 80, "")),
            ("http://proxy/a/b", ("proxy", 80, "/a/b")),
        ];
        for (url, (host, port, base)) in cases {
            let target = Target::parse(url).map(|it| (it.host, it.port, it.base));
            assert_eq!(target, Ok((host.to_owned(), port, base.to_owned())), "{url}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let cases = [
            ("pushgateway:9091", "such as http://"),
            ("ftp://x", "such as http://"),
            ("https://x", "https is not spoken"),
            ("http://", "the host is missing"),
            ("http://:9091", "the host is missing"),
            ("http://x:port", "expected a port"),
            ("http://x:0", "expected a port"),
            ("http://x:65536", "expected a port"),
            ("http://::1", "in brackets"),
            ("http://[::1", "not closed"),
            ("http://[::1]9091", "expected a port"),
            ("http://x/?a=b", "without query"),
            ("http://user:secret@x", "no place for secrets"),
            ("http://x /", "no spaces"),
            ("http://x\r\nY: z", "no spaces"),
        ];
        for (url, said) in cases {
            let error =
                Target::parse(url).map_or_else(|error| error.to_string(), |target| format!("{target:?}"));
            assert!(error.contains(said), "{url}: {error}");
        }
    }
}
