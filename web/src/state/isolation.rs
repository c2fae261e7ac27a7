//! Whether this browser can really run threads here, and if not, why not and what to do.

use crate::state::browser;

/// What stands between a page and threads that share memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Nothing: so many cores are there.
    Available {
        /// How many.
        cores: u32,
    },
    /// The browser has no shared memory at all.
    NoSharedMemory,
    /// The address is neither `https` nor this machine's own.
    NotSecure,
    /// The server did not send the headers.
    NoHeaders,
    /// The page was built without its threaded module.
    NoLab,
}

/// What the browser says about itself.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// `crossOriginIsolated`.
    pub isolated: bool,
    /// `isSecureContext`.
    pub secure: bool,
    /// Whether there is a `SharedArrayBuffer`.
    pub shared_memory: bool,
    /// Whether the page knows where its threaded module is.
    pub lab: bool,
    /// How many threads can run at once.
    pub cores: u32,
}

impl Isolation {
    /// What follows from the facts.
    pub fn from_facts(facts: Facts) -> Isolation {
        // Without isolation a browser hides its shared memory, so only an isolated page can tell that it has none.
        if facts.isolated && !facts.shared_memory {
            Isolation::NoSharedMemory
        } else if !facts.secure {
            Isolation::NotSecure
        } else if !facts.isolated {
            Isolation::NoHeaders
        } else if !facts.lab {
            Isolation::NoLab
        } else {
            Isolation::Available { cores: facts.cores.max(1) }
        }
    }

    /// What holds in this browser, on this page.
    pub fn here() -> Isolation {
        let truth = |name| browser::global(name).is_some_and(|value| value.is_truthy());
        Isolation::from_facts(Facts {
            isolated: truth("crossOriginIsolated"),
            secure: truth("isSecureContext"),
            shared_memory: browser::global("SharedArrayBuffer").is_some(),
            lab: browser::meta(crate::backend::LAB_META).is_some(),
            cores: browser::cores() as u32,
        })
    }

    /// Whether threads can run.
    pub fn is_available(self) -> bool {
        matches!(self, Isolation::Available { .. })
    }

    /// The few words of the header.
    pub fn short(self) -> String {
        match self {
            Isolation::Available { cores: 1 } => "threads available · 1 core".to_owned(),
            Isolation::Available { cores } => format!("threads available · {cores} cores"),
            _ => "predictions only".to_owned(),
        }
    }

    /// Why, and what to do, as whole sentences.
    pub fn explanation(self) -> &'static str {
        match self {
            Isolation::Available { .. } => {
                "This page is cross-origin isolated, so it may share memory between Web Workers: programs can really run here."
            }
            Isolation::NoSharedMemory => {
                "This browser has no SharedArrayBuffer, so threads cannot share memory in it. Predictions work. To measure, open the page in a current Chrome, Edge, Firefox or Safari."
            }
            Isolation::NotSecure => {
                "This address is neither https nor this machine's own, so the browser lets no threads share memory. Predictions work. To measure, open the page by “cargo xtask play”."
            }
            Isolation::NoHeaders => {
                "The server did not send the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy, so the browser lets no threads share memory. Predictions work. To measure, reload the page, which by then sends them to itself; or open it by “cargo xtask play”."
            }
            Isolation::NoLab => {
                "This page was built without its threaded module. Predictions work. To measure, build and open it by “cargo xtask play”."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_thing_is_named_and_nothing_missing_is_threads() {
        let all = Facts { isolated: true, secure: true, shared_memory: true, lab: true, cores: 8 };
        assert_eq!(Isolation::from_facts(all).short(), "threads available · 8 cores");
        let without = [
            (Facts { isolated: false, shared_memory: false, ..all }, Isolation::NoHeaders),
            (Facts { shared_memory: false, ..all }, Isolation::NoSharedMemory),
            (Facts { isolated: false, shared_memory: false, secure: false, ..all }, Isolation::NotSecure),
            (Facts { lab: false, ..all }, Isolation::NoLab),
        ];
        for (facts, isolation) in without {
            assert_eq!(Isolation::from_facts(facts), isolation);
            assert_eq!(isolation.short(), "predictions only");
        }
    }
}
