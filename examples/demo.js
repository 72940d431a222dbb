/*
 * The common part of all demo pages that is not WAMP: the badge, the page without a session, the list, errors in words,
 * where the focus goes, and the page's own code shown on it.
 */

let stopShowing = () => {};
let hasSession = false;

/** Keeps the strip at the top saying where the connection stands, and how long a word to the router and back takes. */
function showStatus(connection) {
  stopShowing(); // a page may change from one connection to another
  const badge = document.getElementById('status');
  const show = () => {
    const { state, error, retryAt } = connection.status;
    badge.dataset.state = state;
    hasSession = state === 'joined';
    if (!hasSession) forgetStates();
    if (state === 'joined') badge.textContent = 'connected';
    else if (state === 'waiting')
      badge.textContent = retryAt ? `no router · ${untilThen(retryAt)}` : 'offline · waiting for the network';
    else if (state === 'closed') badge.textContent = `closed${error ? `: ${error.message}` : ''}`;
    else badge.textContent = 'connecting …';
    badge.title = error ? error.message : '';
    if (state !== 'joined') showRoundTrip('');
    else void measure(connection);
  };
  const off = connection.on('status', show);
  const timer = setInterval(show, 1000); // the countdown
  stopShowing = () => {
    off();
    clearInterval(timer);
  };
  show();
}

async function measure({ session }) {
  if (document.hidden || !session) return;
  const milliseconds = await session.rtt({ timeoutMs: 5000 }).catch(() => undefined); // if the connection is lost, the badge says so
  if (milliseconds !== undefined && session.isOpen)
    showRoundTrip(`${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`);
}

function showRoundTrip(text) {
  let place = document.getElementById('rtt');
  if (!place) {
    place = document.createElement('span');
    place.id = 'rtt';
    place.title = 'to the router and back';
    document.getElementById('status').after(place);
  }
  place.textContent = text;
}

function untilThen(time) {
  const seconds = Math.ceil((time - Date.now()) / 1000);
  return seconds > 1 ? `trying again in ${seconds} s` : 'trying again';
}

const unknown = 'not known';
const marks = new Map(); // by element: what it says in each state, and where

/**
 * Shows in a chip or beside a dot whether another user is `here`, `away`, or `unknown`. `words` has a text for each; default: no text.
 * This page knows it through its session. Without a session every mark says `unknown`, until it is set again.
 */
function mark(element, state, words, textPlace = element) {
  marks.set(element, [words, textPlace]);
  element.dataset.state = state;
  if (words) textPlace.textContent = words[state] ?? unknown;
}

function forgetStates() {
  for (const [element, [words, textPlace]] of marks) {
    if (!element.isConnected) marks.delete(element);
    else if (element.dataset.state !== 'unknown') mark(element, 'unknown', words, textPlace);
  }
}

let hasLostFocus = false;

/** Shows or hides a part of the page. If the focus was in a part that is hidden now, it moves to the part that is shown. */
function show(part, isShown) {
  if (!isShown) hasLostFocus ||= part.contains(document.activeElement);
  part.hidden = !isShown;
  const place = document.querySelector('[data-focus]:not([hidden])');
  if (!hasLostFocus || !place) return;
  hasLostFocus = false;
  const { activeElement } = document;
  if (activeElement === document.body || activeElement?.closest('[hidden]')) place.focus({ preventScroll: true });
}

/** Puts a text on top of a list, with the time. As text: what comes from elsewhere is never HTML. */
function add(listId, text) {
  const item = document.createElement('li');
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString();
  const words = document.createElement('span');
  words.textContent = text;
  item.append(words, time);
  document.getElementById(listId).prepend(item);
}

/** Says something in a box: what came, or what went wrong. */
function say(boxId, text, kind = 'fine') {
  const box = document.getElementById(boxId);
  box.dataset.kind = kind;
  box.textContent = text;
}

const offline = 'Not sent: there is no connection to the router.';
const lost = 'The connection was lost before the answer came. It may have arrived all the same.';

const words = {
  'wamp.error.network_failure': lost, // the text for Autobahn|JS; our own errors say more
  'wamp.error.no_such_procedure': 'Nobody answers yet: open the other window first.',
  'wamp.error.procedure_already_exists': 'Another window answers these calls already. Close it, then reload this one.',
  'wamp.error.canceled': 'The other window was closed before it answered.',
  'wamp.error.timeout': 'No answer in time. Is the router still running?',
};

/**
 * An error for a visitor: the text of a service of the demos, or a text for its URI; `message` is for developers, and better than
 * nothing. Autobahn|JS has the URI as `error`. `service`: the service that should have answered, if it is not another window.
 */
function inWords(error, service) {
  if (service && error.uri === 'wamp.error.no_such_procedure') return `${service} is away. Try again in a moment.`;
  if (service && error.args?.[0] !== undefined && !error.uri.startsWith('wamp.')) return String(error.args[0]);
  if (error.name === 'ConnectionLostError') return error.delivery === 'not-sent' ? offline : lost;
  return words[error.uri ?? error.error] || error.message || error.error;
}

/** Shows a file when the `details` around it are opened. */
function showFile(place) {
  place.closest('details').addEventListener(
    'toggle',
    async () => {
      const response = await fetch(place.dataset.file);
      place.textContent = await response.text();
    },
    { once: true },
  );
}

/** What can be scrolled can be scrolled by keyboard, too. */
function letScroll(place) {
  const isCode = place.tagName === 'PRE';
  const name = place.closest('details')?.querySelector('summary') ?? place.closest('section')?.querySelector('h2');
  const further = isCode ? { role: 'region', 'aria-label': name?.textContent ?? 'Code' } : {};
  const look = () => {
    const isScrolled = place.scrollWidth > place.clientWidth || place.scrollHeight > place.clientHeight;
    for (const [key, value] of Object.entries({ tabindex: '0', ...further })) {
      if (isScrolled) place.setAttribute(key, value);
      else place.removeAttribute(key);
    }
  };
  new ResizeObserver(look).observe(place);
  new MutationObserver(look).observe(place, { childList: true, subtree: true });
}

window.demo = { isOnline: () => hasSession, showStatus, mark, show, add, say, inWords, offline };

document.addEventListener('DOMContentLoaded', () => {
  // The code that you see on a page is the code that runs in it.
  const code = document.getElementById('code');
  if (code) document.getElementById('source').textContent = code.textContent.replace(/^ {6}/gm, '').trim();
  for (const place of document.querySelectorAll('[data-file]')) showFile(place);
  for (const place of document.querySelectorAll('pre, [data-scrolls]')) letScroll(place);
});

window.addEventListener('error', ({ message }) => {
  const badge = document.getElementById('status');
  badge.dataset.state = 'closed';
  badge.textContent = message;
});
