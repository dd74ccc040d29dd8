//! Runs the agent: `neuros [ADDRESS]`. The address comes from the first argument, else from `NEUROS_ADDRESS`, else it is
//! `127.0.0.1:8000`.

use neuros::api::router;
use neuros::kpis::KPIS;
use std::error::Error;
use std::io::{self, Write};
use std::{env, process::ExitCode};
use tokio::net::TcpListener;
use tokio::signal::{ctrl_c, unix};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "neuros: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    KPIS.init()?;
    let listener = TcpListener::bind(address()).await?;
    let stopped = stop()?;
    writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    axum::serve(listener, router()).with_graceful_shutdown(stopped).await?;
    Ok(())
}

fn address() -> String {
    env::args()
        .nth(1)
        .or_else(|| env::var("NEUROS_ADDRESS").ok())
        .unwrap_or_else(|| "127.0.0.1:8000".to_owned())
}

/// Ends on SIGTERM, as orchestrators send it, or on Ctrl-C. Requests under way are still answered.
fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = unix::signal(unix::SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = ctrl_c() => {}
        }
    })
}
