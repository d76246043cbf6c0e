//! Without any trouble: there, back, and each of them twice.

use sixward_apply::Outcome;
use sixward_testkit::Cloud;

use crate::course::Course;
use crate::inside;

#[test]
fn the_two_tier_estate_there_and_back() {
    if !inside("there_and_back::the_two_tier_estate_there_and_back") {
        return;
    }
    there_and_back(Cloud::start());
}

/// What is done is seen a few looks later.
#[test]
fn in_a_cloud_that_takes_its_time() {
    if !inside("there_and_back::in_a_cloud_that_takes_its_time") {
        return;
    }
    there_and_back(Cloud::start_slow());
}

fn there_and_back(cloud: Cloud) {
    let mut course = Course::begin(cloud);
    for round in 1..=2 {
        let outcome = course.apply_whole().unwrap();
        assert!(
            matches!(outcome, Outcome::Done { .. }),
            "{round}: {outcome:?}"
        );
        course.is_at_end("there");
        let writes = course.proxy.writes();
        let outcome = course.apply_whole().unwrap();
        assert_eq!(outcome, Outcome::Done { already: true });
        assert_eq!(course.proxy.writes(), writes, "done twice, it does nothing");

        let outcome = course.rollback_whole().unwrap();
        assert!(
            matches!(outcome, Outcome::Done { .. }),
            "{round}: {outcome:?}"
        );
        course.is_at_start("back");
        let writes = course.proxy.writes();
        let outcome = course.rollback_whole().unwrap();
        assert_eq!(outcome, Outcome::Done { already: true });
        assert_eq!(course.proxy.writes(), writes);
    }
}
