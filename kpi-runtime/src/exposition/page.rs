//! Whole answers to scrapes.

use std::sync::{Mutex, PoisonError};

use super::own::{Own, Scratch};
use super::write::{self, Dialect};
use super::{Format, accept, compress};
use crate::callbacks::Readings;
use crate::conflict;
use crate::gather;
use crate::store::{Core, Values, linked};

/// An answer to a scrape.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) content_type: String,
    pub(crate) gzipped: bool,
    pub(crate) body: Vec<u8>,
}

impl Page {
    /// What the two headers agree to, of all that is exposed now.
    pub(crate) fn new(accept: Option<&str>, accept_encoding: Option<&str>) -> Self {
        let format = Format::accepted(accept);
        let gzipped = accept_encoding.is_some_and(accept::gzip);
        let body = match format {
            Format::Text | Format::Text1(_) => text(Dialect::Text, gzipped),
            Format::OpenMetrics0 | Format::OpenMetrics1(_) => {
                text(Dialect::OpenMetrics { created: false }, gzipped)
            }
            Format::Protobuf(_) => encoded(super::protobuf(&gather::snapshot()), gzipped),
        };
        Self { content_type: format.content_type(), gzipped, body }
    }
}

fn text(dialect: Dialect, gzipped: bool) -> Vec<u8> {
    let mut rooms = Rooms::take();
    let text = all(dialect, &mut rooms);
    let body = if gzipped { compress::gzip(text.as_bytes()) } else { text.clone().into_bytes() };
    rooms.put_back(text);
    body
}

fn encoded(body: Vec<u8>, gzipped: bool) -> Vec<u8> {
    if gzipped { compress::gzip(&body) } else { body }
}

/// What a scrape works in, kept for the next one.
#[derive(Debug, Default)]
struct Rooms {
    /// One for each registry: the labels that have been seen are among it.
    scratches: Vec<Scratch>,
    text: String,
}

/// As many as scrapes were answered at a time; more than a few are not kept.
static ROOMS: Mutex<Vec<Rooms>> = Mutex::new(Vec::new());
const MOST_ROOMS: usize = 4;

impl Rooms {
    fn take() -> Self {
        ROOMS.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn put_back(mut self, text: String) {
        self.text = text;
        let mut rooms = ROOMS.lock().unwrap_or_else(PoisonError::into_inner);
        if rooms.len() < MOST_ROOMS {
            rooms.push(self);
        }
    }
}

/// All that is exposed.
fn all(dialect: Dialect, rooms: &mut Rooms) -> String {
    let cores: Vec<&'static Core> = linked().collect();
    let verdict = conflict::verdict(&cores);
    let readings = gather::readings(&cores);
    let mut others = gather::others(&cores, &verdict);
    others.sort_by(|a, b| a.name.cmp(&b.name));
    let mut others = others.iter().peekable();

    let mut text = std::mem::take(&mut rooms.text);
    text.clear();
    let mut page = write::Page { out: text, dialect };
    rooms.scratches.resize_with(cores.len(), Scratch::default);
    let stores = cores.iter().zip(&readings).zip(&mut rooms.scratches);
    let mut stores: Vec<Own<'_>> = stores
        .map(|((core, readings), scratch)| own(core, core.values(), readings, dialect, scratch))
        .collect();
    for (core, family) in &verdict.order {
        let name =
            cores.get(*core).and_then(|core| core.families().get(*family)).map_or("", |family| family.name);
        while let Some(other) = others.next_if(|other| *other.name < *name) {
            page.family(other);
        }
        if let Some(store) = stores.get_mut(*core) {
            store.family(*family, &mut page);
        }
    }
    others.for_each(|other| page.family(other));
    page.finish()
}

/// The KPIs of one store.
pub(crate) fn store(core: &'static Core, values: Values<'_>, dialect: Dialect) -> String {
    let readings = values.callbacks.read();
    let mut page = write::Page { out: String::new(), dialect };
    let mut scratch = Scratch::default();
    let mut own = own(core, values, &readings, dialect, &mut scratch);
    core.by_name().iter().for_each(|family| own.family(*family, &mut page));
    page.finish()
}

fn own<'a>(
    core: &'static Core,
    values: Values<'a>,
    readings: &'a Readings,
    dialect: Dialect,
    scratch: &'a mut Scratch,
) -> Own<'a> {
    Own { core, values, readings, prepared: core.prepared(dialect), scratch }
}
