//! Parameters of pools and machines, as several lessons have them.

use engine::costs::Costs;

use crate::parameter::{Kind, Parameter, Values};

/// The name of the parameter that says how many cores there are.
pub const CORES: &str = "cores";

/// The name of the parameter that says whether there is a GIL.
pub const GIL: &str = "gil";

/// The workers of any pool, threads or processes.
pub(crate) const fn workers(default: &'static str) -> Parameter {
    count("workers", "Workers in a pool", "how many threads or processes a pool has", default)
}

/// The threads of a pool, where its processes are counted apart.
pub(crate) const fn threads(default: &'static str) -> Parameter {
    count("threads", "Threads in a pool", "how many threads a thread pool has at the most", default)
}

/// The processes of a pool, where its threads are counted apart.
pub(crate) const fn processes(default: &'static str) -> Parameter {
    count("processes", "Processes in a pool", "how many processes a process pool has", default)
}

/// The cores of the machine.
pub(crate) const fn cores(default: &'static str) -> Parameter {
    count(CORES, "Cores", "how many threads or processes can compute at once, the GIL aside", default)
}

/// How many jobs travel together.
pub(crate) const fn chunk(most: u32) -> Parameter {
    Parameter {
        name: "chunk",
        title: "Chunk size",
        explanation: "how many jobs a worker is given at once, and with them a message to a process",
        unit: "",
        default: "1",
        kind: Kind::Count { least: 1, most },
    }
}

/// Whether there is a GIL.
pub(crate) const fn gil() -> Parameter {
    Parameter {
        name: GIL,
        title: "GIL",
        explanation: "off for an interpreter without one; on leaves the machine as it is",
        unit: "",
        default: "on",
        kind: Kind::Switch,
    }
}

/// What the machine charges, without a GIL where the parameter [`gil`] is off.
pub(crate) fn without_gil_if_off(values: &Values, costs: Costs) -> Costs {
    Costs { gil: costs.gil.filter(|_| values.is_on(GIL)), ..costs }
}

const fn count(name: &'static str, title: &'static str, explanation: &'static str, default: &'static str) -> Parameter {
    Parameter { name, title, explanation, unit: "", default, kind: Kind::Count { least: 1, most: 64 } }
}
