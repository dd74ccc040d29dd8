//! What an endpoint has to say.

use crate::client::Answer;
use crate::wire::{Field, fields};

/// The first field of this number.
fn field(message: &[u8], number: u64) -> Option<Field<'_>> {
    fields(message).find(|(at, _)| *at == number).map(|(_, field)| field)
}

fn text(message: &[u8], number: u64) -> String {
    const MOST: usize = 500;
    match field(message, number) {
        Some(Field::Delimited(bytes)) => String::from_utf8_lossy(bytes).chars().take(MOST).collect(),
        _ => String::new(),
    }
}

/// The number of points that were not taken, and why, if an `ExportMetricsServiceResponse` says that there were any or
/// that there is something to know.
pub(super) fn partial(answer: &Answer) -> Option<(u64, String)> {
    let Some(Field::Delimited(partial)) = field(&answer.body, 1) else { return None };
    let rejected = match field(partial, 1) {
        Some(Field::Varint(rejected)) => rejected,
        _ => 0,
    };
    let message = text(partial, 2);
    // A word without a rejection is a warning, and the export a success.
    (rejected > 0).then_some((rejected, message))
}

/// Why an export was refused: the message of a `google.rpc.Status`, or the body as it is.
pub(super) fn refusal(answer: &Answer) -> String {
    if answer.is_protobuf { text(&answer.body, 2) } else { answer.message() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::message;

    fn answer(body: Vec<u8>, is_protobuf: bool) -> Answer {
        Answer { status: 200, is_protobuf, body }
    }

    #[test]
    fn rejections_are_read() {
        let response = |rejected, words: &str| {
            let body = message(|response| {
                response.message(1, |partial| {
                    partial.uint(1, rejected);
                    partial.text(2, words);
                });
            });
            partial(&answer(body, true))
        };
        assert_eq!(response(3, "too old"), Some((3, "too old".to_owned())));
        assert_eq!(response(0, "deprecated"), None);
        assert_eq!(partial(&answer(Vec::new(), true)), None);
        assert_eq!(partial(&answer(b"{\"partialSuccess\":{}}".to_vec(), false)), None);
    }

    #[test]
    fn refusals_are_read() {
        let status = message(|status| {
            status.uint(1, 3);
            status.text(2, "no such tenant");
        });
        assert_eq!(refusal(&answer(status, true)), "no such tenant");
        assert_eq!(refusal(&answer(b"bad gateway\n".to_vec(), false)), "bad gateway");
    }
}
