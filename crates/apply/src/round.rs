//! One round: changes that do not depend on one another are made, and looked at until each is settled.

use sixward_estate::{Estate, Firewall, SmolStr, Table};
use sixward_plan::{Bindings, Change};

use crate::engine::{Walk, patiently};
use crate::found::opens_all;
use crate::journal::{Fact, Open, Part, Way};
use crate::standing::{Standing, standing};
use crate::{ApplyError, Event, Fault, Flow, Order, Scope};

/// A change that is to be made.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) part: Part,
    /// As the plan has it: what the provider chooses is found by what stood for it.
    pub(crate) planned: Change,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settled {
    Done,
    Failed(SmolStr),
    /// It was asked to stop first.
    Stopped,
}

/// A task in this round.
struct Job {
    task: Task,
    state: State,
    tries: u32,
    looks: u32,
}

enum State {
    /// To be made.
    Due,
    /// Not made, and seen done this many times.
    There(u32),
    /// Made; what came of it is not seen yet.
    Made(Result<(), Fault>),
    Settled(Settled),
}

impl Walk<'_> {
    /// Makes some changes, `at_once` of them in a round.
    pub(crate) fn settle(&mut self, tasks: &[Task]) -> Result<Vec<(Part, Settled)>, ApplyError> {
        let mut settled = Vec::new();
        for some in tasks.chunks(self.limits.at_once.max(1)) {
            if self.watcher.flow() == Flow::Stop {
                settled.extend(some.iter().map(|task| (task.part, Settled::Stopped)));
            } else {
                settled.extend(self.round(some.to_vec())?);
            }
        }
        self.journal.sync()?;
        Ok(settled)
    }

    fn round(&mut self, tasks: Vec<Task>) -> Result<Vec<(Part, Settled)>, ApplyError> {
        let mut jobs: Vec<_> = tasks.into_iter().map(Job::new).collect();
        let mut now = self.look(&jobs)?;
        self.judge(&mut jobs, &now)?;
        let mut attempt = 0;
        while jobs.iter().any(|job| !job.is_settled()) {
            if attempt > 0 {
                self.driver.pause(attempt);
            }
            attempt += 1;
            self.make(&mut jobs, &now)?;
            now = self.look(&jobs)?;
            self.judge(&mut jobs, &now)?;
            if self.watcher.flow() == Flow::Stop {
                break;
            }
        }
        Ok(jobs.into_iter().map(Job::end).collect())
    }

    /// What the jobs that are not settled are about, as it is now.
    fn look(&mut self, jobs: &[Job]) -> Result<Estate, ApplyError> {
        let unsettled = jobs.iter().filter(|job| !job.is_settled());
        let changes: Vec<_> = unsettled
            .map(|job| job.task.planned.bound(&self.history.bindings))
            .collect();
        let scope = Scope::of(&changes);
        if scope.is_empty() {
            return Ok(Estate::default());
        }
        let tries = self.limits.tries;
        patiently(self.driver, tries, |driver| driver.read(&scope)).map_err(ApplyError::Unreadable)
    }

    /// Intents first, all on disk; then the calls; then what was answered.
    fn make(&mut self, jobs: &mut [Job], now: &Estate) -> Result<(), ApplyError> {
        let mut due = Vec::new();
        for (at, job) in jobs.iter_mut().enumerate() {
            if matches!(job.state, State::Due) {
                job.tries += 1;
                job.looks = 0;
                due.push((at, self.order(&job.task, now)?));
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        self.journal.sync()?;
        let (places, orders): (Vec<_>, Vec<_>) = due.into_iter().unzip();
        let mut unwritten = None;
        let Self {
            driver,
            journal,
            watcher,
            history,
            ..
        } = self;
        for place in &places {
            watcher.tell(&Event::Making {
                part: jobs[*place].task.part,
            });
        }
        driver.make(&orders, &mut |at, answer| {
            let Some(job) = places.get(at).and_then(|place| jobs.get_mut(*place)) else {
                return Flow::Stop;
            };
            let fact = Fact::Answer {
                part: job.task.part,
                fault: answer.as_ref().err().cloned(),
            };
            job.state = State::Made(answer);
            match journal.append(&fact) {
                Ok(n) => history.take(n, &fact),
                Err(error) => unwritten = Some(error),
            }
            if unwritten.is_some() {
                Flow::Stop
            } else {
                watcher.flow()
            }
        });
        match unwritten {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// The order for a task. One that was open keeps its token, and what it was before.
    fn order(&mut self, task: &Task, now: &Estate) -> Result<Order, ApplyError> {
        let change = task.planned.bound(&self.history.bindings);
        if let Some(open) = self.history.open(task.part) {
            return Ok(Order {
                token: open.token.clone(),
                change,
                before: open.before.clone(),
            });
        }
        let digest = self.history.plan.clone().unwrap_or_default();
        let part = task.part;
        let next = self.history.last() + 1;
        let token = format!("sixward-{digest}-{}-{}-{next}", part.step, part.part);
        let order = Order {
            token: token.into(),
            before: self.before(&change, now),
            change,
        };
        self.note(&Fact::Intent {
            part,
            token: order.token.clone(),
            change: order.change.clone(),
            before: order.before.clone(),
        })?;
        Ok(order)
    }

    /// What a change is about, as it is now; but a host that an earlier try left stopped is to run as it
    /// did before the plan.
    fn before(&self, change: &Change, now: &Estate) -> Estate {
        let mut before = Scope::of([change]).cut(now);
        if let Change::SetMachineType { host, .. } = change
            && let Some(host) = before.hosts.get_mut(host)
            && let Some(first) = self.plan.before.hosts.get(&host.id)
        {
            host.state = first.state;
        }
        before
    }

    /// What is seen decides; the last answer only says whether another try may help.
    fn judge(&mut self, jobs: &mut [Job], now: &Estate) -> Result<(), ApplyError> {
        for job in jobs {
            let part = job.task.part;
            let stands = standing(
                &job.task.planned,
                &self.history.bindings,
                &self.plan.before,
                now,
            );
            let state = match (&job.state, stands) {
                (State::Settled(_), _) => continue,
                (State::Due, Standing::Done(_)) if self.is_doubtful(part) => State::There(1),
                (State::There(looks), Standing::Done(_)) if *looks < self.limits.settling => {
                    State::There(looks + 1)
                }
                (_, Standing::Done(bound)) => self.done(&job.task, bound, now)?,
                (State::Made(Ok(())), Standing::Unseen) => {
                    self.done(&job.task, Bindings::default(), now)?
                }
                // What no estate shows, an answer that was written down before a crash does.
                (State::Due, Standing::Unseen) if self.was_taken(part) => {
                    self.done(&job.task, Bindings::default(), now)?
                }
                (_, Standing::Otherwise(why)) => self.failed(part, why)?,
                (State::Due | State::There(_), _) => State::Due,
                (State::Made(answer), _) => {
                    let answer = answer.clone();
                    match self.again(job, answer) {
                        Ok(state) => state,
                        Err(why) => self.failed(part, why)?,
                    }
                }
            };
            job.state = state;
        }
        Ok(())
    }

    fn was_taken(&self, part: Part) -> bool {
        self.history.open(part).is_some_and(|open| open.taken)
    }

    /// Whether it would be odd if it were done already: an old state may have been read.
    fn is_doubtful(&self, part: Part) -> bool {
        let done = self.history.is_done(part.step);
        self.history.open(part).is_none() && done == (part.way == Way::Back)
    }

    /// It was made and is not seen: look again, try again, or give up and say why.
    fn again(&mut self, job: &mut Job, answer: Result<(), Fault>) -> Result<State, SmolStr> {
        job.looks += 1;
        let limits = self.limits;
        let (waits, state) = match &answer {
            Ok(()) if job.looks < limits.looks => (true, State::Made(answer.clone())),
            // Something that was on its way for long may have undone it.
            Ok(()) => (job.tries < 2 && !is_chosen(&job.task.planned), State::Due),
            // What was made may not be seen at once, and an answer may be wrong: twice made is worse
            // than waiting.
            Err(fault) if !fault.class.is_soon() && job.looks < limits.settling => {
                (true, State::Made(answer.clone()))
            }
            Err(fault) => (fault.class.passes() && job.tries < limits.tries, State::Due),
        };
        if !waits {
            return Err(match answer {
                Ok(()) => "it was taken on, and is not there".into(),
                Err(fault) => said(&fault),
            });
        }
        self.watcher.tell(&Event::Again {
            part: job.task.part,
            fault: answer.err(),
            attempt: job.tries.max(job.looks),
        });
        Ok(state)
    }

    fn done(&mut self, task: &Task, bound: Bindings, now: &Estate) -> Result<State, ApplyError> {
        let part = task.part;
        if !bound.is_empty() {
            self.watcher.tell(&Event::Bound {
                bound: bound.clone(),
            });
        }
        let already = self.history.open(part).is_none();
        if already {
            self.note(&Fact::Done {
                part,
                bound,
                by_itself: Vec::new(),
                after: None,
            })?;
        } else {
            let change = task.planned.bound(&self.history.bindings);
            self.found(part, bound, Scope::of([&change]).cut(now))?;
        }
        self.watcher.tell(&Event::Done { part, already });
        Ok(State::Settled(Settled::Done))
    }

    /// Writes down that an open call came to what was meant.
    pub(crate) fn found(
        &mut self,
        part: Part,
        bound: Bindings,
        after: Estate,
    ) -> Result<(), ApplyError> {
        let by_itself = match (self.history.open(part), part.way) {
            (Some(open), Way::Forward) => by_itself(open, &after),
            _ => Vec::new(),
        };
        self.note(&Fact::Done {
            part,
            bound,
            by_itself,
            after: Some(after),
        })?;
        Ok(())
    }

    fn failed(&mut self, part: Part, why: SmolStr) -> Result<State, ApplyError> {
        self.note(&Fact::Failed {
            part,
            why: why.clone(),
        })?;
        self.watcher.tell(&Event::Failed {
            part,
            why: why.clone(),
        });
        Ok(State::Settled(Settled::Failed(why)))
    }
}

/// What the provider did by itself: rules that are new and that nobody ordered.
fn by_itself(open: &Open, after: &Estate) -> Vec<Change> {
    if !matches!(open.change, Change::AddNetworkBlock { .. }) {
        return Vec::new();
    }
    let before: &Table<Firewall> = &open.before.firewalls;
    let opened = before
        .differences(&after.firewalls)
        .filter_map(|(old, new)| Some((old?, new?)));
    let rules = opened.flat_map(|(old, new)| {
        let rules = new.rules.iter().filter(|rule| !old.has(rule));
        // Others may have added rules meanwhile: those are theirs.
        let rules = rules.filter(|rule| opens_all(rule));
        rules.map(|rule| Change::AddRule {
            firewall: new.id.clone(),
            rule: rule.clone(),
        })
    });
    rules.collect()
}

/// Whether the provider would choose something more when it is made again.
fn is_chosen(change: &Change) -> bool {
    matches!(
        change,
        Change::AddNetworkBlock { .. }
            | Change::CreateGateway { .. }
            | Change::AssignAddress {
                automatic: true,
                ..
            }
    )
}

fn said(fault: &Fault) -> SmolStr {
    if fault.code.is_empty() {
        fault.message.clone()
    } else {
        format!("{}: {}", fault.code, fault.message).into()
    }
}

impl Job {
    fn new(task: Task) -> Self {
        Self {
            task,
            state: State::Due,
            tries: 0,
            looks: 0,
        }
    }

    fn is_settled(&self) -> bool {
        matches!(self.state, State::Settled(_))
    }

    fn end(self) -> (Part, Settled) {
        let settled = match self.state {
            State::Settled(settled) => settled,
            State::Due | State::There(_) | State::Made(_) => Settled::Stopped,
        };
        (self.task.part, settled)
    }
}
