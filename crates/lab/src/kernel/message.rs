//! Netlink messages as bytes: headers, attributes, batches, and what the kernel answers (RFC 3549,
//! linux/netlink.h).
//!
//! Written out here because rtnetlink and nftables need the same forty lines, and nothing more is needed of
//! a library for either.

/// Messages that are sent together. Each has a text that says what it was for, should it fail.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    messages: Vec<Sent>,
}

#[derive(Debug)]
struct Sent {
    at: usize,
    what: String,
}

/// The kernel refused a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// What the message was for.
    pub(crate) what: String,
    /// The error number.
    pub(crate) errno: i32,
}

/// Attributes being written.
#[derive(Debug)]
pub(crate) struct Attributes<'a>(&'a mut Vec<u8>);

pub(crate) const REQUEST: u16 = 1;
pub(crate) const ACK: u16 = 4;
pub(crate) const DUMP: u16 = 0x300;
pub(crate) const REPLACE: u16 = 0x100;
pub(crate) const EXCLUSIVE: u16 = 0x200;
pub(crate) const CREATE: u16 = 0x400;
pub(crate) const APPEND: u16 = 0x800;
const NESTED: u16 = 0x8000;
const ERROR: u16 = 2;
const DONE: u16 = 3;
const HEADER: usize = 16;

impl Batch {
    /// Adds a message: its type, flags, fixed header, and attributes.
    pub(crate) fn add(
        &mut self,
        kind: u16,
        flags: u16,
        header: &[u8],
        what: impl Into<String>,
        attributes: impl FnOnce(&mut Attributes<'_>),
    ) {
        let at = self.bytes.len();
        let number = u32::try_from(self.messages.len()).unwrap_or(u32::MAX);
        self.messages.push(Sent {
            at,
            what: what.into(),
        });
        self.bytes.extend([0; 4]);
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend((flags | REQUEST).to_ne_bytes());
        self.bytes.extend(number.to_ne_bytes());
        self.bytes.extend([0; 4]);
        self.bytes.extend(header);
        pad(&mut self.bytes);
        attributes(&mut Attributes(&mut self.bytes));
        let length = u32::try_from(self.bytes.len() - at).unwrap_or(u32::MAX);
        self.bytes[at..at + 4].copy_from_slice(&length.to_ne_bytes());
    }

    /// How long it is.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no message.
    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The bytes of pieces of at most `limit`, cut between messages. The last message of each asks for
    /// an answer.
    pub(crate) fn pieces(mut self, limit: usize) -> (Vec<Vec<u8>>, Vec<String>) {
        let mut cuts = vec![0];
        for (n, sent) in self.messages.iter().enumerate() {
            let end = self.end(n);
            let start = cuts.last().copied().unwrap_or(0);
            if end - start > limit && sent.at > start {
                cuts.push(sent.at);
            }
        }
        cuts.push(self.bytes.len());
        for n in 0..self.messages.len() {
            if cuts.contains(&self.end(n)) {
                let flags = self.messages[n].at + 6;
                self.bytes[flags] |= 4;
            }
        }
        let pieces = cuts
            .windows(2)
            .filter(|pair| pair[0] < pair[1])
            .map(|pair| self.bytes[pair[0]..pair[1]].to_vec())
            .collect();
        (
            pieces,
            self.messages.into_iter().map(|sent| sent.what).collect(),
        )
    }

    fn end(&self, n: usize) -> usize {
        self.messages
            .get(n + 1)
            .map_or(self.bytes.len(), |next| next.at)
    }
}

impl Attributes<'_> {
    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, kind: u16, value: &[u8]) {
        let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
        self.0.extend(length.to_ne_bytes());
        self.0.extend(kind.to_ne_bytes());
        self.0.extend(value);
        pad(self.0);
    }

    /// A number in this machine's order, as rtnetlink has them.
    pub(crate) fn u32(&mut self, kind: u16, value: u32) {
        self.bytes(kind, &value.to_ne_bytes());
    }

    /// A number in network order, as nfnetlink has them.
    pub(crate) fn be32(&mut self, kind: u16, value: u32) {
        self.bytes(kind, &value.to_be_bytes());
    }

    /// A text with a zero at its end.
    pub(crate) fn text(&mut self, kind: u16, value: &str) {
        let mut bytes = value.as_bytes().to_vec();
        bytes.push(0);
        self.bytes(kind, &bytes);
    }

    /// Attributes in an attribute.
    pub(crate) fn nest(&mut self, kind: u16, inside: impl FnOnce(&mut Attributes<'_>)) {
        self.nest_after(kind, &[], inside);
    }

    /// Attributes after a fixed header in an attribute.
    pub(crate) fn nest_after(
        &mut self,
        kind: u16,
        header: &[u8],
        inside: impl FnOnce(&mut Attributes<'_>),
    ) {
        let at = self.0.len();
        self.0.extend([0; 2]);
        self.0.extend((kind | NESTED).to_ne_bytes());
        self.0.extend(header);
        pad(self.0);
        inside(&mut Attributes(self.0));
        let length = u16::try_from(self.0.len() - at).unwrap_or(u16::MAX);
        self.0[at..at + 2].copy_from_slice(&length.to_ne_bytes());
    }
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// A message that came.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Came<'a> {
    /// An answer to message `number`: an error number, or 0.
    Answer { number: u32, errno: i32 },
    /// The end of a listing.
    Done,
    /// Something listed or told: its type, and its fixed header with the attributes.
    Told { kind: u16, body: &'a [u8] },
}

/// The messages in what was received.
pub(crate) fn parse(bytes: &[u8]) -> Vec<Came<'_>> {
    let mut rest = bytes;
    let mut came = Vec::new();
    while let Some(length) = word(rest, 0) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length < HEADER || length > rest.len() {
            break;
        }
        let body = &rest[HEADER..length];
        let kind = u16::from_ne_bytes([rest[4], rest[5]]);
        came.push(match kind {
            ERROR => Came::Answer {
                number: word(rest, 8).unwrap_or(0),
                errno: word(body, 0).map_or(0, |code| code.cast_signed().wrapping_neg()),
            },
            DONE => Came::Done,
            kind => Came::Told { kind, body },
        });
        rest = &rest[length.next_multiple_of(4).min(rest.len())..];
    }
    came
}

/// The attributes after a fixed header of `skip` bytes.
pub(crate) fn attributes(body: &[u8], skip: usize) -> Vec<(u16, &[u8])> {
    let mut rest = body.get(skip..).unwrap_or(&[]);
    let mut found = Vec::new();
    while rest.len() >= 4 {
        let length = usize::from(u16::from_ne_bytes([rest[0], rest[1]]));
        if length < 4 || length > rest.len() {
            break;
        }
        let kind = u16::from_ne_bytes([rest[2], rest[3]]) & 0x3fff;
        found.push((kind, &rest[4..length]));
        rest = &rest[length.next_multiple_of(4).min(rest.len())..];
    }
    found
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}
