//! A receiver of Alertmanager's webhooks.

use crate::wait::eventually;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Listens until the process ends, and remembers what it was sent.
pub struct Webhook {
    address: String,
    received: Arc<Mutex<Vec<Notice>>>,
}

/// One alert of one notification.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The path it was sent to, which tells receivers apart.
    pub path: String,
    /// The alert, as Alertmanager describes it.
    pub alert: Value,
}

impl Webhook {
    /// Starts listening on a free port.
    ///
    /// # Panics
    /// When there is none.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address").to_string();
        let received = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(notices) = notices(stream) {
                    book.lock().unwrap_or_else(PoisonError::into_inner).extend(notices);
                }
            }
        });
        Self { address, received }
    }

    /// The address of the receiver `name`.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// How many notices came so far.
    pub fn count(&self) -> usize {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits for a notice after the first `seen` ones that `alertname` is `status` (`firing` or `resolved`).
    ///
    /// # Panics
    /// When none comes.
    pub fn wait(&self, alertname: &str, status: &str, seen: usize) -> Notice {
        eventually(&format!("{alertname} {status}"), || {
            let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
            let wanted = |notice: &&Notice| {
                notice.alert["status"] == status && notice.alert["labels"]["alertname"] == alertname
            };
            let found = received.iter().skip(seen).find(wanted).cloned();
            found.ok_or_else(|| {
                let names: Vec<_> =
                    received.iter().map(|n| (&n.alert["labels"]["alertname"], &n.alert["status"])).collect();
                format!("received {names:?}")
            })
        })
    }
}

fn notices(mut stream: TcpStream) -> Option<Vec<Notice>> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    let alerts = body["alerts"].as_array()?;
    Some(alerts.iter().map(|alert| Notice { path: path.clone(), alert: alert.clone() }).collect())
}
