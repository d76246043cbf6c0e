//! How managed services come to IPv6.
//!
//! What can be changed is a fact of the provider (`data/services.toml`); whether it may be changed
//! here depends on its subnets and, where there is no way back, on the owner.

use sixward_estate::intent::Profile;
use sixward_estate::{Code, FamilyMode, Service, SmolStr, Subject, SubnetId};

use crate::catalogue::{Catalogue, HowChanged, ServiceKind};
use crate::host::{NO, YES};
use crate::report::{Explain, Lines, Report};
use crate::survey::Survey;
use crate::zone::{self, Doors};
use crate::{Choice, Decision};

/// The service gets IPv6 by a field that can be set back.
pub const IN_PLACE: Code = Code::new("service/in-place");
/// The service must be made anew to get IPv6.
pub const REBUILD: Code = Code::new("service/rebuild");
/// The service gets IPv6 by a field that can never be set back.
pub const ONE_WAY: Code = Code::new("service/one-way");
/// The service follows what it stands on.
pub const FOLLOWS: Code = Code::new("service/follows");
/// How this kind of service comes to IPv6 is not known.
pub const KIND_NOT_KNOWN: Code = Code::new("service/kind-not-known");
/// Some subnet of the service gets no IPv6 block, and the service needs one in each.
pub const SUBNETS_WITHOUT_V6: Code = Code::new("service/subnets-without-v6");
/// The service's software is too old for IPv6.
pub const ENGINE_TOO_OLD: Code = Code::new("service/engine-too-old");

/// The service's name would answer with IPv6 addresses that not all of its clients reach.
pub const HELD_BACK: Code = Code::new("service/held-back");

/// How a service comes to IPv6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceChange {
    /// By a field that can be set back, once its subnets have blocks.
    InPlace,
    /// By making a new one, which a plan does not do.
    Rebuild,
    /// By a field that can never be set back.
    OneWay {
        /// The key of the decision.
        key: SmolStr,
        /// The owner said yes. Without that it stays as it is.
        agreed: bool,
    },
    /// Not at all: it has IPv6, follows what it stands on, or is to stay IPv4.
    Nothing,
    /// Nobody knows how.
    Unknown,
    /// Not before a finding of this code is gone.
    Blocked(Code),
}

/// How a service comes to IPv6.
pub fn change(survey: &Survey<'_>, catalogue: &Catalogue, service: &Service) -> ServiceChange {
    if service.family.has_v6() || !wanted(survey, service) {
        return ServiceChange::Nothing;
    }
    let Some(kind) = catalogue.services.get(&service.kind) else {
        return ServiceChange::Unknown;
    };
    match kind.change {
        HowChanged::None => ServiceChange::Nothing,
        _ if kind.too_old(&service.engine).is_some() => ServiceChange::Blocked(ENGINE_TOO_OLD),
        HowChanged::Rebuild => ServiceChange::Rebuild,
        _ if lacking(survey, kind, service).next().is_some() => {
            ServiceChange::Blocked(SUBNETS_WITHOUT_V6)
        }
        HowChanged::InPlace if !shut(survey, service).is_empty() => {
            ServiceChange::Blocked(HELD_BACK)
        }
        HowChanged::InPlace => ServiceChange::InPlace,
        HowChanged::OneWay => {
            let key = key(service);
            let answer = survey.intent.answer(&key);
            let agreed = matches!(answer, Some([word]) if word == YES);
            let agreed = agreed && shut(survey, service).is_empty();
            ServiceChange::OneWay { key, agreed }
        }
    }
}

/// What would stop its clients over IPv6: its name answers with AAAA as soon as it is dual-stack, and
/// clients that are dropped wait for minutes (research: 10).
fn shut(survey: &Survey<'_>, service: &Service) -> Vec<String> {
    Doors::new(survey).shut(&service.firewalls, &service.subnets, service.public)
}

fn key(service: &Service) -> SmolStr {
    format!("one-way:{}", service.id).into()
}

/// Services change where everything gets IPv6: in the other profiles what is behind stays IPv4.
fn wanted(survey: &Survey<'_>, service: &Service) -> bool {
    let network = service.network.as_ref();
    survey.selection.profile() == Profile::DualStack
        && network.is_some_and(|network| survey.selection.network(network))
}

/// The subnets that have no IPv6 block and get none, where the kind asks for all.
fn lacking<'a>(
    survey: &'a Survey<'_>,
    kind: &ServiceKind,
    service: &'a Service,
) -> impl Iterator<Item = &'a SubnetId> {
    let asks = kind.all_subnets;
    service
        .subnets
        .iter()
        .filter(move |id| asks && !survey.subnet_gets_v6(id))
}

