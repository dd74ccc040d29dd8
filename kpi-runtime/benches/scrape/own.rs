//! Pages of this crate. Each case is a registry of its own, and a process shows one of them.

use std::sync::Barrier;
use std::thread;

use super::Page;

macro_rules! registry {
    ($module:ident, $path:literal) => {
        pub mod $module {
            kpi_runtime::kpis!($path);
        }
    };
}
registry!(one, "1k.yaml");
registry!(ten, "10k.yaml");
registry!(hundred, "100k.yaml");
registry!(families, "families.yaml");
registry!(histograms, "histograms.yaml");

/// Gives every series a number of five digits.
macro_rules! fill {
    ($module:ident) => {{
        use $module::{Host, KPIS, Region, Zone};
        let mut number = 0;
        for region in Region::ALL {
            for zone in Zone::ALL {
                for host in Host::ALL {
                    number += 7;
                    KPIS.hits.with(*region, *zone, *host).inc_by(10_000 + number % 90_000_u64);
                }
            }
        }
    }};
}

pub fn counters(series: usize) -> Page {
    match series {
        1_000 => fill!(one),
        10_000 => fill!(ten),
        _ => fill!(hundred),
    }
    page(None)
}

/// 10,000 series in 25 families, which are small enough for every thread to have cells of its own, and as many threads.
pub fn blocks(threads: usize) -> Page {
    use families::{Host, KPIS, Region, Zone};
    macro_rules! each {
        ($($family:ident)*) => {
            for region in Region::ALL {
                for zone in Zone::ALL {
                    for host in Host::ALL {
                        $(KPIS.$family.with(*region, *zone, *host).inc_by(12_345_u64);)*
                    }
                }
            }
        };
    }
    let written: &'static Barrier = Box::leak(Box::new(Barrier::new(threads + 1)));
    for _ in 0..threads {
        // They keep their blocks until the process ends.
        thread::spawn(move || {
            each!(hits_00 hits_01 hits_02 hits_03 hits_04 hits_05 hits_06 hits_07 hits_08 hits_09 hits_10 hits_11 hits_12
                  hits_13 hits_14 hits_15 hits_16 hits_17 hits_18 hits_19 hits_20 hits_21 hits_22 hits_23 hits_24);
            written.wait();
            loop {
                thread::park();
            }
        });
    }
    written.wait();
    page(None)
}

pub fn histograms() -> Page {
    use histograms::{Host, KPIS, Region};
    for (i, value) in crate::common::seconds(20_000).into_iter().enumerate() {
        let (region, host) = (Region::ALL[i % 10], Host::ALL[i / 10 % 100]);
        KPIS.latency.with(region, host).observe(kpi_runtime::unit::Seconds(value));
    }
    page(None)
}

pub fn packed(coding: &str) -> Page {
    fill!(ten);
    page(["gzip", "zstd"].into_iter().find(|known| *known == coding))
}

fn page(accept_encoding: Option<&'static str>) -> Page {
    Box::new(move || kpi_runtime::page(None, accept_encoding).body().len())
}
