//! Where Prometheus asks: the least of HTTP/1.0 on an address that the operator chose. It asks the desk
//! like anybody else, so that the packet thread knows nothing of it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::failure::Failure;
use crate::role::spawn;
use crate::status::{Shown, ask};

/// One after the other; whoever does not speak is left.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than any header of a question.
const MOST: usize = 4096;

pub(crate) fn serve(place: SocketAddr, interface: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind(place).map_err(|cause| Failure::Metrics {
        place: place.to_string(),
        cause,
    })?;
    let interface = interface.to_owned();
    spawn("metrics", move || {
        for stream in listener.incoming().flatten() {
            // Who hangs up hears nothing.
            let _ = answer(stream, &interface);
        }
    })
}

fn answer(mut stream: TcpStream, interface: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut asked: Vec<u8> = Vec::new();
    let mut bytes = [0; 512];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") && asked.len() < MOST {
        match stream.read(&mut bytes)? {
            0 => break,
            count => asked.extend(bytes.iter().take(count)),
        }
    }
    let text = ask(interface).map(|shown: Shown| shown.metrics());
    let (code, text) = match text {
        Ok(text) => ("200 OK", text),
        Err(failure) => ("503 Service Unavailable", format!("{failure}\n")),
    };
    let length = text.len();
    write!(
        stream,
        "HTTP/1.0 {code}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {length}\r\n\r\n{text}"
    )
}
