//! A region on the loopback whose answer to every call the test decides.
//!
//! One thread per connection over blocking sockets: enough HTTP for one client, and free
//! to break the rules where a test wants them broken.
#![allow(dead_code, reason = "shared: each test uses a part of it")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What becomes of one request.
pub(crate) enum Reply {
    /// Status and body.
    Answer(u16, String),
    /// A refusal with a `Date` of its own.
    Dated(&'static str, String),
    /// The operation's answer, with nothing in it.
    Empty,
    /// The request arrives, and the connection is cut.
    Lost,
}

pub(crate) struct Request {
    pub(crate) action: String,
    pub(crate) body: String,
    date: String,
    authorization: String,
}

type Decide = dyn Fn(&Request, usize) -> Reply + Send + Sync;

pub(crate) struct Region {
    address: std::net::SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Region {
    /// `decide` is given the action and how many times it was called, from 1.
    pub(crate) fn start(decide: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_reading(move |request, nth| decide(&request.action, nth))
    }

    /// `decide` is given the whole request.
    pub(crate) fn start_reading(
        decide: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (decide, kept) = (Arc::new(decide), Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (decide, seen) = (Arc::clone(&decide), Arc::clone(&kept));
                std::thread::spawn(move || serve(&stream, &*decide, &seen));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn calls(&self, action: &str) -> usize {
        self.bodies(action).len()
    }

    pub(crate) fn total(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub(crate) fn bodies(&self, action: &str) -> Vec<String> {
        self.of(action, |request| request.body.clone())
    }

    /// The times that the requests were signed for.
    pub(crate) fn dates(&self, action: &str) -> Vec<String> {
        self.of(action, |request| request.date.clone())
    }

    /// Who signed the requests: the `Authorization` headers.
    pub(crate) fn signers(&self, action: &str) -> Vec<String> {
        self.of(action, |request| request.authorization.clone())
    }

    fn of(&self, action: &str, part: impl Fn(&Request) -> String) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|request| request.action == action)
            .map(part)
            .collect()
    }
}

pub(crate) fn ec2_error(code: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>It says so.</Message></Error></Errors>\
         <RequestID>r</RequestID></Response>"
    )
}

pub(crate) fn query_error(code: &str) -> String {
    format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>It says so.</Message></Error></ErrorResponse>"
    )
}

fn serve(stream: &TcpStream, decide: &Decide, seen: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let seen_before = |seen: &[Request]| {
            seen.iter()
                .filter(|earlier| earlier.action == request.action)
                .count()
        };
        let nth = 1 + seen_before(&seen.lock().unwrap());
        let reply = decide(&request, nth);
        let action = request.action.clone();
        seen.lock().unwrap().push(request);
        let (status, date, body) = match reply {
            Reply::Answer(status, body) => (status, None, body),
            Reply::Dated(date, body) => (403, Some(date), body),
            Reply::Empty => (200, None, empty(&action)),
            Reply::Lost => return,
        };
        let date = date.map_or_else(String::new, |date| format!("Date: {date}\r\n"));
        let head = format!(
            "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n{date}\r\n",
            body.len()
        );
        if (&mut &*stream)
            .write_all((head + &body).as_bytes())
            .is_err()
        {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let (mut length, mut date, mut authorization) = (0, String::new(), String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let (name, value) = line.trim_end().split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "x-amz-date" => value.clone_into(&mut date),
            "authorization" => value.clone_into(&mut authorization),
            _ if line == "\r\n" => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let action = body.strip_prefix("Action=")?.split('&').next()?.to_owned();
    Some(Request {
        action,
        body,
        date,
        authorization,
    })
}

/// In both forms at once: EC2's answers have no wrapper, and nobody looks for more.
fn empty(action: &str) -> String {
    let inside = if action == "GetCallerIdentity" {
        "<Account>123456789012</Account>"
    } else {
        ""
    };
    format!("<{action}Response><{action}Result>{inside}</{action}Result></{action}Response>")
}
