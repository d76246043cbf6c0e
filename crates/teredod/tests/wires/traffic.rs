//! What programs in the namespaces send: datagrams that are echoed, streams that are compared.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::os::fd::AsFd;

/// More than any of this takes; only a lost packet waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs in a thread that is in this namespace.
pub(crate) fn inside<T: Send + 'static>(
    space: &str,
    what: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    let space = File::open(format!("/run/netns/{space}")).unwrap();
    thread::spawn(move || {
        let network = Some(LinkNameSpaceType::Network);
        move_into_link_name_space(space.as_fd(), network).unwrap();
        what()
    })
}

pub(crate) struct Echo {
    pub(crate) port: u16,
    ended: Arc<AtomicBool>,
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// Sends back what comes, until it is dropped.
pub(crate) fn echo(space: &str) -> Echo {
    let socket = inside(space, || {
        UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap()
    });
    let socket = socket.join().unwrap();
    let round = Duration::from_millis(200);
    socket.set_read_timeout(Some(round)).unwrap();
    let port = socket.local_addr().unwrap().port();
    let ended = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&ended);
    thread::spawn(move || {
        let mut bytes = [0; 2000];
        while !stop.load(Ordering::Relaxed) {
            if let Ok((length, from)) = hear(&socket, &mut bytes) {
                let _ = socket.send_to(&bytes[..length], from);
            }
        }
    });
    Echo { port, ended }
}

/// Sends so many datagrams at once; the numbers of the answers in their order.
pub(crate) fn ask(space: &str, to: Ipv6Addr, port: u16, count: u8, size: usize) -> Vec<u8> {
    let asked = inside(space, move || {
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        for number in 0..count {
            socket.send_to(&vec![number; size], (to, port)).unwrap();
        }
        let mut bytes = [0; 2000];
        let mut answers = Vec::new();
        while answers.len() < usize::from(count) {
            let Ok((length, _)) = hear(&socket, &mut bytes) else {
                break;
            };
            assert_eq!(length, size);
            answers.push(bytes[0]);
        }
        answers
    });
    asked.join().unwrap()
}

/// A socket with a time-out is interrupted by whatever the kernel does with the thread (signal(7)).
fn hear(socket: &UdpSocket, bytes: &mut [u8]) -> std::io::Result<(usize, SocketAddr)> {
    loop {
        match socket.recv_from(bytes) {
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// So many datagrams, one after the other with a pause between; how many were answered.
pub(crate) fn pings(space: &str, to: Ipv6Addr, port: u16, count: u8) -> usize {
    let asked = inside(space, move || {
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap();
        socket.set_read_timeout(Some(BETWEEN)).unwrap();
        let mut answered = BTreeSet::new();
        for number in 0..count + LATE {
            if number < count {
                let _ = socket.send_to(&[number; 64], (to, port));
            }
            let begun = Instant::now();
            while let Some(left) = BETWEEN.checked_sub(begun.elapsed()) {
                socket.set_read_timeout(Some(left.max(LEAST))).unwrap();
                let mut bytes = [0; 2000];
                if let Ok((64, _)) = hear(&socket, &mut bytes) {
                    answered.insert(bytes[0]);
                }
            }
        }
        answered.len()
    });
    asked.join().unwrap()
}

/// Sends ten times a second for so long; when answers came, counted from the beginning.
pub(crate) fn watch(
    space: &str,
    to: Ipv6Addr,
    port: u16,
    begun: Instant,
    time: Duration,
) -> JoinHandle<Vec<Duration>> {
    inside(space, move || {
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        let mut heard = Vec::new();
        let mut bytes = [0; 2000];
        let mut next = begun;
        while begun.elapsed() < time {
            if next <= Instant::now() {
                next += Duration::from_millis(100);
                // Without an address there is no route.
                let _ = socket.send_to(&[7; 64], (to, port));
            }
            let left = next.saturating_duration_since(Instant::now()).max(LEAST);
            socket.set_read_timeout(Some(left)).unwrap();
            if hear(&socket, &mut bytes).is_ok() {
                heard.push(begun.elapsed());
            }
        }
        heard
    })
}

const BETWEEN: Duration = Duration::from_millis(250);
const LEAST: Duration = Duration::from_millis(1);
/// Pauses for answers that are late.
const LATE: u8 = 6;

/// A byte of the stream: a pattern that no segment's length divides.
fn byte(place: usize) -> u8 {
    u8::try_from((place * 7 + place / 251) % 251).unwrap()
}

/// Sends a stream and compares it at the other end.
pub(crate) fn stream(from: &str, to: &str, address: Ipv6Addr, length: usize) {
    let listener = inside(to, || {
        TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap()
    });
    let listener = listener.join().unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut bytes = vec![0; 1 << 16];
        let mut place = 0;
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            for (offset, got) in bytes[..count].iter().enumerate() {
                assert_eq!(*got, byte(place + offset), "byte {}", place + offset);
            }
            place += count;
        }
        place
    });
    let sent = inside(from, move || {
        let to = SocketAddr::from((address, port));
        let mut stream = TcpStream::connect_timeout(&to, PATIENCE).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let bytes: Vec<u8> = (0..length).map(byte).collect();
        stream.write_all(&bytes).unwrap();
    });
    sent.join().unwrap();
    assert_eq!(taken.join().unwrap(), length);
}
