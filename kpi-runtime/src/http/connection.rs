//! One connection, from its first request to its last answer.

use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::head::Received;
use super::pool::Slot;
use super::request::{self, Method, Request};
use super::response::{Answer, Status};
use super::service::Service;
use super::wire::{Socket, Wire, deadline_in, is_late, part, write_all};

/// Answers requests until one side has enough.
pub(super) fn serve(stream: Arc<TcpStream>, slot: &Slot, service: &Service) -> io::Result<()> {
    // Answers are written whole: there is nothing to gather.
    stream.set_nodelay(true)?;
    let mut socket = Socket::new(stream, slot, deadline_in(service.limits.head_time));
    #[cfg(feature = "tls")]
    if let Some(tls) = &service.tls {
        return match tls.accept(socket)? {
            Ok(mut wire) => converse(&mut wire, slot, service),
            Err(mut plain) => {
                let words = "Bad Request: this endpoint speaks HTTPS\n";
                send(
                    &mut plain,
                    &Answer::words(Status::BadRequest, words),
                    Method::Get,
                    false,
                    slot,
                    service,
                )?;
                part(&mut plain)
            }
        };
    }
    converse(&mut socket, slot, service)
}

fn converse(wire: &mut dyn Wire, slot: &Slot, service: &Service) -> io::Result<()> {
    let mut received = Received::default();
    let mut patience = service.limits.head_time;
    while slot.waits() {
        match next(wire, &mut received, patience, service)? {
            Next::Request(request) => {
                let answer = service.answer(&request, wire.has_certificate());
                let keep_alive = request.keep_alive && !slot.is_last();
                send(wire, &answer, request.method, keep_alive, slot, service)?;
                if !keep_alive {
                    return part(wire);
                }
            }
            Next::Refused(status) => {
                send(wire, &Answer::bare(status), Method::Get, false, slot, service)?;
                return part(wire);
            }
            Next::End => break,
        }
        patience = service.limits.idle_time;
    }
    wire.end()
}

/// Tells a client that there is no room, without waiting for it.
pub(super) fn refuse(stream: &TcpStream) -> io::Result<()> {
    stream.set_nonblocking(true)?;
    let answer = Answer::bare(Status::Unavailable);
    let mut writer = stream;
    writer.write_all(answer.head(false).as_bytes())?;
    writer.write_all(answer.bytes())?;
    stream.shutdown(Shutdown::Both)
}

enum Next {
    Request(Request),
    Refused(Status),
    End,
}

/// The next request. What is received beyond it is kept.
fn next(
    wire: &mut dyn Wire,
    received: &mut Received,
    patience: Duration,
    service: &Service,
) -> io::Result<Next> {
    let mut begun = !received.is_empty();
    wire.set_deadline(deadline_in(if begun { service.limits.head_time } else { patience }));
    loop {
        match received.head(service.limits.head) {
            Ok(Some(head)) => return Ok(request::parse(&head).map_or_else(Next::Refused, Next::Request)),
            Ok(None) => {}
            Err(status) => return Ok(Next::Refused(status)),
        }
        let mut chunk = [0; 4096];
        match wire.read(&mut chunk) {
            Ok(0) => return Ok(Next::End),
            Ok(length) => {
                if !begun {
                    begun = true;
                    wire.set_deadline(deadline_in(service.limits.head_time));
                }
                received.push(chunk.get(..length).unwrap_or_default());
            }
            Err(error) if is_late(&error) && begun => return Ok(Next::Refused(Status::RequestTimeout)),
            Err(error) if is_late(&error) => return Ok(Next::End),
            Err(error) => return Err(error),
        }
    }
}

fn send(
    wire: &mut dyn Wire,
    answer: &Answer,
    method: Method,
    keep_alive: bool,
    slot: &Slot,
    service: &Service,
) -> io::Result<()> {
    let head = answer.head(keep_alive);
    let body = if method == Method::Head { &[] } else { answer.bytes() };
    if !slot.sends(head.len() + body.len()) {
        return Err(ErrorKind::ConnectionAborted.into());
    }
    wire.set_deadline(deadline_in(service.limits.answer_time));
    write_all(wire, head.as_bytes(), body)
}
