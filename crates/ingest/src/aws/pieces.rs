//! A listing of hundreds of megabytes in pieces: it need not be in memory whole, and cores can share
//! the work.
//!
//! `aws` prints four spaces a level and one brace a line, and a JSON string holds no line feed: where
//! one element of the listing ends and the next begins is seen without reading what stands before. A
//! file that is laid out in another way may look like that by chance. So each piece is read as a
//! document of its own, and [`super::Parsed::join`] takes another after it only if it said nothing
//! beside the listing; both together say that the cut was between two elements.

use std::io::{self, Read};

/// How much is read at once; an element is some kilobytes.
const SIZE: u64 = 8 << 20;

/// As much as the key of a listing takes.
const HEAD: u64 = 256;

/// What stands between two elements of a listing, and what closes one that is cut.
const SEAM: &[u8] = b"\n        },\n        {";
const BRACE: &[u8] = b"\n        }";
const CLOSE: &[u8] = b"]}";

/// A listing that is read piece by piece.
#[derive(Debug)]
pub struct Pieces<R> {
    input: R,
    key: String,
    /// What was read and is not part of a piece yet.
    rest: Vec<u8>,
    size: u64,
    ended: bool,
}

impl<R: Read> Pieces<R> {
    /// The pieces of a file; nothing when it does not begin as `aws` begins a listing.
    pub fn new(mut input: R) -> io::Result<Option<Self>> {
        let mut rest = Vec::new();
        input.by_ref().take(HEAD).read_to_end(&mut rest)?;
        Ok(key(&rest).map(|key| Self {
            input,
            rest: rest.split_off(head(&key).len()),
            key,
            size: SIZE,
            ended: false,
        }))
    }

    /// The key of the listing.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Puts the next piece in place of what is in `piece`; false when there is none.
    pub fn next(&mut self, piece: &mut Vec<u8>) -> io::Result<bool> {
        piece.clear();
        if self.ended {
            return Ok(false);
        }
        piece.extend_from_slice(head(&self.key).as_bytes());
        piece.append(&mut self.rest);
        while !self.ended {
            let before = piece.len().saturating_sub(SEAM.len());
            let read = self.input.by_ref().take(self.size).read_to_end(piece)?;
            self.ended = u64::try_from(read).is_ok_and(|read| read < self.size);
            if let Some(seam) = last_seam(piece, before).filter(|_| !self.ended) {
                self.rest.extend(piece.drain(seam + BRACE.len()..).skip(1));
                piece.extend_from_slice(CLOSE);
                break;
            }
        }
        Ok(true)
    }
}

/// How `aws` begins a listing.
fn head(key: &str) -> String {
    format!("{{\n    \"{key}\": [")
}

fn key(bytes: &[u8]) -> Option<String> {
    let text = bytes.strip_prefix(b"{\n    \"")?;
    let word = text.iter().take_while(|byte| byte.is_ascii_alphanumeric());
    let key: String = word.map(|byte| char::from(*byte)).collect();
    let begin = head(&key) + "\n        {\n";
    bytes.starts_with(begin.as_bytes()).then_some(key)
}

fn last_seam(piece: &[u8], from: usize) -> Option<usize> {
    let fresh = piece.get(from..)?;
    let at = fresh.windows(SEAM.len()).rposition(|bytes| bytes == SEAM)?;
    Some(from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ingested;
    use crate::aws::{Parsed, Reader, parse};

    /// What the file says when it is read in pieces of so many bytes, and how many they were.
    fn in_pieces(text: &str, size: u64) -> Option<(Ingested, usize)> {
        let mut pieces = Pieces::new(text.as_bytes()).unwrap()?;
        pieces.size = size;
        let (mut bytes, mut count) = (Vec::new(), 0);
        let mut whole: Option<Parsed> = None;
        while pieces.next(&mut bytes).unwrap() {
            let parsed = parse("a.json", &bytes).ok()?;
            count += 1;
            whole = Some(match whole {
                Some(before) => before.join(pieces.key(), parsed)?,
                None => parsed,
            });
        }
        let mut reader = Reader::new();
        reader.take(whole?);
        Some((reader.finish(), count))
    }

    fn whole(text: &str) -> Ingested {
        let mut reader = Reader::new();
        reader.read("a.json", text.as_bytes()).unwrap();
        reader.finish()
    }

    /// As `aws` prints it: the seventh is there twice and says different things, one is incomplete.
    fn vpcs(after: &str) -> String {
        let ids = ["1", "2", "3", "4", "5", "6", "7", "7", "8"].map(|id| format!("vpc-{id}"));
        let ids = ids.iter().map(String::as_str).chain([""]).enumerate();
        let vpcs: Vec<_> = ids
            .map(|(at, id)| {
                format!(
                    "        {{\n            \"VpcId\": \"{id}\",\n            \
                     \"CidrBlock\": \"10.{at}.0.0/16\"\n        }}"
                )
            })
            .collect();
        format!(
            "{{\n    \"Vpcs\": [\n{}\n    ]{after}\n}}\n",
            vpcs.join(",\n")
        )
    }

    #[test]
    fn pieces_of_any_size_say_what_the_file_says() {
        for after in [
            "",
            ",\n    \"NextToken\": \"more\"",
            ",\n    \"Subnets\": []",
        ] {
            let text = vpcs(after);
            for size in 1..700 {
                let (found, _) = in_pieces(&text, size).unwrap();
                assert_eq!(found.estate, whole(&text).estate, "{size}");
                assert_eq!(found.findings, whole(&text).findings, "{size}");
            }
            assert!(in_pieces(&text, 100).unwrap().1 > 5);
        }
    }

    #[test]
    fn a_cut_in_another_listing_or_deeper_down_is_seen() {
        let two = vpcs("").replace(
            "    ]\n}\n",
            "    ],\n    \"Subnets\": [\n        {\n        },\n        {\n        }\n    ]\n}\n",
        );
        whole(&two);
        assert!(in_pieces(&two, 60).is_none());
        let deep = format!(
            "{{\n    \"Vpcs\": [\n        {{\n  \"Pad\": \"{}\", \
             \"Tags\": [{{\n        }},\n        {{\n        }}]}}]}}",
            "x".repeat(300)
        );
        whole(&deep);
        assert!(in_pieces(&deep, 30).is_none());
    }

    #[test]
    fn what_aws_does_not_print_is_no_listing() {
        for text in [
            "",
            "{\"Vpcs\": []}",
            "[]",
            "{\n    \"Vpcs\": []\n}",
            "{\n    \"Vpcs\": 3\n}",
        ] {
            assert!(Pieces::new(text.as_bytes()).unwrap().is_none(), "{text}");
        }
    }
}