pub(crate) fn find(survey: &Survey<'_>, catalogue: &Catalogue, report: &mut Report) {
    for service in &survey.estate().services {
        if service.family.has_v6() || !wanted(survey, service) {
            continue;
        }
        match catalogue.services.get(&service.kind) {
            Some(kind) => say(survey, catalogue, service, kind, report),
            None => kind_not_known(service, report),
        }
    }
}

fn subject(service: &Service) -> Subject {
    Subject::new("service", service.id.as_str(), &service.name)
}

fn say(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    service: &Service,
    kind: &ServiceKind,
    report: &mut Report,
) {
    let change = change(survey, catalogue, service);
    let name = &kind.name;
    let first = if kind.needs.is_empty() {
        "nothing".to_owned()
    } else {
        format!("see to it that this holds: {}", kind.needs)
    };
    match change {
        ServiceChange::InPlace => {
            let when = in_place_when(service);
            let message = format!("this {name} becomes dual-stack in place{when}");
            report
                .note(IN_PLACE, subject(service), message)
                .way_out(first)
                .seen_in(kind.field.to_string());
        }
        ServiceChange::Nothing => {
            let message = format!("this {name} has no switch for IPv6 of its own");
            report
                .note(FOLLOWS, subject(service), message)
                .way_out(first)
                .seen_in(kind.field.to_string());
        }
        ServiceChange::Rebuild => rebuild(service, kind, report),
        ServiceChange::OneWay { key, agreed } => {
            let yes = survey.intent.answer(&key) == Some(&[YES.into()]);
            report.decisions.push(decision(service, kind, key));
            if yes && !agreed {
                held_back(survey, service, report);
            }
        }
        ServiceChange::Blocked(code) if code == HELD_BACK => held_back(survey, service, report),
        ServiceChange::Blocked(code) => blocked(survey, service, kind, code, report),
        ServiceChange::Unknown => {}
    }
}

fn held_back(survey: &Survey<'_>, service: &Service, report: &mut Report) {
    let lines = shut(survey, service);
    let message = format!(
        "it stays IPv4 only, since its name would answer with IPv6 addresses that not all clients \
         reach: {}",
        zone::first(&lines)
    );
    report
        .warning(HELD_BACK, subject(service), message)
        .way_out(
            "nothing if this is meant; else answer what these rules wait for, or change the intent",
        )
        .seen_in(lines.into_iter().collect::<Lines>());
}

fn in_place_when(service: &Service) -> &'static str {
    if service.allowed.is_empty() || service.allowed.contains(&FamilyMode::Dual) {
        ""
    } else {
        ", once its subnet group allows that: it will when all its subnets have blocks"
    }
}

fn rebuild(service: &Service, kind: &ServiceKind, report: &mut Report) {
    let message = format!(
        "this {} cannot become dual-stack: it keeps IPv4 only until it is made anew",
        kind.name
    );
    let facts = [kind.field.as_str(), kind.needs.as_str()];
    let facts = facts.into_iter().filter(|fact| !fact.is_empty());
    report
        .warning(REBUILD, subject(service), message)
        .way_out(kind.way.as_str())
        .seen_in(facts.collect::<Lines>());
}

fn blocked(
    survey: &Survey<'_>,
    service: &Service,
    kind: &ServiceKind,
    code: Code,
    report: &mut Report,
) {
    let name = &kind.name;
    if let Some(oldest) = kind.too_old(&service.engine) {
        let engine = &service.engine;
        let message = format!("this {name} runs {engine}, and IPv6 needs {oldest} at least");
        report
            .blocker(code, subject(service), message)
            .way_out(format!("upgrade it first; then: {}", kind.way))
            .seen_in(format!("engine {engine}"));
        return;
    }
    let lines: Lines = lacking(survey, kind, service)
        .map(ToString::to_string)
        .collect();
    let message = format!(
        "this {name} needs an IPv6 block in every subnet that it may use, and some get none"
    );
    report
        .blocker(code, subject(service), message)
        .way_out("select these subnets in the intent, or take them out of its subnet group")
        .seen_in(lines);
}

fn decision(service: &Service, kind: &ServiceKind, key: SmolStr) -> Decision {
    Decision {
        key,
        code: ONE_WAY,
        subject: subject(service),
        question: format!(
            "may this {} become dual-stack? there is no way back",
            kind.name
        ),
        choices: vec![
            Choice::new(NO, "it keeps IPv4 only"),
            Choice::new(YES, "it becomes dual-stack for good"),
        ],
        meanwhile: "it keeps IPv4 only".to_owned(),
        evidence: vec![kind.field.to_string()],
    }
}

fn kind_not_known(service: &Service, report: &mut Report) {
    report
        .warning(
            KIND_NOT_KNOWN,
            subject(service),
            format!(
                "it is not known how a service of the kind {} comes to IPv6",
                service.kind
            ),
        )
        .way_out("look it up in the provider's documentation; it keeps IPv4 only")
        .seen_in(format!("kind {}", service.kind));
}
