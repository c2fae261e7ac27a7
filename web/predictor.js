// A Worker of the page that predicts what would take longer than a frame. It loads the page's own module, which sees that it is in
// a Worker and answers the page's questions.
import start from "./web.js";

try {
  await start();
} catch (error) {
  // A module's rejected promise stays inside its Worker. Thrown from a timer it reaches the page, as an error event.
  setTimeout(() => { throw error; });
}
