// The coordinator: a Worker that a page starts, named by how many threads it is to have. It loads the lab, gives it a
// pool of that many Workers, and from then on the lab answers the page's messages.
import init, { alive, coordinate, initThreadPool } from "./lab.js";

try {
  await init();
  await initThreadPool(Number(self.name));
  coordinate();
  // So that the page can tell a long wait from a death.
  setInterval(alive, 500);
} catch (error) {
  // A module's rejected promise stays inside its Worker. Thrown from a timer it reaches the page, as an error event.
  setTimeout(() => { throw error; });
}
