//! The planner's own plans keep every promise, and so do the plans that come of each answer to each
//! question: an answer that would break one must not be offered.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect;
use sixward_assess::{Decision, PREFIX_LIST, PREFIXES};
use sixward_estate::intent::{Answer, Intent};
use sixward_estate::{Estate, SmolStr};
use sixward_net::Family;
use sixward_ops::report::Report;
use sixward_ops::{Job, Source, WhichPlan, discover, prove};
use sixward_plan::{Plan, write_plan};
use sixward_prove::proof::{Outcome, Promise};

#[test]
fn our_own_plans_keep_every_promise() {
    let mut told = String::new();
    for folder in folders() {
        let job_source = source(&folder);
        let proved = prove(&Job::new(job_source, &()), &WhichPlan::Anew).unwrap();
        told += &broken(&folder, "", &proved.report, &Promise::ALL);
    }
    assert_eq!(told, "");
}

/// Estates that others made, as their tools printed them (`crates/ingest/tests/estates/ORIGIN.md`). What
/// stays undetermined says whose word is missing in the input.
#[test]
fn our_plans_for_estates_of_others_keep_every_promise() {
    let estates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/estates");
    let entries = fs::read_dir(estates).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let mut told = String::new();
    for folder in &folders {
        let Ok(given) = Source::find(folder.to_str().unwrap(), None) else {
            continue;
        };
        let Ok(proved) = prove(&Job::new(given, &()), &WhichPlan::Anew) else {
            continue;
        };
        let proof = proved.report.proof.unwrap();
        let name = folder.file_name().unwrap().display();
        let open = proof
            .promises
            .iter()
            .filter(|row| row.outcome != Outcome::Held);
        let open: Vec<_> = open
            .map(|row| format!("{} {:?}", row.promise, row.outcome))
            .collect();
        let _ = writeln!(told, "{name}: {} steps {}", proof.steps, open.join(", "));
        let mends: BTreeSet<_> = proof.breaches.iter().map(|row| &row.breach.mend).collect();
        for mend in mends.into_iter().take(3) {
            let _ = writeln!(told, "  {mend}");
        }
    }
    expect![[r#"
        aws-cli-examples: 0 steps 
        batfish-load-balancer: 19 steps 
        batfish-nat-gateway: 23 steps 
        batfish-public-private-subnet: 13 steps 
        batfish-public-subnet: 8 steps 
        batfish-subnet: 9 steps 
        batfish-transit-gateway: 23 steps 
        batfish-unit: 0 steps 
        batfish-vpc-peering: 22 steps 
        batfish-vpn-gateway: 7 steps 
        cloudmapper-demo: 17 steps P2 Undetermined, P3 Undetermined
          make known what these do: the route table and the list of subnet/subnet-00000001
        npguard-acl_1: 47 steps P2 Undetermined, P3 Undetermined
          make known what these do: the route table of subnet/SubnetId:15, the route table of subnet/SubnetId:26
          make known what these do: the route table of subnet/SubnetId:15, the route table of subnet/SubnetId:6
          make known what these do: the route table of subnet/SubnetId:26, the route table of subnet/SubnetId:32
        npguard-basic: 17 steps P2 Undetermined, P3 Undetermined
          make known what these do: the route table of subnet/SubnetId:17
          make known what these do: the route table of subnet/SubnetId:17, the route table of subnet/SubnetId:6
          make known what these do: the route table of subnet/SubnetId:6
        npguard-sg_1: 30 steps P2 Undetermined, P3 Undetermined
          make known what these do: the route table of subnet/SubnetId:23, the route table of subnet/SubnetId:32
          make known what these do: the route table of subnet/SubnetId:23, the route table of subnet/SubnetId:39
          make known what these do: the route table of subnet/SubnetId:23, the route table of subnet/SubnetId:47
    "#]].assert_eq(&told);
}

/// What an appliance does with IPv6 nobody knows: what goes through one, or round it, stays undetermined.
#[test]
fn each_answer_to_each_question_keeps_them() {
    let (mut told, mut tried) = (String::new(), 0);
    for folder in folders() {
        let found = discover(&Job::new(source(&folder), &())).unwrap();
        let own = sixward_plan::plan(found.estate.clone(), found.intent.clone());
        let open = &own.assessment.decisions.open;
        let questions = open.iter().map(|decision| {
            let key = decision.key.clone();
            (key, answers_to(decision, &found.estate))
        });
        let questions: Vec<_> = questions.collect();
        for (key, answers) in &questions {
            for words in answers {
                let intent = answered(&found.intent, [(key, words)]);
                let plan = sixward_plan::plan(found.estate.clone(), intent);
                let taken = &plan.assessment.decisions.answered;
                assert!(taken.iter().any(|it| it.key == *key), "{key} = {words:?}");
                let answer = format!(" {key} = {}", words.join(", "));
                told += &broken(&folder, &answer, &report(&folder, &plan), &AT_EVERY_MOMENT);
                tried += 1;
            }
        }
        // All at once: the first answers, the second ones, and so on.
        let most = questions.iter().map(|(_, answers)| answers.len()).max();
        for number in 0..most.unwrap_or(0) {
            let answers = questions.iter().filter_map(|(key, answers)| {
                let last = answers.len().checked_sub(1)?;
                Some((key, &answers[number.min(last)]))
            });
            let plan = sixward_plan::plan(found.estate.clone(), answered(&found.intent, answers));
            let answer = format!(" all with answer {number}");
            told += &broken(&folder, &answer, &report(&folder, &plan), &AT_EVERY_MOMENT);
        }
    }
    expect![[r#"
        aws-mesh route:rtb-0a000003:0.0.0.0/0 = egress-only: NothingExposed Undetermined
          56: it is not known what this does with the flow
        aws-mesh route:rtb-0a000003:0.0.0.0/0 = same-target: NothingExposed Undetermined
          55: it is not known what this does with the flow
        aws-mesh all with answer 2: NothingExposed Undetermined
          66: it is not known what this does with the flow
          69: it is not known what this does with the flow
    "#]]
    .assert_eq(&told);
    assert!(tried > 20, "only {tried} answers tried");
}

/// An answer is believed as far as it goes: the same plan under an intent without it is broken.
#[test]
fn what_nobody_answered_is_not_accepted() {
    let cases = [
        ("naive-mirror", "", "reach-out:subnet-0a100001", "allow"),
        (
            "naive-mirror",
            "reach-out:subnet-0a100001",
            "expose:sg-0a100002",
            "mirror",
        ),
        ("rack", "", "expose:web", "mirror"),
        ("rack", "", "expose:web", "2001:db8:77::/48"),
        ("aws-mesh", "", "come-under:sg-0c000001", "allow"),
        (
            "aws-mesh",
            "",
            "route:rtb-0a000002:0.0.0.0/0",
            "egress-only",
        ),
        (
            "aws-mesh",
            "reach-out:subnet-0a000001",
            "address:198.51.100.0/24",
            "leave-out",
        ),
    ];
    for (name, allowed, key, word) in cases {
        let folder = scenarios().join(name);
        let found = discover(&Job::new(source(&folder), &())).unwrap();
        let mut before = found.intent.clone();
        if !allowed.is_empty() {
            before = answered(&before, [(&allowed.into(), &vec!["allow".into()])]);
        }
        let after = answered(&before, [(&key.into(), &vec![word.into()])]);
        let mut plan = sixward_plan::plan(found.estate, after);
        let told = broken(
            &folder,
            "",
            &report(&folder, &plan),
            &[Promise::NothingExposed],
        );
        assert_eq!(told, "", "{key} = {word}");
        plan.intent = before;
        let told = broken(
            &folder,
            "",
            &report(&folder, &plan),
            &[Promise::NothingExposed],
        );
        assert!(told.contains("Broken"), "{key} = {word}");
    }
}

const AT_EVERY_MOMENT: [Promise; 3] = [
    Promise::Ipv4AsItWas,
    Promise::NothingExposed,
    Promise::WayBack,
];

fn report(folder: &Path, plan: &Plan) -> Report {
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("plan.json");
    fs::write(&file, write_plan(plan).unwrap()).unwrap();
    let job_source = source(folder);
    let proved = prove(&Job::new(job_source, &()), &WhichPlan::File(file)).unwrap();
    proved.report
}

/// What is not held, a line for each promise.
fn broken(folder: &Path, answer: &str, report: &Report, promises: &[Promise]) -> String {
    let mut text = String::new();
    let proof = report.proof.as_ref().unwrap();
    for row in &proof.promises {
        let asked = promises.contains(&row.promise);
        if asked && row.states > 0 && row.outcome != Outcome::Held {
            let name = folder.file_name().unwrap().display();
            let _ = writeln!(text, "{name}{answer}: {:?} {:?}", row.promise, row.outcome);
            let breaches = proof.breaches.iter();
            let breaches = breaches.filter(|breach| breach.promise == row.promise);
            for breach in breaches.take(3) {
                let _ = writeln!(text, "  {}: {}", breach.after, breach.breach.decision);
            }
        }
    }
    text
}

/// Every concrete answer, and one of each pattern.
fn answers_to(decision: &Decision, estate: &Estate) -> Vec<Vec<SmolStr>> {
    let mut answers = Vec::new();
    for choice in &decision.choices {
        match choice.answer.as_str() {
            PREFIXES => answers.push(vec!["2001:db8:77::/48".into()]),
            PREFIX_LIST => {
                let lists = estate.prefix_lists.iter();
                let mut lists = lists.filter(|list| list.family == Family::V6);
                answers.extend(lists.next().map(|list| vec![list.id.as_str().into()]));
            }
            word => answers.push(vec![word.into()]),
        }
    }
    answers
}

fn answered<'a>(
    intent: &Intent,
    answers: impl IntoIterator<Item = (&'a SmolStr, &'a Vec<SmolStr>)>,
) -> Intent {
    let mut intent = intent.clone();
    for (key, words) in answers {
        let answer = match words.as_slice() {
            [word] => Answer::One(word.clone()),
            words => Answer::Many(words.to_vec()),
        };
        intent.answers.insert(key.clone(), answer);
    }
    intent
}

fn source(folder: &Path) -> Source {
    Source::find(folder.to_str().unwrap(), None).unwrap()
}

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(scenarios()).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = folders.filter(|path| path.join("given").is_dir()).collect();
    folders.sort();
    folders
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}
