//! Zstandard.

use std::fmt;

use zstd::bulk::Compressor;
use zstd::zstd_safe::compress_bound;

/// Makes Zstandard frames of texts, one at a time. Its state is some 600 KiB, made once.
pub(super) struct Zstd {
    compressor: Compressor<'static>,
}

/// The next ones cost more and make pages no smaller.
const LEVEL: i32 = 1;

impl Zstd {
    /// `None` without memory for its state.
    pub(super) fn new() -> Option<Self> {
        let mut compressor = Compressor::new(LEVEL).ok()?;
        compressor.include_checksum(true).ok()?;
        Some(Self { compressor })
    }

    /// Puts a frame of the text in place of what `out` holds. Allocates only where `out` is smaller than the text.
    pub(super) fn compress(&mut self, text: &[u8], out: &mut Vec<u8>) -> bool {
        out.clear();
        out.reserve(compress_bound(text.len()));
        self.compressor.compress_to_buffer(text, out).is_ok()
    }
}

impl fmt::Debug for Zstd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zstd").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::io::Read;

    use proptest::prelude::*;
    use ruzstd::decoding::StreamingDecoder;

    use super::*;

    /// The largest window that whoever accepts `zstd` has to have memory for (RFC 9659).
    const WINDOW: u64 = 8 << 20;

    fn read_back(frame: &[u8]) -> Vec<u8> {
        let mut back = Vec::new();
        let mut decoder = StreamingDecoder::new_with_max_window_size(frame, WINDOW).expect("is a frame");
        decoder.read_to_end(&mut back).expect("is whole");
        let checksum = decoder.decoder.get_checksum_from_data();
        assert!(checksum.is_some() && checksum == decoder.decoder.get_calculated_checksum());
        back
    }

    proptest! {
        #[test]
        fn another_reader_reads_it_back(texts in prop::collection::vec("[a-c\n]{0,200}|.{0,200}", 1..5)) {
            let (mut zstd, mut out) = (Zstd::new().expect("there is memory"), Vec::new());
            for text in &texts {
                prop_assert!(zstd.compress(text.as_bytes(), &mut out));
                prop_assert_eq!(read_back(&out), text.as_bytes());
            }
        }
    }

    #[test]
    fn empty_and_large_texts() {
        let (mut zstd, mut out) = (Zstd::new().expect("there is memory"), Vec::new());
        // Longer than the longest window.
        let mut large = String::new();
        for n in 0..500_000_u32 {
            writeln!(large, "kpi_{n} {}", n.wrapping_mul(2_654_435_761)).expect("text");
        }
        assert!(large.len() as u64 > WINDOW);
        for text in ["", &large, "a", ""] {
            assert!(zstd.compress(text.as_bytes(), &mut out));
            assert_eq!(read_back(&out), text.as_bytes());
        }
    }

    #[test]
    fn a_buffer_that_is_large_enough_stays_where_it_is() {
        let (mut zstd, mut out) = (Zstd::new().expect("there is memory"), Vec::new());
        let text = "kpi_requests_total 12345\n".repeat(100_000);
        assert!(zstd.compress(text.as_bytes(), &mut out));
        let (first, place, capacity) = (out.clone(), out.as_ptr(), out.capacity());
        assert!(zstd.compress(text.as_bytes(), &mut out));
        assert_eq!((&out, out.as_ptr(), out.capacity()), (&first, place, capacity));
        assert_eq!(read_back(&out), text.as_bytes());
    }
}
