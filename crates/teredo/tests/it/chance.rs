//! F5, V17 and all of Z once more, by chance (`storm.rs`; `examples/storm.rs` is the long run).

use crate::storm::Storm;

#[test]
fn f5_z_a_storm_of_spoilt_packets_neither_panics_nor_grows() {
    for seed in 0..4 {
        let mut storm = Storm::new(seed);
        for _ in 0..50_000 {
            storm.blow();
        }
        let (peers, bytes) = storm.load();
        assert!(peers <= 8192 && bytes <= 8 << 20, "{}", storm.told());
        assert!(storm.ports() <= 64, "{}", storm.told());
        // A storm that is dropped at the door tests nothing.
        assert!(storm.rules() > 20, "{}", storm.told());
    }
}
