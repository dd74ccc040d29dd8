//! The protobuf wire format, as far as it is used here.

#[cfg(feature = "otlp")]
mod read;

#[cfg(feature = "otlp")]
pub(crate) use read::{Field, fields};

/// How the value behind a tag is written.
#[derive(Clone, Copy)]
enum WireType {
    Varint = 0,
    Fixed64 = 1,
    Delimited = 2,
}

/// A message that is being written: the fields written so far.
pub(crate) struct Message<'a> {
    out: &'a mut Vec<u8>,
}

/// The bytes of one message, without a length.
#[cfg(any(feature = "otlp", test))]
pub(crate) fn message(fields: impl FnOnce(&mut Message<'_>)) -> Vec<u8> {
    let mut out = Vec::new();
    fields(&mut Message { out: &mut out });
    out
}

/// Appends a message with its length before it, as messages follow each other in a stream.
pub(crate) fn delimited(out: &mut Vec<u8>, fields: impl FnOnce(&mut Message<'_>)) {
    let start = out.len();
    // Most messages are short enough for a length of one byte; a longer one is moved when its length is known.
    out.push(0);
    fields(&mut Message { out });
    write_length(out, start);
}

/// Puts the length of what follows in the place that was kept for it.
fn write_length(out: &mut Vec<u8>, start: usize) {
    let length = out.len() - start - 1;
    if length < 0x80 {
        out[start] = low_byte(length as u64);
    } else {
        let end = out.len();
        varint(out, length as u64);
        let bytes = out.len() - end;
        out[start + 1..].rotate_right(bytes);
        out.remove(start);
    }
}

impl Message<'_> {
    /// A `string`.
    pub(crate) fn text(&mut self, field: u32, text: &str) {
        self.tag(field, WireType::Delimited);
        varint(self.out, text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// A `bytes`.
    #[cfg(feature = "otlp")]
    pub(crate) fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.tag(field, WireType::Delimited);
        varint(self.out, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    /// A `double`.
    pub(crate) fn double(&mut self, field: u32, number: f64) {
        self.fixed64(field, number.to_bits());
    }

    /// A `fixed64`.
    pub(crate) fn fixed64(&mut self, field: u32, number: u64) {
        self.tag(field, WireType::Fixed64);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// A `uint32`, `uint64`, `bool` or enumeration.
    pub(crate) fn uint(&mut self, field: u32, number: u64) {
        self.tag(field, WireType::Varint);
        varint(self.out, number);
    }

    /// An `int32` or `int64`; negative ones take ten bytes.
    pub(crate) fn int(&mut self, field: u32, number: i64) {
        self.uint(field, number.cast_unsigned());
    }

    /// A `sint32` or `sint64`.
    pub(crate) fn sint(&mut self, field: u32, number: i64) {
        self.uint(field, zigzag(number));
    }

    /// A message within this one.
    pub(crate) fn message(&mut self, field: u32, fields: impl FnOnce(&mut Message<'_>)) {
        self.tag(field, WireType::Delimited);
        delimited(self.out, fields);
    }

    /// A `repeated sint64`, packed; nothing if there is none.
    pub(crate) fn packed_sint(&mut self, field: u32, numbers: &[i64]) {
        if !numbers.is_empty() {
            self.message(field, |packed| {
                for number in numbers {
                    varint(packed.out, zigzag(*number));
                }
            });
        }
    }

    /// A `repeated fixed64`, packed; of a `repeated double` the bits. Nothing if there is none.
    #[cfg(feature = "otlp")]
    pub(crate) fn packed_fixed64(&mut self, field: u32, numbers: impl ExactSizeIterator<Item = u64>) {
        if numbers.len() > 0 {
            self.tag(field, WireType::Delimited);
            varint(self.out, numbers.len() as u64 * 8);
            numbers.for_each(|number| self.out.extend_from_slice(&number.to_le_bytes()));
        }
    }

    fn tag(&mut self, field: u32, wire_type: WireType) {
        varint(self.out, u64::from(field << 3 | wire_type as u32));
    }
}

/// Seven bits to a byte, the low ones first; all but the last have the eighth bit too.
fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(low_byte(number) | 0x80);
        number >>= 7;
    }
    out.push(low_byte(number));
}

fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0]
}

/// Small numbers of either sign become small numbers.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first two are the examples of the encoding's own documentation.
    #[test]
    fn fields_are_written_as_documented() {
        assert_eq!(message(|message| message.uint(1, 150)), [0x08, 0x96, 0x01]);
        assert_eq!(message(|message| message.text(2, "testing")), b"\x12\x07testing");
        assert_eq!(message(|message| message.double(3, 1.0)), [0x19, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
        assert_eq!(message(|message| message.uint(16, 1)), [0x80, 0x01, 1], "a tag may take two bytes");
        assert_eq!(message(|message| message.uint(1, u64::MAX)).len(), 11);
        assert_eq!(message(|message| message.fixed64(1, 258)), [0x09, 2, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(message(|message| message.int(1, -1)), message(|message| message.uint(1, u64::MAX)));
        assert_eq!(message(|message| message.packed_sint(1, &[0, -1, 1, -2])), [0x0a, 4, 0, 1, 2, 3]);
        assert!(message(|message| message.packed_sint(1, &[])).is_empty());
    }

    #[cfg(feature = "otlp")]
    #[test]
    fn numbers_of_fixed_length_are_packed() {
        let packed = message(|message| message.packed_fixed64(6, [1, 2].into_iter()));
        assert_eq!(packed, [[0x32, 16].as_slice(), &1u64.to_le_bytes(), &2u64.to_le_bytes()].concat());
        assert!(message(|message| message.packed_fixed64(6, [].into_iter())).is_empty());
    }

    #[test]
    fn numbers_of_either_sign_stay_small() {
        let cases = [(0, 0), (-1, 1), (1, 2), (i64::MAX, u64::MAX - 1), (i64::MIN, u64::MAX)];
        for (number, expected) in cases {
            assert_eq!(zigzag(number), expected, "{number}");
        }
    }

    #[test]
    fn lengths_of_any_size_go_before_a_message() {
        for (length, prefix) in [(0, &[0][..]), (125, &[127]), (126, &[0x80, 1]), (20_000, &[0xa4, 0x9c, 1])]
        {
            let text = "x".repeat(length);
            let mut out = vec![7];
            delimited(&mut out, |message| (0..length.min(1)).for_each(|_| message.text(1, &text)));
            assert_eq!(out[..=prefix.len()], [&[7], prefix].concat(), "{length}");
            assert!(out.ends_with(text.as_bytes()));
        }
    }
}
