//! Reading messages.

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
    use crate::wire::message;

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
