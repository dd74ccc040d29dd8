//! The loop around the messages.

use crate::finding::Finding;
use crate::kpis::{KPIS, Status};
use crate::message::Message;
use serde::Serialize;
use std::io::{self, BufRead, Write};

/// Answers every line of `input` with one of `output`, until `input` ends.
///
/// # Errors
/// `input` cannot be read or `output` cannot be written. A line that is no message is answered, not an error.
pub fn run(input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    for line in input.lines() {
        let answer = answer(&line?);
        KPIS.messages.with(answer.status()).inc();
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

/// The line that answers a message.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Found(Finding),
    Refused { error: String },
}

impl Answer {
    fn status(&self) -> Status {
        match self {
            Self::Found(_) => Status::Ok,
            Self::Refused { .. } => Status::ClientError,
        }
    }
}

fn answer(line: &str) -> Answer {
    let message: Message = match serde_json::from_str(line) {
        Ok(message) => message,
        Err(error) => return Answer::Refused { error: error.to_string() },
    };
    match Finding::of(&message) {
        Ok(finding) => {
            finding.report(&KPIS);
            Answer::Found(finding)
        }
        Err(reason) => Answer::Refused { error: reason.to_string() },
    }
}
