//! As much of HTTP/1.1 as one client and one server on the loopback speak: one request a connection.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A request as it came.
pub(super) struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What is answered.
pub(super) struct Reply {
    status: String,
    kind: String,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let (line, headers) = head(&mut reader)?;
        let mut body = vec![0; length(&headers).unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        Some(Self {
            line,
            headers,
            body,
        })
    }

    /// The operation of a query protocol.
    pub(super) fn action(&self) -> Option<String> {
        let body = String::from_utf8_lossy(&self.body);
        let mut fields = body.split('&');
        let action = fields.find_map(|field| field.strip_prefix("Action="))?;
        Some(action.to_owned())
    }

    /// Makes the call; none when it cannot be made.
    pub(super) fn pass_on(&self, upstream: &str) -> Option<Reply> {
        let mut stream = TcpStream::connect(upstream).ok()?;
        let mut head = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            if !name.eq_ignore_ascii_case("connection") {
                let _ = write!(head, "{name}: {value}\r\n");
            }
        }
        head += "Connection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(&self.body).ok()?;
        Reply::read(&stream)
    }
}

impl Reply {
    /// What EC2 says; the others' clients find the code in it too.
    pub(super) fn error(status: u16, code: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>{code}</Code>\
             <Message>The fault proxy says so.</Message></Error></Errors><RequestID>r</RequestID></Response>"
        );
        Self {
            status: format!("{status} Trouble"),
            kind: "text/xml".to_owned(),
            body: body.into_bytes(),
        }
    }

    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let (line, headers) = head(&mut reader)?;
        let mut body = Vec::new();
        if let Some(length) = length(&headers) {
            body.resize(length, 0);
            reader.read_exact(&mut body).ok()?;
        } else {
            reader.read_to_end(&mut body).ok()?;
        }
        let kind = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        Some(Self {
            status: line.split_once(' ')?.1.to_owned(),
            kind: kind.map_or_else(|| "text/xml".to_owned(), |(_, value)| value.clone()),
            body,
        })
    }

    pub(super) fn write(&self, mut stream: &TcpStream) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.status,
            self.kind,
            self.body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body)
    }
}

fn head(reader: &mut impl BufRead) -> Option<(String, Vec<(String, String)>)> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else {
            return Some((line.trim_end().to_owned(), headers));
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn length(headers: &[(String, String)]) -> Option<usize> {
    let (_, value) = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    value.parse().ok()
}
