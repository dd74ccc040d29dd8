//! Runs the agent: `nutros [ADDRESS] < messages`. It answers on its standard output and ends when the messages do.
//! The address of its metrics comes from the first argument, else from `NUTROS_ADDRESS`, else it is `127.0.0.1:8001`.

use nutros::kpis::KPIS;
use nutros::stream;
use std::error::Error;
use std::io::{self, Write};
use std::{env, process::ExitCode};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "nutros: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    KPIS.init()?;
    let server = kpi_runtime::serve(address())?;
    writeln!(io::stderr(), "metrics on http://{}", server.address())?;
    stream::run(io::stdin().lock(), io::stdout().lock())?;
    Ok(())
}

fn address() -> String {
    env::args()
        .nth(1)
        .or_else(|| env::var("NUTROS_ADDRESS").ok())
        .unwrap_or_else(|| "127.0.0.1:8001".to_owned())
}
