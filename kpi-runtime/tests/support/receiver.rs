//! A server that takes requests one after the other and answers as it was told.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// A request, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Method and path.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Answers as many requests as there are answers.
pub struct Receiver {
    pub address: SocketAddr,
    thread: JoinHandle<Vec<Received>>,
}

impl Receiver {
    pub fn answering(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        let thread = thread::spawn(move || {
            answers.iter().map(|answer| receive(listener.accept().unwrap().0, answer)).collect()
        });
        Self { address, thread }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came, once all of it has.
    pub fn received(self) -> Vec<Received> {
        self.thread.join().unwrap()
    }
}

fn receive(mut stream: TcpStream, answer: &str) -> Received {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let request = line().strip_suffix(" HTTP/1.1").unwrap().to_owned();
    let mut headers = Vec::new();
    loop {
        let header = line();
        let Some((name, value)) = header.split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut received = Received { line: request, headers, body: Vec::new() };
    received.body = vec![0; received.header("content-length").unwrap().parse().unwrap()];
    reader.read_exact(&mut received.body).unwrap();
    stream.write_all(answer.as_bytes()).unwrap();
    received
}
