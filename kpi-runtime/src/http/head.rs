//! Finding the heads of requests in what a client sends.

use super::response::Status;

/// Some clients end a request with an empty line too many. None sends many of them.
const MAX_EMPTY_LINES: u8 = 4;

/// Bytes that have been received and are not used yet.
#[derive(Default)]
pub(super) struct Received {
    bytes: Vec<u8>,
    /// How many of them were looked at, so that a head that comes byte by byte costs no more than one that comes at
    /// once.
    searched: usize,
    /// Empty lines before the next head.
    empty_lines: u8,
}

impl Received {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next head, without the empty line at its end; `None` while it is not complete.
    ///
    /// # Errors
    ///
    /// The status to answer with, as soon as it can be known: no HTTP begins like this, or the head has more bytes than
    /// `limit`.
    pub(super) fn head(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Status> {
        // What lies beyond the limit does not count, whether it is here already or not.
        while let Some(byte) = self.bytes.get(self.searched).copied().filter(|_| self.searched < limit) {
            let before = self.bytes.get(..self.searched).unwrap_or_default();
            match byte {
                b'\n' if before == b"\r" && self.empty_lines < MAX_EMPTY_LINES => {
                    self.bytes.drain(..2);
                    (self.searched, self.empty_lines) = (0, self.empty_lines + 1);
                    continue;
                }
                b'\n' if before == b"\r" => return Err(Status::BadRequest),
                b'\n' if before.ends_with(b"\r\n\r") => {
                    let head = self.bytes.get(..self.searched - 3).unwrap_or_default().to_vec();
                    self.bytes.drain(..=self.searched);
                    (self.searched, self.empty_lines) = (0, 0);
                    return Ok(Some(head));
                }
                b'\n' if !before.ends_with(b"\r") => return Err(Status::BadRequest),
                // A method begins with a letter. TLS, for one, does not.
                _ if before.is_empty() && byte != b'\r' && !byte.is_ascii_alphabetic() => {
                    return Err(Status::BadRequest);
                }
                0 => return Err(Status::BadRequest),
                _ if before.ends_with(b"\r") && byte != b'\n' => return Err(Status::BadRequest),
                _ => {}
            }
            self.searched += 1;
        }
        match self.bytes.get(..limit) {
            None => Ok(None),
            Some(head) if head.contains(&b'\n') => Err(Status::HeadTooLarge),
            Some(_) => Err(Status::TargetTooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::request::parse;
    use super::*;

    /// What comes of these pieces, up to the first that is refused.
    fn outcome(pieces: &[&[u8]]) -> (Vec<Vec<u8>>, Option<Status>) {
        let (mut received, mut heads) = (Received::default(), Vec::new());
        for piece in pieces {
            received.push(piece);
            loop {
                match received.head(64) {
                    Ok(Some(head)) => heads.push(head),
                    Ok(None) => break,
                    Err(status) => return (heads, Some(status)),
                }
            }
        }
        (heads, None)
    }

    proptest! {
        /// How the network cuts what it carries makes no difference, and no bytes make a panic.
        #[test]
        fn pieces_do_not_matter(
            lines in prop::collection::vec("(GET /metrics HTTP/1.1|[A-Za-z]{1,9}: [ -~]{0,20}|GET /[a-z]{50,70} HTTP/1.1|[\\x00-\\x7f]{0,9}|)(\r\n){1,2}", 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let bytes = lines.concat().into_bytes();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            let at_once = outcome(&[&bytes]);
            prop_assert_eq!(outcome(&pieces), at_once.clone());
            for head in at_once.0 {
                let _ = parse(&head);
            }
        }
    }

    fn received(bytes: &[u8]) -> Received {
        let mut received = Received::default();
        received.push(bytes);
        received
    }

    #[test]
    fn heads_come_one_after_the_other() {
        let mut received = received(b"GET /a HTTP/1.1\r\nA: b\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET");
        assert_eq!(received.head(100), Ok(Some(b"GET /a HTTP/1.1\r\nA: b".to_vec())));
        assert_eq!(received.head(100), Ok(Some(b"GET /b HTTP/1.1".to_vec())));
        assert_eq!(received.head(100), Ok(None));
        assert!(!received.is_empty());
    }

    #[test]
    fn byte_by_byte_is_as_good_as_at_once() {
        let head = b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut received = Received::default();
        for byte in &head[..head.len() - 1] {
            received.push(&[*byte]);
            assert_eq!(received.head(100), Ok(None));
        }
        received.push(b"\n");
        assert_eq!(received.head(100), Ok(Some(b"GET / HTTP/1.1\r\nHost: x".to_vec())));
        assert!(received.is_empty());
    }

    #[test]
    fn what_is_not_http_is_known_by_its_first_bytes() {
        for bytes in [
            // TLS, a line feed alone, a carriage return alone, nothing but empty lines, and zeros.
            b"\x16\x03\x01\x02\x00".as_slice(),
            b"GET / HTTP/1.1\nHost: x\n",
            b"GET / HTTP/1.1\rHost",
            b"\r\n\r\n\r\n\r\n\r\n",
            b"GET /\0",
            b"\0",
            b"\n",
            b" GET",
        ] {
            assert_eq!(received(bytes).head(100), Err(Status::BadRequest), "{bytes:?}");
        }
    }

    #[test]
    fn heads_have_a_limit() {
        assert!(received(b"GET / HTTP/1.1\r\n\r\n").head(18).is_ok_and(|head| head.is_some()));
        for (bytes, status) in [
            (b"GET / HTTP/1.1\r\n\r\n".as_slice(), Status::HeadTooLarge),
            (b"GET / HTTP/1.1\r\nA: b\r\n\r\n", Status::HeadTooLarge),
            (b"GET /xxxxxxxxxxxxxxxxxxxx", Status::TargetTooLong),
            (b"GET / HTTP/1.1\r\nA: xxxx", Status::HeadTooLarge),
            (b"GET /xxxxxxxxxxxx\0", Status::TargetTooLong),
        ] {
            assert_eq!(received(bytes).head(17), Err(status), "{bytes:?}");
        }
    }
}
