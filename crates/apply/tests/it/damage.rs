//! Journals that disks have spoilt: what is wrong is named, the rest is used, and both ends are reached.

use sixward_apply::ApplyError;
use sixward_apply::journal::{Damage, read_journal};
use sixward_plan::Plan;
use sixward_sim::Trouble;

use crate::course::{Course, Fate};
use crate::plans;

/// A course that was broken off in the middle, and one that was not.
fn courses(plan: &Plan) -> Vec<Course> {
    let calls = Course::of(plan).apply(plan).calls;
    let mut courses = Vec::new();
    for number in [2, calls / 2, calls] {
        let mut course = Course::of(plan);
        let fate = Fate {
            on_calls: vec![(number, Trouble::KilledAfter)],
            ..Fate::default()
        };
        course.apply_with(plan, &fate);
        courses.push(course);
    }
    courses
}

#[test]
fn any_one_line_changed() {
    let plan = plans::of("aws-two-tier");
    for course in courses(&plan) {
        for (line, range) in lines(&course.journal).into_iter().enumerate() {
            let mut bytes = course.journal.clone();
            let at = range.start + (line * 37) % (range.len() - 1);
            bytes[at] ^= 0x15;
            let damage = read_journal(&bytes).1;
            let named =
                matches!(damage.first(), Some(Damage::Changed { line: at, .. }) if *at == line + 1);
            assert!(named, "line {}: {damage:?}", line + 1);
            both_ends(&plan, &course, bytes, false);
        }
    }
}

#[test]
fn any_one_line_removed() {
    let plan = plans::of("aws-two-tier");
    for course in courses(&plan) {
        let lines = lines(&course.journal);
        let last = lines.len() - 1;
        for (line, range) in lines.into_iter().enumerate() {
            let mut bytes = course.journal.clone();
            bytes.drain(range);
            let damage = read_journal(&bytes).1;
            // That the last line is not there nothing can tell: then whoever knows must say so.
            let named =
                matches!(damage.first(), Some(Damage::Missing { line: at, .. }) if *at == line + 1);
            assert_eq!(named, line < last, "line {}: {damage:?}", line + 1);
            both_ends(&plan, &course, bytes, line == last);
        }
    }
}

#[test]
fn cut_off_at_any_byte_of_the_last_entries() {
    let plan = plans::of("aws-two-tier");
    let course = courses(&plan).remove(1);
    let lines = lines(&course.journal);
    for range in &lines[lines.len() - 4..] {
        for at in range.clone().step_by(61).chain([range.end - 1]) {
            let bytes = course.journal[..at].to_vec();
            let damage = read_journal(&bytes).1;
            let whole = at == range.start;
            let named = matches!(damage.as_slice(), [Damage::CutOff { .. }]);
            assert_eq!(named, !whole, "{damage:?}");
            both_ends(&plan, &course, bytes, whole);
        }
    }
}

#[test]
fn all_lost() {
    let plan = plans::of("aws-two-tier");
    for course in courses(&plan) {
        both_ends(&plan, &course, Vec::new(), true);
    }
}

/// Where a loss cannot be seen, going on is safe at least: it goes on rightly, or is refused by name.
#[test]
fn a_loss_that_cannot_be_seen_does_no_harm() {
    let plan = plans::of("aws-two-tier");
    for course in courses(&plan) {
        for range in lines(&course.journal) {
            let mut on = course.clone();
            on.journal.truncate(range.start);
            match on.apply(&plan).result {
                Err(ApplyError::Drifted(differences)) => assert!(!differences.is_empty()),
                other => {
                    other.unwrap();
                    on.is_at_end(&plan, &range);
                }
            }
        }
    }
}

fn lines(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let pieces = bytes.split_inclusive(|byte| *byte == b'\n');
    pieces
        .map(|piece| {
            let range = start..start + piece.len();
            start = range.end;
            range
        })
        .collect()
}

fn both_ends(plan: &Plan, course: &Course, journal: Vec<u8>, distrusted: bool) {
    let spoilt = Course {
        journal,
        distrusted,
        ..course.clone()
    };
    let mut on = spoilt.clone();
    let went = on.apply(plan);
    assert!(went.is_done(), "{went:?}");
    on.is_at_end(plan, &"on");
    let mut back = spoilt;
    let went = back.rollback(plan);
    assert!(went.is_done(), "{went:?}");
    back.is_at_start(plan, &"back");
}
