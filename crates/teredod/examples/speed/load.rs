//! What is sent through the tunnels, and what tunnels and UDP alone would carry.

use std::fs::File;
use std::io::{IoSliceMut, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::ioctl_fionbio;
use socket2::SockRef;
use tun_rs::{DeviceBuilder, SyncDevice};

use crate::net::{inside, run};

const PATIENCE: Duration = Duration::from_secs(5);
const SEGMENT: usize = 1280;

/// Bits a second of one stream.
pub(crate) fn stream(from: &str, to: &str, address: Ipv6Addr, time: Duration) -> f64 {
    let listener = inside(to, || {
        TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap()
    });
    let listener = listener.join().unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut bytes = vec![0; 1 << 18];
        let (mut count, begun) = (0, Instant::now());
        while let Ok(length @ 1..) = stream.read(&mut bytes) {
            count += length;
        }
        count as f64 * 8.0 / begun.elapsed().as_secs_f64()
    });
    let sent = inside(from, move || {
        let to = SocketAddr::from((address, port));
        let mut stream = TcpStream::connect_timeout(&to, PATIENCE).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let (bytes, begun) = (vec![0; 1 << 17], Instant::now());
        while begun.elapsed() < time {
            stream.write_all(&bytes).unwrap();
        }
    });
    sent.join().unwrap();
    taken.join().unwrap()
}

/// Datagrams of 64 bytes a second that arrive: the most, over growing offers, of which the last is all that the
/// sender can.
pub(crate) fn small(from: &str, to: &str, address: Ipv6Addr, time: Duration) -> f64 {
    let offers = [25_000, 50_000, 100_000, 200_000, u32::MAX];
    let rates = offers.map(|offer| flood(from, to, address, time, offer));
    rates.into_iter().fold(0.0, f64::max)
}

fn flood(from: &str, to: &str, address: Ipv6Addr, time: Duration, offer: u32) -> f64 {
    let socket = inside(to, || UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap());
    let socket = socket.join().unwrap();
    SockRef::from(&socket)
        .set_recv_buffer_size(4 << 20)
        .unwrap();
    let port = socket.local_addr().unwrap().port();
    socket
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let taken = thread::spawn(move || {
        let mut bytes = [0; 128];
        let mut count = 0_u32;
        while socket.recv(&mut bytes).is_ok() {
            count += 1;
        }
        count
    });
    let sent = inside(from, move || {
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap();
        socket.connect((address, port)).unwrap();
        let begun = Instant::now();
        let mut count = 0_f64;
        while begun.elapsed() < time {
            // In bursts of 16, which any program's timer would make.
            if count > begun.elapsed().as_secs_f64() * f64::from(offer) {
                thread::sleep(Duration::from_micros(100));
                continue;
            }
            for _ in 0..16 {
                // A full queue is a lost packet.
                let _ = socket.send(&[0; 64]);
            }
            count += 16.0;
        }
    });
    sent.join().unwrap();
    f64::from(taken.join().unwrap()) / time.as_secs_f64()
}

