//! What passes the interfaces of hosts and services, as files that Wireshark reads: one for each interface,
//! in pcap's format with nanoseconds (draft-ietf-opsawg-pcap).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::net::if_::if_nameindex;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, LinkAddr, SockFlag, SockProtocol, SockType, recvfrom, socket,
};

use crate::kernel::{Lab, LabError};
use crate::layout::NodeId;

/// How often it is looked whether the capture is to end.
const ROUND: u16 = 20;
/// Bytes of a packet that are kept.
const LONGEST: usize = 65_535;

/// A capture that runs.
#[derive(Debug)]
pub struct Capture {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<Vec<PathBuf>>>,
}

/// Packets could not be captured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The files could not be written.
    #[error("cannot write captured packets into `{at}`\n\nhint: name another folder with `--pcap DIR`", at = at.display())]
    Write {
        /// The folder.
        at: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A namespace could not be listened in.
    #[error(transparent)]
    Lab(#[from] LabError),
}

/// A node that is listened at.
struct Ear {
    name: String,
    socket: OwnedFd,
    ports: BTreeMap<usize, String>,
}

impl Capture {
    /// Captures at every host and service of a lab, into a folder.
    pub fn start(lab: &Lab, folder: &Path) -> Result<Self, CaptureError> {
        let write = |source| CaptureError::Write {
            at: folder.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(write)?;
        let mut ears = Vec::new();
        for (id, _) in lab.spaces() {
            if let NodeId::Host(_) | NodeId::Interface(_) = id {
                ears.push(lab.inside(&id, || Ear::open(&id))?);
            }
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (asked, folder) = (Arc::clone(&stop), folder.to_owned());
        let thread = std::thread::spawn(move || listen(&ears, &folder, &asked));
        Ok(Self { stop, thread })
    }

    /// Ends it, and tells the files, in order.
    pub fn end(self) -> io::Result<Vec<PathBuf>> {
        self.stop.store(true, Ordering::SeqCst);
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(io::Error::other("the capture broke off")))
    }
}

impl Ear {
    fn open(id: &NodeId) -> io::Result<Self> {
        let socket = socket(
            AddressFamily::Packet,
            SockType::Raw,
            SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC,
            SockProtocol::EthAll,
        )?;
        let ports = if_nameindex()?;
        let ports = ports.iter().map(|port| {
            let name = port.name().to_string_lossy().into_owned();
            (usize::try_from(port.index()).unwrap_or(0), name)
        });
        Ok(Self {
            name: id.to_string(),
            socket,
            ports: ports.collect(),
        })
    }

    /// One packet, and the port it passed; none when there is none.
    fn hear(&self, buffer: &mut [u8]) -> io::Result<Option<(usize, usize)>> {
        match recvfrom::<LinkAddr>(self.socket.as_raw_fd(), buffer) {
            Ok((length, from)) => {
                let port = from.map_or(0, |from| from.ifindex());
                Ok(Some((port, length)))
            }
            Err(Errno::EAGAIN) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }
}

fn listen(ears: &[Ear], folder: &Path, stop: &AtomicBool) -> io::Result<Vec<PathBuf>> {
    let mut files = BTreeMap::new();
    let mut buffer = vec![0; LONGEST];
    loop {
        // Asked before the last look: what was sent until then is heard.
        let last = stop.load(Ordering::SeqCst);
        for ear in ears {
            while let Some((port, length)) = ear.hear(&mut buffer)? {
                let Some(port) = ear.ports.get(&port).filter(|port| *port != "lo") else {
                    continue;
                };
                let path = folder.join(format!("{}-{port}.pcap", ear.name.replace('/', "_")));
                if !files.contains_key(&path) {
                    files.insert(path.clone(), begin(&path)?);
                }
                if let Some(file) = files.get_mut(&path) {
                    record(file, &buffer[..length])?;
                }
            }
        }
        if last {
            break;
        }
        let mut waiting: Vec<_> = ears
            .iter()
            .map(|ear| PollFd::new(ear.socket.as_fd(), PollFlags::POLLIN))
            .collect();
        match poll(&mut waiting, PollTimeout::from(ROUND)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    for file in files.values_mut() {
        file.flush()?;
    }
    Ok(files.into_keys().collect())
}

fn begin(path: &Path) -> io::Result<BufWriter<File>> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&0xa1b2_3c4d_u32.to_le_bytes())?;
    file.write_all(&[2, 0, 4, 0])?;
    file.write_all(&[0; 8])?;
    file.write_all(&0xffff_u32.to_le_bytes())?;
    // Ethernet.
    file.write_all(&1_u32.to_le_bytes())?;
    Ok(file)
}

fn record(to: &mut impl Write, packet: &[u8]) -> io::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or(Duration::ZERO);
    let length = u32::try_from(packet.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes();
    to.write_all(
        &u32::try_from(now.as_secs())
            .unwrap_or(u32::MAX)
            .to_le_bytes(),
    )?;
    to.write_all(&now.subsec_nanos().to_le_bytes())?;
    to.write_all(&length)?;
    to.write_all(&length)?;
    to.write_all(packet)
}
