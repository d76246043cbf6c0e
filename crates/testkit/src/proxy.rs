//! A fault proxy: stands before a cloud and lets the n-th call that writes go wrong.
//!
//! Reads pass. Calls that write are counted from 1 in the order in which they come; calls that are made at
//! once come in any order, but a test that goes through all numbers meets every call.
//!
//! ```no_run
//! use sixward_testkit::{Cloud, Proxy, Trouble};
//!
//! let cloud = Cloud::start();
//! let proxy = Proxy::start(cloud.endpoint());
//! proxy.trouble(3, Trouble::Lost);
//! // ... work against proxy.endpoint() ...
//! assert!(proxy.met());
//! ```
//!
//! To kill a program at a call: `proxy.trouble(3, Trouble::KillAfter)`, start it with
//! [`Proxy::env`], and tell the proxy its process with [`Proxy::victim`].

mod http;

use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use http::{Reply, Request};

/// How long a call waits for the test to say whom to kill.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a reply is withheld that never comes; whoever waits has less patience than this.
const SILENCE: Duration = Duration::from_secs(20);

/// A proxy on a free port of 127.0.0.1. Its threads end with the test's process.
#[derive(Debug)]
pub struct Proxy {
    endpoint: String,
    shared: Arc<Shared>,
}

/// Sees whether a call met its trouble, wherever the proxy is.
#[derive(Debug, Clone)]
pub struct Witness(Arc<Shared>);

impl Witness {
    /// Whether a call met its trouble since [`Proxy::clear`].
    pub fn met(&self) -> bool {
        self.0.state().met > 0
    }
}

/// What becomes of a call that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// It is not made; the answer is an internal error.
    ErrorBefore,
    /// It is made; the answer is an internal error.
    ErrorAfter,
    /// It is made; the connection is cut before the answer.
    Lost,
    /// It is not made: too many calls.
    Throttled,
    /// It is made; no answer comes, and the connection stays open.
    Silent,
    /// It is not made: the credentials may not.
    Denied,
    /// The process is killed before it is made.
    KillBefore,
    /// The process is killed after it is made, before the answer.
    KillAfter,
}

impl Trouble {
    /// All that do not kill.
    pub const FAULTS: [Self; 6] = [
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::Lost,
        Self::Throttled,
        Self::Silent,
        Self::Denied,
    ];
}

#[derive(Debug)]
struct Shared {
    /// `127.0.0.1:5055`.
    upstream: String,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Actions of the calls that write, in order.
    writes: Vec<String>,
    troubles: Vec<(usize, Trouble)>,
    met: usize,
    victim: Option<u32>,
}

impl Proxy {
    /// Starts a proxy before `upstream` (`http://127.0.0.1:5055`).
    ///
    /// # Panics
    ///
    /// If there is no free port.
    pub fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("the port's number");
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&serving);
                thread::spawn(move || shared.serve(&stream));
            }
        });
        Self {
            endpoint: format!("http://{address}"),
            shared,
        }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What a program needs to work against this proxy instead of its cloud.
    pub fn env(&self, cloud: &crate::Cloud) -> Vec<(String, String)> {
        let mut env = cloud.env();
        env.retain(|(name, _)| name != "AWS_ENDPOINT_URL");
        env.push(("AWS_ENDPOINT_URL".to_owned(), self.endpoint.clone()));
        env
    }

    /// Lets the `nth` call that writes from now on, from 1, go wrong. Several may.
    pub fn trouble(&self, nth: usize, trouble: Trouble) {
        let mut state = self.shared.state();
        let nth = state.writes.len() + nth;
        state.troubles.push((nth, trouble));
    }

    /// Whom to kill.
    pub fn victim(&self, process: u32) {
        self.shared.state().victim = Some(process);
        self.shared.changed.notify_all();
    }

    /// Forgets what was seen and what is to go wrong.
    pub fn clear(&self) {
        *self.shared.state() = State::default();
    }

    /// The actions of the calls that write, in the order in which they came since [`Proxy::clear`].
    pub fn writes(&self) -> Vec<String> {
        self.shared.state().writes.clone()
    }

    /// Whether a call met its trouble since [`Proxy::clear`].
    pub fn met(&self) -> bool {
        self.witness().met()
    }

    /// Whoever is to know that.
    pub fn witness(&self) -> Witness {
        Witness(Arc::clone(&self.shared))
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread of the proxy panics")
    }

    fn serve(&self, stream: &TcpStream) {
        let Some(request) = Request::read(stream) else {
            return;
        };
        let trouble = self.take(&request);
        if let Some(reply) = self.answer(&request, trouble) {
            // Whoever hung up does not want to know.
            let _ = reply.write(stream);
        }
    }

    /// Counts a call, and says what is to become of it.
    fn take(&self, request: &Request) -> Option<Trouble> {
        let action = request.action()?;
        if ["Describe", "Get", "Search", "List"]
            .iter()
            .any(|read| action.starts_with(read))
        {
            return None;
        }
        let mut state = self.state();
        state.writes.push(action);
        let nth = state.writes.len();
        let (_, trouble) = *state.troubles.iter().find(|(at, _)| *at == nth)?;
        state.met += 1;
        Some(trouble)
    }

    /// The answer, if there is to be one.
    fn answer(&self, request: &Request, trouble: Option<Trouble>) -> Option<Reply> {
        match trouble {
            None => request.pass_on(&self.upstream),
            Some(Trouble::ErrorBefore) => Some(Reply::error(500, "InternalError")),
            Some(Trouble::Throttled) => Some(Reply::error(503, "RequestLimitExceeded")),
            Some(Trouble::Denied) => Some(Reply::error(403, "UnauthorizedOperation")),
            Some(Trouble::ErrorAfter) => {
                request.pass_on(&self.upstream)?;
                Some(Reply::error(500, "InternalError"))
            }
            Some(Trouble::Lost) => {
                request.pass_on(&self.upstream);
                None
            }
            Some(Trouble::Silent) => {
                request.pass_on(&self.upstream);
                thread::sleep(SILENCE);
                None
            }
            Some(Trouble::KillBefore) => {
                self.kill();
                None
            }
            Some(Trouble::KillAfter) => {
                request.pass_on(&self.upstream);
                self.kill();
                None
            }
        }
    }

    fn kill(&self) {
        let unknown = |state: &mut State| state.victim.is_none();
        let waited = self
            .changed
            .wait_timeout_while(self.state(), PATIENCE, unknown);
        let (state, _) = waited.expect("no thread of the proxy panics");
        let Some(process) = state.victim else {
            return;
        };
        drop(state);
        let _ = Command::new("kill")
            .args(["-KILL", &process.to_string()])
            .status();
    }
}
