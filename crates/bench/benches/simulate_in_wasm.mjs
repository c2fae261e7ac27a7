// How long predicting takes in wasm, beside tokio with its clock paused and, in Pyodide, SimPy: all in one run, in turns.
//
//   node simulate_in_wasm.mjs MODULE [PYODIDE SIMPY]
//
// MODULE is `simulate_in_wasm.rs` for wasm32-wasip1, PYODIDE the module of that name, and SIMPY the folder that SimPy is in.

import { getRandomValues } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROUNDS = 15;
const [TASKS, PERMITS] = ["6000", "50"];

const [path, pyodide, simpy] = process.argv.slice(2);
const wasm = await WebAssembly.compile(readFileSync(path));
const contenders = ["event loop", "pool of 50", "tokio, paused"].map((name) => [name, () => inWasm(name)]);
if (pyodide) contenders.push(["SimPy in Pyodide", await inPyodide(pyodide, simpy)]);

const times = contenders.map(() => []);
for (let round = 0; round < ROUNDS; round++) {
  for (let place = 0; place < contenders.length; place++) {
    const index = (round + place) % contenders.length;
    times[index].push(contenders[index][1]());
  }
}
const medians = times.map((seconds) => seconds.sort((a, b) => a - b)[ROUNDS >> 1]);
contenders.forEach(([name], index) => {
  const ratio = (medians[index] / medians[0]).toFixed(2);
  console.log(`${name.padEnd(18)}${(medians[index] * 1e3).toFixed(2).padStart(9)} ms${ratio.padStart(9)} ×`);
});

/** Seconds, as the module prints them. Node's own WASI breaks down when many instances have come and gone. */
function inWasm(name) {
  const words = ["simulate_in_wasm", name].map((word) => new TextEncoder().encode(`${word}\0`));
  let told = "";
  const view = () => new DataView(instance.exports.memory.buffer);
  const bytes = (at, length) => new Uint8Array(instance.exports.memory.buffer, at, length);
  const asked = {
    args_sizes_get(count, size) {
      view().setUint32(count, words.length, true);
      view().setUint32(size, words.reduce((sum, word) => sum + word.length, 0), true);
      return 0;
    },
    args_get(places, at) {
      for (const word of words) {
        view().setUint32(places, at, true);
        bytes(at, word.length).set(word);
        [places, at] = [places + 4, at + word.length];
      }
      return 0;
    },
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
    clock_time_get(_clock, _precision, into) {
      view().setBigUint64(into, process.hrtime.bigint(), true);
      return 0;
    },
    random_get(at, length) {
      getRandomValues(bytes(at, length));
      return 0;
    },
    fd_write(_file, slices, count, written) {
      let sum = 0;
      for (let slice = slices; slice < slices + 8 * count; slice += 8) {
        const [at, length] = [view().getUint32(slice, true), view().getUint32(slice + 4, true)];
        told += new TextDecoder().decode(bytes(at, length));
        sum += length;
      }
      view().setUint32(written, sum, true);
      return 0;
    },
    proc_exit(code) {
      throw new Error(`${name} ended with ${code}: ${told}`);
    },
  };
  // What is imported and not here is never called.
  const missing = (key) => () => {
    throw new Error(`${name} asks for ${String(key)}`);
  };
  const imports = new Proxy(asked, { get: (known, key) => known[key] ?? missing(key) });
  const instance = new WebAssembly.Instance(wasm, { wasi_snapshot_preview1: imports });
  instance.exports._start();
  return Number(told);
}

/** The script that runs under CPython as well, in CPython's wasm. */
async function inPyodide(module, folder) {
  const { loadPyodide } = await import(pathToFileURL(module));
  const told = [];
  const python = await loadPyodide({ stdout: (line) => told.push(line) });
  python.mountNodeFS("/simpy", folder);
  python.runPython(`import sys\nsys.path.append("/simpy")\nsys.argv = ["simulate.py", "${TASKS}", "${PERMITS}"]`);
  const script = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "simulate.py"), "utf8");
  return () => {
    python.runPython(script);
    return Number(told.at(-1));
  };
}
