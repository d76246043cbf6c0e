//! Every fault of the proxy at every call that the two-tier plan writes: then on to the same end, and back
//! to the same start; and, from where the fault left it, straight back. Nothing is doubled: the whole
//! estate is compared each time, so a second block or gateway would be a difference.
//!
//! On the way back each call meets one fault and not all of them, taken in turn: the engine's part in it
//! is the same both ways, and what is different, the order that the provider demands, every walk back of
//! this file goes through.

use std::collections::BTreeSet;
use std::sync::Mutex;

use sixward_apply::Outcome;
use sixward_testkit::{Cloud, Trouble};

use crate::course::Course;
use crate::inside;

/// One test cloud each: it is one process, and a core for each is what there is.
const AT_ONCE: usize = 2;
/// Runs that fail at one fault at most: denied once, and then not any more.
const RUNS: usize = 3;

#[test]
fn every_fault_on_the_way_there() {
    if !inside("faults::every_fault_on_the_way_there") {
        return;
    }
    let calls = writes(Walk::There);
    for_each(
        Trouble::FAULTS.into_iter().flat_map(|it| nths(calls, it)),
        |course, nth, trouble| {
            let what = format!("{trouble:?} at call {nth}");
            course.proxy.clear();
            course.proxy.trouble(nth, trouble);
            go(course, Walk::There, &what);
            assert!(course.proxy.met(), "{what}: there is no such call");
            course.is_at_end(&what);
            go(course, Walk::Back, &what);
            course.is_at_start(&what);
        },
    );
}

#[test]
fn every_fault_and_straight_back() {
    if !inside("faults::every_fault_and_straight_back") {
        return;
    }
    let calls = writes(Walk::There);
    for_each(
        Trouble::FAULTS.into_iter().flat_map(|it| nths(calls, it)),
        |course, nth, trouble| {
            let what = format!("{trouble:?} at call {nth}, and straight back");
            course.proxy.clear();
            course.proxy.trouble(nth, trouble);
            let outcome = course.apply_until_met().unwrap();
            assert!(course.proxy.met(), "{what}: {outcome:?}");
            go(course, Walk::Back, &what);
            course.is_at_start(&what);
        },
    );
}

#[test]
fn a_fault_at_every_call_of_the_way_back() {
    if !inside("faults::a_fault_at_every_call_of_the_way_back") {
        return;
    }
    let calls = writes(Walk::Back);
    let turns = Trouble::FAULTS.into_iter().cycle();
    for_each((1..=calls).zip(turns), |course, nth, trouble| {
        let what = format!("{trouble:?} at call {nth} of the way back");
        course.proxy.clear();
        go(course, Walk::There, &what);
        course.proxy.clear();
        course.proxy.trouble(nth, trouble);
        go(course, Walk::Back, &what);
        assert!(course.proxy.met(), "{what}: there is no such call");
        course.is_at_start(&what);
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    There,
    Back,
}

fn nths(calls: usize, trouble: Trouble) -> impl Iterator<Item = (usize, Trouble)> {
    (1..=calls).map(move |nth| (nth, trouble))
}

/// As far as calls go, over as many runs as it takes.
fn go(course: &mut Course, walk: Walk, what: &str) {
    let mut outcomes = Vec::new();
    for _ in 0..RUNS {
        let outcome = match walk {
            Walk::There => course.apply(),
            Walk::Back => course.rollback(),
        };
        let outcome = outcome.unwrap_or_else(|error| panic!("{what}: {error:?} {outcomes:?}"));
        // On the way there guests and names are left, on the way back nothing is.
        if matches!(outcome, Outcome::Done { .. } | Outcome::ByHand { .. }) {
            return;
        }
        outcomes.push(outcome);
    }
    panic!("{what}: {outcomes:?}");
}

/// How many calls a walk writes when nothing goes wrong.
fn writes(walk: Walk) -> usize {
    let mut course = Course::begin(Cloud::start());
    go(&mut course, Walk::There, "the reference");
    if walk == Walk::Back {
        course.proxy.clear();
        go(&mut course, Walk::Back, "the reference");
    }
    let writes = course.proxy.writes();
    let kinds: BTreeSet<_> = writes.iter().collect();
    assert!(kinds.len() > 8, "a plan of many kinds of calls: {writes:?}");
    writes.len()
}

/// Does something for each case. A cloud serves one case after another: each ends where it began.
fn for_each(
    cases: impl Iterator<Item = (usize, Trouble)> + Send,
    case: impl Fn(&mut Course, usize, Trouble) + Sync,
) {
    let cases = Mutex::new(cases);
    let next = || cases.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut course = Course::begin(Cloud::start());
                while let Some((nth, trouble)) = next() {
                    case(&mut course, nth, trouble);
                }
            });
        }
    });
}
