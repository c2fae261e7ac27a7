//! How long predicting takes here: nanoseconds a task, where *here* is this machine or wasm in a browser.
//!
//! `cargo xtask bench-wasm` runs both, and prints one beside the other.

use bench::pages::{MODELS, TASKS, predict};
use bench::rounds::interleaved;
use engine::costs::Costs;

const ROUNDS: usize = 31;

/// A line for each model, such as `event loop: 812 ns a task`, which xtask reads.
fn told() -> Vec<String> {
    let runs = MODELS.map(|(_, model)| move || Some(predict(TASKS, model, Costs::FREE)));
    let medians = interleaved(ROUNDS, &runs);
    let nanos = medians.into_iter().flatten().map(|median| median.as_nanos() as u64 / TASKS);
    MODELS.iter().zip(nanos).map(|((name, _), nanos)| format!("{name}: {nanos} ns a task")).collect()
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn main() {
    told().iter().for_each(|line| println!("{line}"));
}

/// The browser asks for what stands in [`wasm`].
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn main() {}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod wasm {
    use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

    // Where nothing is drawn meanwhile.
    wasm_bindgen_test_configure!(run_in_dedicated_worker);

    #[wasm_bindgen_test]
    fn predict() {
        super::told().iter().for_each(|line| console_log!("{line}"));
    }
}
