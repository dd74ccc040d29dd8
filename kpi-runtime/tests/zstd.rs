//! Pages in Zstandard are what plain pages are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod page {
    kpi_runtime::kpis!("../benches/scrape/10k.yaml");
}

use std::io::Read;
use std::thread;

use flate2::read::GzDecoder;
use page::{Host, KPIS, Region, Zone};
use ruzstd::decoding::StreamingDecoder;

/// 10,000 series, which is more than a window.
fn fill() {
    for (n, region) in (0_u64..).zip(Region::ALL) {
        for zone in Zone::ALL {
            for (m, host) in (0..).zip(Host::ALL) {
                KPIS.hits.with(*region, *zone, *host).inc_by(10_000 + n * 7_919 + m * 104_729);
            }
        }
    }
}

/// A page as it was before it was compressed, without what the process says of itself: that changes from page to page.
fn asked(accept: Option<&str>, coding: Option<&str>) -> Vec<u8> {
    let page = kpi_runtime::page(accept, coding);
    assert_eq!(page.content_encoding(), coding);
    let mut bytes = Vec::new();
    match coding {
        Some("zstd") => {
            // Nobody has to read a frame with a larger window (RFC 9659).
            let mut decoder =
                StreamingDecoder::new_with_max_window_size(page.body(), 8 << 20).expect("is read");
            decoder.read_to_end(&mut bytes).expect("is whole");
            assert!(decoder.into_inner().is_empty(), "there is one frame");
        }
        Some(_) => drop(GzDecoder::new(page.body()).read_to_end(&mut bytes).expect("is gzip")),
        None => bytes.extend_from_slice(page.body()),
    }
    let kept = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"process_"));
    kept.flatten().copied().collect()
}

#[test]
fn each_scrape_is_the_plain_page_whatever_others_ask_for() {
    fill();
    for accept in [None, Some("application/openmetrics-text")] {
        let plain = asked(accept, None);
        assert!(plain.len() > 1 << 19, "{}", plain.len());
        let scrape = |coding| (0..3).all(|_| asked(accept, coding) == plain);
        thread::scope(|scope| {
            let codings = [Some("zstd"), Some("gzip"), Some("zstd"), None, Some("zstd"), Some("zstd")];
            let scrapes = codings.map(|coding| (coding, scope.spawn(move || scrape(coding))));
            for (coding, scrape) in scrapes {
                assert!(scrape.join().expect("does not panic"), "{coding:?}");
            }
        });
    }
}
