//! The agent's KPIs, compiled from the platform's registry by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/kpis.rs"));