/// Microseconds there and back, of 64 bytes: the median.
pub(crate) fn round_trip(from: &str, to: &str, address: Ipv6Addr) -> f64 {
    let socket = inside(to, || UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap());
    let socket = socket.join().unwrap();
    let port = socket.local_addr().unwrap().port();
    socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let echo = thread::spawn(move || {
        let mut bytes = [0; 128];
        while let Ok((length, from)) = socket.recv_from(&mut bytes) {
            let _ = socket.send_to(&bytes[..length], from);
        }
    });
    let asked = inside(from, move || {
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap();
        socket.connect((address, port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut times: Vec<_> = (0..3000).map(|_| ask(&socket)).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let median = asked.join().unwrap();
    echo.join().unwrap();
    median
}

fn ask(socket: &UdpSocket) -> f64 {
    let begun = Instant::now();
    socket.send(&[0; 64]).unwrap();
    // Whoever loses a packet waits long, which a median forgives.
    let _ = socket.recv(&mut [0; 128]);
    begun.elapsed().as_secs_f64() * 1e6
}

/// Bits a second of UDP in segments of a tunnel's packets, without a tunnel.
pub(crate) fn plain(from: &str, to: &str, address: IpAddr, time: Duration) -> f64 {
    let socket = inside(to, || UdpSocket::bind(("0.0.0.0", 0)).unwrap());
    let socket = socket.join().unwrap();
    SockRef::from(&socket)
        .set_recv_buffer_size(4 << 20)
        .unwrap();
    let port = socket.local_addr().unwrap().port();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let taken = thread::spawn(move || {
        let state = UdpSocketState::new(UdpSockRef::from(&socket)).unwrap();
        let mut buffers = vec![vec![0; 65_536]; BATCH_SIZE];
        let mut count = 0;
        while !stopped.load(Ordering::Relaxed) {
            let mut slices: Vec<_> = buffers.iter_mut().map(|it| IoSliceMut::new(it)).collect();
            let mut metas = [RecvMeta::default(); BATCH_SIZE];
            match state.recv(UdpSockRef::from(&socket), &mut slices, &mut metas) {
                Ok(some) => count += metas.iter().take(some).map(|meta| meta.len).sum::<usize>(),
                Err(_) => await_one(&socket),
            }
        }
        count
    });
    let sent = inside(from, move || {
        let socket = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
        let state = UdpSocketState::new(UdpSockRef::from(&socket)).unwrap();
        let bytes = vec![0; SEGMENT * 50];
        let transmit = Transmit {
            destination: (address, port).into(),
            ecn: None,
            contents: &bytes,
            segment_size: Some(SEGMENT),
            src_ip: None,
        };
        let begun = Instant::now();
        while begun.elapsed() < time {
            let _ = state.try_send(UdpSockRef::from(&socket), &transmit);
        }
    });
    sent.join().unwrap();
    stop.store(true, Ordering::Relaxed);
    taken.join().unwrap() as f64 * 8.0 / time.as_secs_f64()
}

/// Bits a second of a stream through two tunnel interfaces between which packets are only copied.
pub(crate) fn copied(from: &'static str, to: &'static str, time: Duration) -> f64 {
    let devices = [(from, "fd00::1"), (to, "fd00::2")].map(|(space, own)| {
        let device = inside(space, || {
            let built = DeviceBuilder::new().name("copy").mtu(1280).offload(true);
            built.build_sync().unwrap()
        });
        run(&format!("ip -n {space} addr add {own}/64 dev copy nodad"));
        let device = device.join().unwrap();
        run(&format!("ip -n {space} link set copy up"));
        device
    });
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let copying = thread::spawn(move || copy(&devices, &stopped));
    let rate = stream(from, to, "fd00::2".parse().unwrap(), time);
    stop.store(true, Ordering::Relaxed);
    copying.join().unwrap();
    rate
}

fn copy(devices: &[SyncDevice; 2], stopped: &AtomicBool) {
    for device in devices {
        ioctl_fionbio(device, true).unwrap();
    }
    let mut bytes = vec![0; 70_000];
    while !stopped.load(Ordering::Relaxed) {
        let mut idle = true;
        for (one, other) in [(0, 1), (1, 0)] {
            for _ in 0..64 {
                let Ok(length) = rustix::io::read(&devices[one], &mut bytes) else {
                    break;
                };
                idle = false;
                let _ = rustix::io::write(&devices[other], &bytes[..length]);
            }
        }
        if idle {
            let fds = devices.each_ref().map(AsFd::as_fd);
            let mut fds = fds.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
            let _ = poll(&mut fds, Some(&SOON));
        }
    }
}

const SOON: rustix::time::Timespec = rustix::time::Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

fn await_one(socket: &UdpSocket) {
    let mut fds = [PollFd::new(socket, PollFlags::IN)];
    let _ = poll(&mut fds, Some(&SOON));
}

/// For how many tasks the processor is, and how many there are: figures of a busy machine are lower.
pub(crate) fn load() -> String {
    let mut text = String::new();
    let _ = File::open("/proc/loadavg").and_then(|mut file| file.read_to_string(&mut text));
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
