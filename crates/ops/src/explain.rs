//! `explain`: what becomes of one flow in the states of a plan, hop by hop.

mod legs;

use sixward_emit::title;
use sixward_estate::Estate;
use sixward_net::Family;
use sixward_prove::Packet;
use sixward_prove::trace::{Outcome, Trace, Tracer};

use crate::end::{Party, View, find, of_family};
use crate::probe::Probe;
use crate::report::{FlowRow, Flows, LegRow, Report, StateRow};
use crate::{After, Error, Job, Phase, Question, QuestionError, States, Timings, WhichPlan};
use legs::Legs;

/// What becomes of a flow.
#[derive(Debug)]
pub struct Explained {
    /// The report; the flows are in it.
    pub report: Report,
    /// The intent has changed since the plan was made.
    pub outdated: bool,
    /// How long it took.
    pub timings: Timings,
}

/// A state that is asked about.
struct Moment {
    row: StateRow,
    estate: Estate,
}

/// A flow that is asked about.
struct Flow {
    from: Party,
    to: Party,
    probe: Probe,
    from_port: u16,
    families: Vec<Family>,
}

/// Explains what becomes of a flow.
pub fn explain(job: &Job<'_>, which: &WhichPlan, question: &Question) -> Result<Explained, Error> {
    // A slip in the question shows before minutes of reading.
    question.sender()?;
    question.receiver()?;
    let mut states = States::of(job, which)?;
    let mut timings = std::mem::take(&mut states.timings);
    let mut moments = moments(&states, question.after)?;
    let estates: Vec<_> = moments.iter().map(|moment| &moment.estate).collect();
    let flow = Flow::new(question, &estates)?;
    let flows = Flows {
        from: flow.from.subject(&states.plan.before),
        to: flow.to.subject(&states.plan.before),
        traffic: flow.probe.to_string(),
        plan: states
            .file
            .as_ref()
            .map(|file| file.to_string_lossy().into_owned()),
        steps: states.plan.steps.len(),
        symbols: states.plan.symbols.as_slice().to_vec(),
        states: Vec::new(),
    };
    timings.take(Phase::Trace, || {
        for moment in &mut moments {
            let (rows, legs) = flow.rows(&moment.estate, &states);
            moment.row.flows = rows;
            moment.row.legs = legs;
        }
    });
    let rows = moments.into_iter().map(|moment| moment.row).collect();
    let mut report = Report::of_estate("explain", &states.facts, &states.plan.before, Vec::new());
    report.profile = states.plan.intent.profile;
    report.flows = Some(Flows {
        states: rows,
        ..flows
    });
    Ok(Explained {
        report,
        outdated: states.outdated,
        timings,
    })
}

impl Explained {
    /// Whether the flow passes in the last state, in each family that was asked about.
    pub fn passes(&self) -> bool {
        let flows = self.report.flows.as_ref();
        let last = flows.and_then(|flows| flows.states.last());
        last.is_some_and(|state| state.flows.iter().all(FlowRow::passes))
    }
}

fn moments(states: &States, after: After) -> Result<Vec<Moment>, Error> {
    let numbers = match after {
        After::Step(number) => vec![number],
        After::End => vec![states.last()],
        After::BeforeAndEnd if states.last() == 0 => vec![0],
        After::BeforeAndEnd => vec![0, states.last()],
    };
    let moment = |number| {
        let (step, estate) = states.after(number)?;
        let row = StateRow {
            after: number,
            step: step.map(|step| title(&step.change, &states.plan)),
            flows: Vec::new(),
            legs: Vec::new(),
        };
        Ok(Moment { row, estate })
    };
    numbers.into_iter().map(moment).collect()
}

impl Flow {
    fn new(question: &Question, states: &[&Estate]) -> Result<Self, QuestionError> {
        let (to, probe) = question.receiver()?;
        let from = find(question.sender()?, states)?;
        let to = find(to, states)?;
        if from.is_internet() && to.is_internet() {
            return Err(QuestionError::Outside);
        }
        if from == to {
            return Err(QuestionError::Same(question.from.clone()));
        }
        let mut families = question.families.list().to_vec();
        for address in [&from, &to].into_iter().filter_map(Party::address) {
            families = vec![of_family(address, &families)?];
        }
        Ok(Self {
            from,
            to,
            probe,
            from_port: question.from_port,
            families,
        })
    }

    /// The flow in each family, and what is behind its receiver.
    fn rows(&self, estate: &Estate, states: &States) -> (Vec<FlowRow>, Vec<LegRow>) {
        let tracer = Tracer::new(estate);
        let legs = Legs::new(estate, &tracer, &states.plan.symbols);
        let of = |family: &Family| self.of_family(estate, (&tracer, &legs), *family, states);
        let rows = self.families.iter().flat_map(of).collect();
        // A balancer speaks to its targets in their family, whatever its client's is.
        let l4 = self.probe.l4(Family::V4, self.from_port);
        (rows, legs.rows(&self.to, l4))
    }

    fn of_family(
        &self,
        estate: &Estate,
        (tracer, legs): (&Tracer<'_>, &Legs<'_>),
        family: Family,
        states: &States,
    ) -> Vec<FlowRow> {
        let view = if self.from.is_internet() {
            View::Public
        } else {
            View::Inside
        };
        let ends = self.from.seats(estate, family, View::Sender);
        let ends = ends.and_then(|from| Ok((from, self.to.seats(estate, family, view)?)));
        let (senders, receivers) = match ends {
            Ok(ends) => ends,
            Err(unseated) => {
                let mut row = FlowRow::unseated(family, unseated);
                legs.judge_unseated(&mut row, &self.to, self.probe.l4(family, self.from_port));
                return vec![row];
            }
        };
        let mut rows = Vec::new();
        for from in &senders {
            for to in &receivers {
                let packet = Packet {
                    source: from.address,
                    destination: to.address,
                    l4: self.probe.l4(family, self.from_port),
                };
                let trace = tracer.trace(&from.end, packet);
                let there = tracer.too_big(&from.end, packet);
                let back = too_big_answer(tracer, &trace);
                let too_big = [there.as_ref(), back.as_ref()];
                let mut row = FlowRow::new(&trace, &to.end, too_big, &states.plan.symbols);
                legs.judge(&mut row, &to.end, (&from.end, packet));
                rows.push(row);
            }
        }
        rows
    }
}

/// Whether who answers hears that an answer is too big. The answer is taken for a flow of its own: where
/// only a session lets it pass, nothing is said.
fn too_big_answer(tracer: &Tracer<'_>, trace: &Trace) -> Option<Trace> {
    let Outcome::Delivered(end) = &trace.outcome else {
        return None;
    };
    tracer.too_big(end, trace.back.first()?.packet)
}
