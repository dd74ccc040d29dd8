//! Exemplars.

use super::super::exemplar;
use super::{write_labels, write_time};
use crate::snapshot::Exemplar;
use crate::wire::Message;

const LABEL: u32 = 1;
const VALUE: u32 = 2;
const TIMESTAMP: u32 = 3;

/// Writes an exemplar, unless it is one that Prometheus would not take.
pub(super) fn write(message: &mut Message<'_>, field: u32, exemplar: &Exemplar) {
    if exemplar::is_sound(exemplar) {
        message.message(field, |message| {
            write_labels(message, LABEL, &exemplar.labels);
            message.double(VALUE, exemplar.value);
            write_time(message, TIMESTAMP, exemplar.timestamp);
        });
    }
}
