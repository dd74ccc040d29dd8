//! A fingerprint of the registry's text.

use crate::source::SourceMap;

/// FNV-1a over 64-bit words of every file's name and text, as 16 hexadecimal digits. Stable across platforms and
/// releases; it tells versions apart and is no protection against forgery.
pub(super) fn hash(sources: &SourceMap) -> String {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for (_, file) in sources.files() {
        for text in [&file.name, &file.text] {
            state = words(state, text.as_bytes());
        }
    }
    format!("{state:016x}")
}

fn words(mut state: u64, bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        state = (state ^ u64::from_le_bytes(*chunk)).wrapping_mul(PRIME);
        state ^= state >> 32;
    }
    for byte in rest {
        state = (state ^ u64::from(*byte)).wrapping_mul(PRIME);
    }
    (state ^ bytes.len() as u64).wrapping_mul(PRIME)
}
