//! Exemplars as OTLP has them: the ids of trace and span as bytes, all other labels as attributes.

use super::encode::attribute;
use crate::snapshot::Exemplar;
use crate::wire::Message;

/// Fields of `Exemplar`.
const TIME: u32 = 2;
const AS_DOUBLE: u32 = 3;
const SPAN_ID: u32 = 4;
const TRACE_ID: u32 = 5;
const FILTERED_ATTRIBUTES: u32 = 7;

/// Writes an exemplar to a field of its point.
pub(super) fn write(point: &mut Message<'_>, field: u32, exemplar: &Exemplar) {
    point.message(field, |message| {
        if let Some(nanoseconds) = exemplar.timestamp.and_then(nanoseconds) {
            message.fixed64(TIME, nanoseconds);
        }
        message.double(AS_DOUBLE, exemplar.value);
        for (name, value) in &exemplar.labels {
            match (&**name, id::<16>(value), id::<8>(value)) {
                ("trace_id", Some(trace), _) => message.bytes(TRACE_ID, &trace),
                ("span_id", _, Some(span)) => message.bytes(SPAN_ID, &span),
                _ => attribute(message, FILTERED_ATTRIBUTES, name, value),
            }
        }
    });
}

/// Nanoseconds since the epoch, to the microsecond that a float of seconds tells.
fn nanoseconds(seconds: f64) -> Option<u64> {
    let since = std::time::Duration::try_from_secs_f64(seconds).ok()?;
    u64::try_from(since.as_nanos()).ok()
}

/// The bytes of an id of this many, from two hexadecimal digits each. An id of zeros is none.
fn id<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let mut id = [0; BYTES];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != BYTES || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in id.iter_mut().zip(pairs) {
        let digit = |digit: &u8| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(high)? << 4 | digit(low)?;
    }
    (id != [0; BYTES]).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_hexadecimal_and_as_long_as_they_must_be() {
        assert_eq!(id("00f067aa0ba902b7"), Some([0, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]));
        for text in [
            "",
            "00f067aa0ba902b",
            "00f067aa0ba902b7aa",
            "00f067aa0ba902bx",
            "0000000000000000",
            "+0f067aa0ba902b7",
        ] {
            assert_eq!(id::<8>(text), None, "{text}");
        }
    }

    #[test]
    fn times_that_are_none_are_left_out() {
        assert_eq!(nanoseconds(1.5), Some(1_500_000_000));
        assert!([-1.0, f64::NAN, f64::INFINITY, 1e300].iter().all(|seconds| nanoseconds(*seconds).is_none()));
    }
}
