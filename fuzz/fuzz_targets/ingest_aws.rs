//! Any bytes as one or two files: the reader must neither panic nor hang, and what it makes must not
//! depend on the order of the files, nor be harmed by its own snapshot.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sixward_ingest::aws::Reader;

fuzz_target!(|data: &[u8]| {
    // A zero byte, which no JSON holds, parts two files.
    let mut files = data.splitn(2, |byte| *byte == 0);
    let first = files.next().unwrap_or_default();
    let second = files.next();
    let mut forward = Reader::new();
    let mut backward = Reader::new();
    let read = forward.read("us-east-1/a.json", first).is_ok()
        & second.is_none_or(|bytes| forward.read("b.json", bytes).is_ok());
    let again = second.is_none_or(|bytes| backward.read("b.json", bytes).is_ok())
        & backward.read("us-east-1/a.json", first).is_ok();
    assert_eq!(read, again);
    let (forward, backward) = (forward.finish(), backward.finish());
    assert_eq!(forward, backward, "the order of files matters");
});
