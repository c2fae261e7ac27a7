// Isolated Workers, which stand in for processes. A Worker that runs this script loads the lab with a memory of its own, or
// with the memory of the process that it is a thread of; all that it hears and says are messages, which the browser copies.

const NAME = "isolated";

/** What all Workers' clocks show, in milliseconds. */
export const clock = () => performance.timeOrigin + performance.now();

/** Starts one. Whatever it says comes to `hear`: its memory when it is up, then bytes, and a text if it breaks down. */
export function start(module, lab, memory, process, thread, hear) {
  const worker = new Worker(import.meta.url, { type: "module", name: NAME });
  worker.onmessage = ({ data }) => hear(process, thread, data);
  worker.onerror = (event) => {
    event.preventDefault();
    hear(process, thread, event.message || "it could not be loaded");
  };
  worker.postMessage({ module, lab, memory });
  return worker;
}

/** Ends one, in the middle of a job too. Nothing is heard of it from then on. */
export function end(worker) {
  worker.onmessage = null;
  // An error on its way would go on to the page, as the coordinator's own.
  worker.onerror = (event) => event.preventDefault();
  worker.terminate();
}

if (self.name === NAME) {
  self.onmessage = async ({ data: { module, lab, memory } }) => {
    try {
      const { default: init, isolate, obey } = await import(lab);
      await init({ module_or_path: module, memory });
      self.onmessage = ({ data }) => obey(data);
      self.postMessage(isolate());
    } catch (error) {
      // A rejected promise stays inside its Worker. Thrown from a timer it reaches whoever started that, as an error event.
      setTimeout(() => { throw error; });
    }
  };
}
