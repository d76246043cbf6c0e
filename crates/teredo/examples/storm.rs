//! The long run of the storm: `cargo run --release -p sixward-teredo --example storm -- 100000000`.
#![expect(clippy::unwrap_used, reason = "a panic is what this looks for")]
#![expect(clippy::print_stdout, reason = "a program for a person")]

#[path = "../tests/it/storm.rs"]
#[expect(dead_code, reason = "the test's file")]
mod storm;
#[path = "../tests/it/wire.rs"]
#[expect(dead_code, reason = "the test's file")]
mod wire;

fn main() {
    let count: u64 = std::env::args()
        .nth(1)
        .map_or(1_000_000, |count| count.parse().unwrap());
    let each = 10_000_000.min(count);
    for seed in 0..count.div_ceil(each) {
        let mut storm = storm::Storm::new(seed * 1000 + 7);
        for _ in 0..each {
            storm.blow();
        }
        println!("{} packets: {}", (seed + 1) * each, storm.told());
    }
}
