//! What the codes of findings mean.

use crate::check::check_codes;
use crate::diagnostic::codes::decode_codes;

pub use crate::diagnostic::codes::Explanation;

/// Every code this build can give, in order.
pub fn all_codes() -> Vec<Explanation> {
    let mut all: Vec<Explanation> = Vec::new();
    for row in decode_codes().chain(check_codes()) {
        let at = all.partition_point(|known| known.code < row.code);
        all.insert(at, row);
    }
    all
}

/// The meaning of a code, in either case, with or without `KPI`: `KPI0101`, `kpi0101`, `0101`.
pub fn explain(code: &str) -> Option<Explanation> {
    let upper = code.to_ascii_uppercase();
    let digits = upper.strip_prefix("KPI").unwrap_or(&upper);
    all_codes().into_iter().find(|row| row.code.strip_prefix("KPI") == Some(digits))
}

#[cfg(test)]
mod tests {
    use super::{all_codes, explain};

    #[test]
    fn every_code_is_unique_and_found() {
        let all = all_codes();
        assert!(all.windows(2).all(|pair| pair[0].code < pair[1].code));
        for row in all {
            assert_eq!(explain(row.code), Some(row));
            assert_eq!(explain(&row.code.to_lowercase()), Some(row));
        }
        assert_eq!(explain("0101").map(|row| row.title), Some("unknown key"));
        assert_eq!(explain("KPI9999"), None);
    }
}
