//! Whole answers to scrapes.

use std::sync::{Mutex, PoisonError};

use super::compress::{Coding, Compressors};
use super::own::{Own, Scratch};
use super::write::{self, Dialect};
use super::{Format, accept};
use crate::callbacks::Readings;
use crate::conflict;
use crate::gather;
use crate::snapshot::by_name;
use crate::store::{Core, Values, linked};

/// All that this program exposes, as an answer to a scrape: for programs that answer requests themselves.
///
/// ```
/// let page = kpi_runtime::page(Some("application/openmetrics-text"), Some("gzip"));
/// assert!(page.content_type().starts_with("application/openmetrics-text"));
/// assert_eq!(page.content_encoding(), Some("gzip"));
/// ```
///
/// The arguments are the values of the request's headers `Accept` and `Accept-Encoding`.
pub fn page(accept: Option<&str>, accept_encoding: Option<&str>) -> Page {
    Page::new(accept, accept_encoding)
}

/// An answer to a scrape. Its memory is used again when it is dropped.
#[derive(Debug)]
pub struct Page {
    content_type: String,
    coding: Option<Coding>,
    body: Vec<u8>,
    rooms: Option<Rooms>,
}

impl Page {
    /// What the two headers agree to, of all that is exposed now.
    pub(crate) fn new(accept: Option<&str>, accept_encoding: Option<&str>) -> Self {
        let format = Format::accepted(accept);
        let mut coding = accept_encoding.and_then(accept::coding);
        let mut rooms = Rooms::take();
        let mut body = match format {
            Format::Text | Format::Text1(_) => all(Dialect::Text, &mut rooms).into_bytes(),
            Format::OpenMetrics0 | Format::OpenMetrics1(_) => {
                all(Dialect::OpenMetrics { created: false }, &mut rooms).into_bytes()
            }
            Format::Protobuf(_) => super::protobuf(&gather::snapshot()),
        };
        if let Some(wanted) = coding {
            let mut packed = std::mem::take(&mut rooms.packed);
            if rooms.compressors.compress(wanted, &body, &mut packed) {
                rooms.keep(std::mem::replace(&mut body, packed));
            } else {
                coding = None;
            }
        }
        Self { content_type: format.content_type(), coding, body, rooms: Some(rooms) }
    }

    /// The value of the header `Content-Type`.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The value of the header `Content-Encoding`, if there is one.
    pub fn content_encoding(&self) -> Option<&'static str> {
        self.coding.map(Coding::as_str)
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, for who has to own it. Its memory is not used again.
    pub fn into_body(mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let Some(mut rooms) = self.rooms.take() else { return };
        let body = std::mem::take(&mut self.body);
        if self.coding.is_some() {
            rooms.packed = body;
        } else {
            rooms.keep(body);
        }
        rooms.put_back();
    }
}

/// What a scrape works in, kept for the next one.
#[derive(Debug, Default)]
struct Rooms {
    /// One for each registry: the labels that have been seen are among it.
    scratches: Vec<Scratch>,
    text: String,
    compressors: Compressors,
    packed: Vec<u8>,
}

/// As many as scrapes were answered at a time; more than a few are not kept.
static ROOMS: Mutex<Vec<Rooms>> = Mutex::new(Vec::new());
const MOST_ROOMS: usize = 4;

impl Rooms {
    fn take() -> Self {
        ROOMS.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps the memory of a text.
    fn keep(&mut self, mut bytes: Vec<u8>) {
        bytes.clear();
        self.text = String::from_utf8(bytes).unwrap_or_default();
    }

    fn put_back(self) {
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
    by_name(&mut others);
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
