//! Layouts as values: what the kernel is never asked.

#[path = "../../../prove/tests/symbolic/estates.rs"]
#[allow(dead_code, reason = "the other crate uses all of it")]
mod estates;
#[path = "../../../prove/tests/symbolic/palette.rs"]
#[allow(dead_code, reason = "the other crate uses all of it")]
mod palette;
#[path = "../../../prove/tests/symbolic/spec.rs"]
#[allow(dead_code, reason = "the other crate uses all of it")]
mod spec;
mod whole;

use sixward_lab::Drop;

#[test]
fn who_drops_is_read_back_from_the_log() {
    for unknown in [false, true] {
        let drop = Drop {
            by: "acl-1".into(),
            why: "egress 100 deny tcp/22 to ::/0".into(),
            unknown,
        };
        assert_eq!(Drop::parse(&drop.prefix()), Some(drop));
    }
    assert_eq!(Drop::parse("somebody else's: words"), None);
}

#[test]
fn what_is_too_long_for_the_log_is_cut_at_a_letter() {
    let drop = Drop::new("sg-1", "ä".repeat(200));
    let prefix = drop.prefix();
    assert!(prefix.len() <= 120, "{}", prefix.len());
    let read = Drop::parse(&prefix).map(|drop| drop.by);
    assert_eq!(read.as_deref(), Some("sg-1"));
}
