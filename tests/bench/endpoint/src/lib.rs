//! What the two servers share: how a series gets its value, so that both expose the same page.

/// The value of the series with this number: of as many digits as counters have in a service that has run for a while.
pub fn value(number: u64) -> u64 {
    number.wrapping_mul(6_364_136_223_846_793_005).rotate_left(20) % 10_000_000
}

/// The address to listen on, from the command line.
pub fn address() -> std::net::SocketAddr {
    let address = std::env::args().nth(1).expect("usage: PROGRAM ADDRESS");
    address.parse().expect("an address, such as 127.0.0.1:9464")
}
