//! The cloud outlives the program in a file.

use sixward_sim::{Habits, Sim, SimFileError, read_sim, write_sim};

use crate::world::{add_block, call, small, with_block};

#[test]
fn a_cloud_read_again_is_the_same_cloud() {
    let habits = Habits {
        associating: 2,
        ..Habits::default()
    };
    let mut sim = Sim::new(small(), 3).habits(habits);
    call(&mut sim, add_block());
    let bytes = write_sim(&sim).unwrap();
    let mut again = read_sim(&bytes).unwrap();
    assert_eq!(write_sim(&again).unwrap(), bytes);
    // What was on its way still is, and what is chosen next is the same.
    sim.settle();
    again.settle();
    assert_eq!(sim.estate(), again.estate());
    let [one, two] = [&mut sim, &mut again].map(|it| {
        call(it, add_block());
        it.settle();
        it.estate().clone()
    });
    assert_eq!(one, two);
}

#[test]
fn another_file_is_refused() {
    let wrong = |bytes: &[u8]| read_sim(bytes).unwrap_err().to_string();
    assert!(matches!(read_sim(b"{"), Err(SimFileError::Parse(_))));
    assert!(wrong(br#"{"format":"sixward-plan","version":1}"#).contains("sixward-plan"));
    assert!(wrong(br#"{"format":"sixward-sim","version":9}"#).contains('9'));
}

#[test]
fn the_seed_decides_what_is_chosen() {
    let block = |seed| with_block(&mut Sim::new(small(), seed));
    assert_eq!(block(1), block(1));
    assert_ne!(block(1), block(2));
}
