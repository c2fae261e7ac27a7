// Keeps the page for when there is no network, and sends it the headers by which a browser isolates it where its host cannot.
//
// All that the page itself needs is fetched when a build of it is first met. What few use, the threaded module and the lessons'
// programs, is kept once it has been used. The page itself is asked of the network first, so that a new build is
// seen at once; the files that it names are of one build and never change.

/** What this build's files are kept under, and the page's own files: filled in by the build. */
const KEPT = "interleave-BUILD";
const PAGE = FILES;

/** What is kept once it has been used. */
const USED_LATER = /^(lab-[0-9a-f]{16}|code)\//;

/** By this the page is told from another that may have come to its address. */
const MARK = 'name="interleave-lab"';

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

addEventListener("install", (event) => event.waitUntil(keepPage()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const path = pathInScope(url);
  if (method !== "GET" || path === null) return;
  if (mode === "navigate" && (path === "" || path === "index.html")) {
    event.respondWith(page(event.request));
  } else if (PAGE.includes(path) || USED_LATER.test(path)) {
    event.respondWith(file(event.request));
  }
});

async function keepPage() {
  const kept = await caches.open(KEPT);
  // The page is asked for by its folder, as people do; not out of the browser's own store, which may hold an older build.
  await kept.addAll(["./", ...PAGE].map((path) => new Request(path, { cache: path === "./" ? "reload" : "default" })));
  await skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("interleave-") && name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function page(request) {
  let answer = null;
  try {
    answer = await fetch(request);
  } catch {
    // Nobody is there: the one that was kept will do.
  }
  if (answer?.ok) {
    if ((await answer.clone().text()).includes(MARK)) return isolated(answer);
    // The address is somebody else's now.
    await registration.unregister();
    return answer;
  }
  const kept = await caches.match("./", { cacheName: KEPT });
  return kept ? isolated(kept) : (answer ?? Response.error());
}

async function file(request) {
  const kept = await caches.open(KEPT);
  const known = await kept.match(request, { ignoreSearch: true });
  if (known) return isolated(known);
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return isolated(answer);
}

function isolated(answer) {
  const { body, status, statusText } = answer;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(body, { status, statusText, headers });
}

/** The path behind the folder that this script is for; null for what lies elsewhere. */
function pathInScope(url) {
  const folder = new URL(registration.scope);
  const { origin, pathname } = new URL(url);
  const isInside = origin === folder.origin && pathname.startsWith(folder.pathname);
  return isInside ? pathname.slice(folder.pathname.length) : null;
}
