//! Compression of answers.

#[cfg(feature = "zstd")]
mod zstd;

use std::fmt;

use miniz_oxide::DataFormat;
use miniz_oxide::deflate::CompressionLevel;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, compress_to_output};

/// How a page is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Zstandard (RFC 8878).
    #[cfg(feature = "zstd")]
    Zstd,
    /// gzip (RFC 1952).
    Gzip,
}

impl Coding {
    /// All that are spoken, the preferred first.
    pub(super) const ALL: &'static [Self] = &[
        #[cfg(feature = "zstd")]
        Self::Zstd,
        Self::Gzip,
    ];

    /// Its name in `Content-Encoding`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            #[cfg(feature = "zstd")]
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// Whether `Accept-Encoding` calls it so.
    pub(super) fn is_named(self, name: &str) -> bool {
        name == self.as_str() || (self == Self::Gzip && name == "x-gzip")
    }
}

/// What compresses pages, each made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Compressors {
    gzip: Option<Gzip>,
    #[cfg(feature = "zstd")]
    zstd: Option<zstd::Zstd>,
}

impl Compressors {
    /// Puts the compressed text in place of what `out` holds; false if there is no memory for that.
    pub(super) fn compress(&mut self, coding: Coding, text: &[u8], out: &mut Vec<u8>) -> bool {
        match coding {
            #[cfg(feature = "zstd")]
            Coding::Zstd => {
                if self.zstd.is_none() {
                    self.zstd = zstd::Zstd::new();
                }
                self.zstd.as_mut().is_some_and(|zstd| zstd.compress(text, out))
            }
            Coding::Gzip => {
                self.gzip.get_or_insert_default().compress(text, out);
                true
            }
        }
    }
}

/// The head of a gzip member (RFC 1952, 2.3): its two magic bytes, deflate, no flags, no time, the fastest algorithm, an
/// unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

/// Makes gzip of texts, one at a time. Its state is some 300 KiB, made once.
///
/// At level 1: higher levels cost three times as much for a few percent.
pub(crate) struct Gzip {
    deflate: Box<CompressorOxide>,
}

impl Gzip {
    /// Puts the compressed text in place of what `out` holds. Allocates only where `out` is too small.
    pub(crate) fn compress(&mut self, text: &[u8], out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&HEAD);
        self.deflate.reset();
        // Done in one call, as the output takes everything.
        compress_to_output(&mut self.deflate, text, TDEFLFlush::Finish, |bytes| {
            out.extend_from_slice(bytes);
            true
        });
        out.extend_from_slice(&tail(crc32(text), text.len() as u64));
    }
}

impl Default for Gzip {
    fn default() -> Self {
        let deflate = CompressorOxide::with_format_and_level(DataFormat::Raw, CompressionLevel::BestSpeed);
        Self { deflate: Box::new(deflate) }
    }
}

impl fmt::Debug for Gzip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gzip").finish_non_exhaustive()
    }
}

/// The end of a member: the checksum, and the length modulo 2³², which is the lower half of its bytes.
fn tail(crc: u32, length: u64) -> [u8; 8] {
    let mut tail = [0; 8];
    tail[..4].copy_from_slice(&crc.to_le_bytes());
    tail[4..].copy_from_slice(&length.to_le_bytes()[..4]);
    tail
}

/// `STEPS[n][byte]` is what `byte` does to the checksum when `n` further bytes have followed.
const STEPS: [[u32; 256]; 8] = {
    /// The polynomial of gzip, lowest power first.
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let mut steps = [[0; 256]; 8];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut crc = byte;
        let mut bit = 0;
        while bit < 8 * 8 {
            crc = if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ POLYNOMIAL };
            bit += 1;
            if bit % 8 == 0 {
                steps[bit / 8 - 1][byte as usize] = crc;
            }
        }
        byte += 1;
    }
    steps
};

/// The checksum of gzip (CRC-32), eight bytes at a time: one at a time would take as long as the compression.
fn crc32(text: &[u8]) -> u32 {
    let (eights, rest) = text.as_chunks::<8>();
    let mut crc = u32::MAX;
    for eight in eights {
        let mut eight = *eight;
        for (byte, before) in eight.iter_mut().zip(crc.to_le_bytes()) {
            *byte ^= before;
        }
        let steps = STEPS.iter().rev();
        crc = eight.iter().zip(steps).fold(0, |crc, (byte, step)| crc ^ step[usize::from(*byte)]);
    }
    for byte in rest {
        let [last, ..] = crc.to_le_bytes();
        crc = STEPS[0][usize::from(last ^ byte)] ^ (crc >> 8);
    }
    !crc
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    fn read_back(gzip: &[u8]) -> Vec<u8> {
        let mut back = Vec::new();
        // Checks the checksum and the length, too.
        GzDecoder::new(gzip).read_to_end(&mut back).expect("is gzip");
        back
    }

    proptest! {
        #[test]
        fn another_reader_reads_it_back(texts in prop::collection::vec("[a-c\n]{0,200}|.{0,200}", 1..5)) {
            let (mut gzip, mut out) = (Gzip::default(), Vec::new());
            for text in &texts {
                gzip.compress(text.as_bytes(), &mut out);
                prop_assert_eq!(read_back(&out), text.as_bytes());
            }
        }
    }

    #[test]
    fn empty_and_large_texts() {
        let (mut gzip, mut out) = (Gzip::default(), Vec::new());
        // Beyond the window of 32 KiB, over and over.
        let mut large = String::new();
        for n in 0..100_000_u32 {
            writeln!(large, "kpi_{n} {}", n.wrapping_mul(2_654_435_761)).expect("text");
        }
        for text in ["", &large, "a", ""] {
            gzip.compress(text.as_bytes(), &mut out);
            assert_eq!(read_back(&out), text.as_bytes());
        }
        assert_eq!(out.len(), HEAD.len() + 2 + 8, "a head, an empty block, a tail");
    }

    #[test]
    fn a_buffer_that_is_large_enough_stays_where_it_is() {
        let (mut gzip, mut out) = (Gzip::default(), Vec::new());
        let text = "kpi_requests_total 12345\n".repeat(10_000);
        gzip.compress(text.as_bytes(), &mut out);
        let (first, place, capacity) = (out.clone(), out.as_ptr(), out.capacity());
        gzip.compress(text.as_bytes(), &mut out);
        assert_eq!((&out, out.as_ptr(), out.capacity()), (&first, place, capacity));
    }

    #[test]
    fn known_checksums() {
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b"The quick brown fox jumps over the lazy dog"), 0x414f_a339);
    }

    #[test]
    fn the_length_wraps_at_4_gib() {
        assert_eq!(tail(0x0403_0201, 0x0605), [1, 2, 3, 4, 5, 6, 0, 0]);
        assert_eq!(tail(0, (1 << 32) + 5), tail(0, 5));
    }
}
