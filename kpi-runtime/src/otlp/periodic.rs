//! Exports in the background.

use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::error::ExportError;
use super::exporter::Exporter;

/// An exporter at work. When this is dropped it exports a last time, which takes no longer than its timeout, and ends.
#[must_use = "exports end when this is dropped: bind it to a name"]
pub struct Exporting {
    /// Closed to end the thread.
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<Result<(), ExportError>>>,
}

impl Exporting {
    pub(super) fn start(exporter: Exporter) -> io::Result<Self> {
        // Nothing is ever sent: the thread waits for the other end to be dropped.
        let (stop, stopped) = sync_channel::<()>(0);
        let work = move || {
            let mut teller = Teller { is_failing: false };
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(exporter.interval) {
                teller.tell(&exporter, &exporter.export());
            }
            exporter.export()
        };
        let thread = thread::Builder::new().name("kpi-otlp".to_owned()).spawn(work)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// Exports a last time and ends.
    ///
    /// # Errors
    ///
    /// That last export did not arrive.
    pub fn stop(mut self) -> Result<(), ExportError> {
        self.end().unwrap_or(Ok(()))
    }

    /// The outcome of the last export, unless it has ended before.
    fn end(&mut self) -> Option<Result<(), ExportError>> {
        drop(self.stop.take());
        // A thread that panicked has said so.
        self.thread.take()?.join().ok()
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.end() {
            complain(&error);
        }
    }
}

impl fmt::Debug for Exporting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporting").finish_non_exhaustive()
    }
}

/// Says that exports fail, and that they succeed again.
struct Teller {
    is_failing: bool,
}

impl Teller {
    fn tell(&mut self, exporter: &Exporter, outcome: &Result<(), ExportError>) {
        match (outcome, &exporter.on_error) {
            (Err(error), Some(tell)) => tell(error),
            (Err(error), None) if !self.is_failing => complain(error),
            _ => {}
        }
        self.is_failing = outcome.is_err();
    }
}

fn complain(error: &ExportError) {
    // Without a stderr there is nobody to tell.
    let _ = writeln!(io::stderr(), "kpi-runtime: {error}");
}
