//! The protobuf wire format, as far as it is used here.

/// How the value behind a tag is written.
#[derive(Debug, Clone, Copy)]
enum WireType {
    Varint = 0,
    Fixed64 = 1,
    Delimited = 2,
}

/// A message that is being written: the fields written so far.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    out: &'a mut Vec<u8>,
}

/// The bytes of one message, without a length.
pub(crate) fn message(fields: impl FnOnce(&mut Message<'_>)) -> Vec<u8> {
    let mut out = Vec::new();
    fields(&mut Message { out: &mut out });
    out
}

/// Appends a message with its length before it, as messages follow each other in a stream.
fn delimited(out: &mut Vec<u8>, fields: impl FnOnce(&mut Message<'_>)) {
    let start = out.len();
    // Most messages are short enough for a length of one byte; a longer one is moved when its length is known.
    out.push(0);
    fields(&mut Message { out });
    let length = out.len() - start - 1;
    if let Some(byte) = out.get_mut(start).filter(|_| length < 0x80) {
        *byte = low_byte(length as u64);
    } else {
        out.splice(start..=start, varint_bytes(length as u64));
    }
}

impl Message<'_> {
    /// A `string`.
    pub(crate) fn text(&mut self, field: u32, text: &str) {
        self.tag(field, WireType::Delimited);
        varint(self.out, text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// A `double`.
    pub(crate) fn double(&mut self, field: u32, number: f64) {
        self.tag(field, WireType::Fixed64);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// A `uint32`, `uint64`, `bool` or enumeration.
    pub(crate) fn uint(&mut self, field: u32, number: u64) {
        self.tag(field, WireType::Varint);
        varint(self.out, number);
    }

    /// A message within this one.
    pub(crate) fn message(&mut self, field: u32, fields: impl FnOnce(&mut Message<'_>)) {
        self.tag(field, WireType::Delimited);
        delimited(self.out, fields);
    }

    /// A `fixed64`.
    pub(crate) fn fixed64(&mut self, field: u32, number: u64) {
        self.tag(field, WireType::Fixed64);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// A `repeated fixed64`, packed; of a `repeated double` the bits.
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

fn varint(out: &mut Vec<u8>, number: u64) {
    if number < 0x80 {
        out.push(low_byte(number));
    } else {
        out.extend(varint_bytes(number));
    }
}

/// Seven bits to a byte, the low ones first; all but the last have the eighth bit too.
fn varint_bytes(number: u64) -> impl Iterator<Item = u8> {
    let last = number.checked_ilog2().unwrap_or(0) / 7;
    (0..=last).map(move |i| low_byte(number >> (7 * i)) & 0x7f | if i < last { 0x80 } else { 0 })
}

fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0]
}

/// The value of a field that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field<'m> {
    /// A number of varying length.
    Varint(u64),
    /// A text, bytes or a message.
    Delimited(&'m [u8]),
    /// A number of fixed length, which nothing that is read here has.
    Fixed,
}

/// The fields of a message with their numbers, as far as it can be read.
pub(crate) fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, Field<'_>)> {
    std::iter::from_fn(move || {
        let tag = read_varint(&mut message)?;
        let field = match tag & 7 {
            0 => Field::Varint(read_varint(&mut message)?),
            1 => read_bytes(&mut message, 8).map(|_| Field::Fixed)?,
            2 => {
                let length = usize::try_from(read_varint(&mut message)?).ok()?;
                Field::Delimited(read_bytes(&mut message, length)?)
            }
            5 => read_bytes(&mut message, 4).map(|_| Field::Fixed)?,
            _ => return None,
        };
        Some((tag >> 3, field))
    })
}

fn read_varint(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for at in 0..10 {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn read_bytes<'m>(message: &mut &'m [u8], length: usize) -> Option<&'m [u8]> {
    let (bytes, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(bytes)
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
        let packed = message(|message| message.packed_fixed64(6, [1, 2].into_iter()));
        assert_eq!(packed, [[0x32, 16].as_slice(), &1u64.to_le_bytes(), &2u64.to_le_bytes()].concat());
        assert!(message(|message| message.packed_fixed64(6, [].into_iter())).is_empty());
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

    #[test]
    fn what_is_written_is_read_back() {
        let bytes = message(|message| {
            message.uint(1, u64::MAX);
            message.double(2, 1.5);
            message.message(300, |inner| inner.text(2, "no"));
        });
        let read: Vec<_> = fields(&bytes).collect();
        let inner = b"\x12\x02no".as_slice();
        assert_eq!(read, [(1, Field::Varint(u64::MAX)), (2, Field::Fixed), (300, Field::Delimited(inner))]);
        // What is cut off or is no message ends early.
        for end in 0..bytes.len() {
            assert!(fields(&bytes[..end]).count() < 3);
        }
        assert_eq!(fields(&[0xff; 20]).count(), 0);
    }
}
