//! One contender of `simulate`, in wasm and outside of a browser, where tokio has a clock to read: prints the seconds that the
//! pages take the one of this name. `cargo xtask bench-wasm` runs it in node, in turns with SimPy in Pyodide.

#[cfg(target_os = "wasi")]
fn main() {
    use bench::pages::{MODELS, TASKS, predict};
    use bench::paused_tokio;
    use engine::costs::Costs;

    let name = std::env::args().nth(1).unwrap_or_default();
    let model = MODELS.iter().find(|(known, _)| *known == name).map(|(_, model)| *model);
    let run = || model.map_or_else(|| paused_tokio::receive(TASKS), |model| predict(TASKS, model, Costs::FREE));
    // The first time, memory comes from the machine.
    run();
    println!("{}", run().as_secs_f64());
}

/// `simulate` is for this machine.
#[cfg(not(target_os = "wasi"))]
fn main() {}
