//! What the input does not hold, and what the intent says in vain.

use expect_test::expect;
use sixward_estate::{Gap, Subject};

use crate::build::two_tier;
use crate::show::check;

fn gap(n: usize, reason: &str) -> Gap {
    Gap {
        subject: Subject::new("thing", format!("t-{n}"), ""),
        reason: reason.into(),
    }
}

#[test]
fn gaps_are_told_one_by_one_until_there_are_many() {
    let mut build = two_tier();
    build
        .0
        .gaps
        .push(gap(1, "carrier gateways are not modelled"));
    build
        .0
        .gaps
        .extend((0..21).map(|n| gap(n, "it was cut off")));
    check(
        build,
        "",
        &["input/"],
        &expect![[r#"
        warning input/not-modelled input/: 21 times: it was cut off
            help: nothing is proved about flows that touch it: check them by hand
            - thing/t-0
            - thing/t-1
            - thing/t-2
            - thing/t-3
            - thing/t-4
            - thing/t-5
            - thing/t-6
            - thing/t-7
            - thing/t-8
            - thing/t-9
            - thing/t-10
            - thing/t-11
            - thing/t-12
            - thing/t-13
            - thing/t-14
            - thing/t-15
            - thing/t-16
            - thing/t-17
            - thing/t-18
            - thing/t-19
            - and 1 more
        warning input/not-modelled thing/t-1: carrier gateways are not modelled
            help: nothing is proved about flows that touch it: check them by hand
    "#]],
    );
}

#[test]
fn the_intent_may_speak_of_what_is_not_there() {
    let intent = r#"
        include = ["vpc", "vpc-gone"]
        subnets.sub-gone.skip = true
        hosts.i-gone.skip = true
        answers."address:9.9.9.9/32" = "leave-out"
    "#;
    check(
        two_tier(),
        intent,
        &["intent/"],
        &expect![[r#"
            warning intent/unknown-answer intent/answers.address:9.9.9.9/32: nothing asks this
                help: take the answer out of the intent, or correct its key
            warning intent/unknown-id intent/hosts.i-gone: there is no host i-gone in the estate
                help: correct the id or take it out of the intent
            warning intent/unknown-id intent/include.vpc-gone: there is no network vpc-gone in the estate
                help: correct the id or take it out of the intent
            warning intent/unknown-id intent/subnets.sub-gone: there is no subnet sub-gone in the estate
                help: correct the id or take it out of the intent
        "#]],
    );
}

/// What looks like a prefix and would let in more than was meant.
#[test]
fn answers_that_would_widen() {
    let build = || two_tier().group("web", &["ingress tcp/22 from 203.0.113.9/32"]);
    for answer in ["::/0", "2001:db8::7/64", "2001:db8::/0"] {
        let intent = format!("[answers]\n\"address:203.0.113.9/32\" = \"{answer}\"");
        let estate = build();
        let intent = sixward_estate::intent::Intent::parse(&intent).unwrap();
        let assessment = sixward_assess::assess(&sixward_assess::Survey::new(&estate.0, &intent));
        assert_eq!(assessment.decisions.open.len(), 1, "{answer}");
    }
    check(
        build(),
        "[answers]\n\"address:203.0.113.9/32\" = \"2001:db8::7/64\"",
        &["intent/"],
        &expect![[r#"
            warning intent/answer-not-understood intent/answers.address:203.0.113.9/32: the answer "2001:db8::7/64" is not one of the choices
                help: answer with leave-out, <prefixes>, <prefix-list>; a prefix has no bits behind its length, and ::/0 would be everyone
        "#]],
    );
}
