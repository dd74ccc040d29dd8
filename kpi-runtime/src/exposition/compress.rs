//! Compression of answers.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// At level 1: higher levels cost three times as much for a few percent.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), Compression::fast());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn reads_back() {
        for text in ["", "a", &"# HELP\n".repeat(10_000)] {
            let mut back = String::new();
            GzDecoder::new(gzip(text.as_bytes()).as_slice()).read_to_string(&mut back).expect("is gzip");
            assert_eq!(back, text);
        }
    }
}
