//! By which names the endpoint may be called.

use std::net::IpAddr;

/// Names that may stand in the `Host` header of a request. `None` means all of them.
///
/// A page that somebody's browser has open can let its own name lead to a loopback address, and then read what the
/// endpoint answers as if it came from itself ("DNS rebinding"). The browser sends the page's name as `Host`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Hosts(pub(super) Option<Vec<String>>);

impl Hosts {
    /// Whether a request with this `Host` is answered. An address can't be made to lead elsewhere, and what sends no
    /// name is no browser.
    pub(super) fn allow(&self, host: Option<&str>) -> bool {
        let (Some(names), Some(host)) = (&self.0, host) else {
            return true;
        };
        let host = without_port(host).trim_end_matches('.').to_ascii_lowercase();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
        host.is_empty()
            || address.parse::<IpAddr>().is_ok()
            || host == "localhost"
            || host.ends_with(".localhost")
            || names.iter().any(|name| name.trim_end_matches('.').eq_ignore_ascii_case(&host))
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether it can be a `Host`: a name or an address, perhaps with a port.
pub(super) fn is_host(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+;=:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_this_machines_name_are_always_allowed() {
        let named = Hosts(Some(vec!["neuros.internal".into()]));
        for host in [
            "127.0.0.1",
            "127.0.0.1:9464",
            "[::1]:9464",
            "[::1]",
            "10.1.2.3:80",
            "localhost",
            "LOCALHOST:9464",
            "app.localhost",
            "Neuros.Internal:9464",
            "neuros.internal.",
            "",
        ] {
            assert!(named.allow(Some(host)), "{host}");
        }
        assert!(named.allow(None));
    }

    #[test]
    fn other_names_are_not() {
        let named = Hosts(Some(vec!["neuros.internal".into()]));
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "internal", "x:y"]
        {
            assert!(!named.allow(Some(host)), "{host}");
            assert!(Hosts(None).allow(Some(host)), "{host}");
        }
    }
}
