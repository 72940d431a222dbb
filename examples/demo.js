// What all demo pages share, and what is not WAMP: the badge, the list, errors in words, and the page's own code shown on it.

/** Keeps the badge at the top saying where the connection stands. */
function showStatus(connection) {
  const badge = document.getElementById('status');
  const show = () => {
    const { state, error, retryAt } = connection.status;
    badge.dataset.state = state;
    if (state === 'joined') badge.textContent = 'connected';
    else if (state === 'waiting') badge.textContent = `no router · ${untilThen(retryAt)}`;
    else if (state === 'closed') badge.textContent = `closed${error ? `: ${error.message}` : ''}`;
    else badge.textContent = 'connecting …';
    badge.title = error ? error.message : '';
  };
  connection.on('status', show);
  setInterval(show, 1000); // the countdown
  show();
}

function untilThen(time) {
  const seconds = Math.ceil((time - Date.now()) / 1000);
  return seconds > 1 ? `trying again in ${seconds} s` : 'trying again';
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

const words = {
  'wamp.error.no_such_procedure': 'Nobody answers yet: open the other window first.',
  'wamp.error.procedure_already_exists': 'Another window answers these calls already. Close it, then reload this one.',
  'wamp.error.canceled': 'The other window was closed before it answered.',
  'wamp.error.timeout': 'No answer in time. Is the router still running?',
};

/** An error for a visitor. `uri` says which it is, whatever its class; `message` is for developers, and better than nothing. */
function inWords(error) {
  if (error.name === 'ConnectionLostError')
    return error.delivery === 'not-sent'
      ? 'Not sent: there is no connection to the router.'
      : 'The connection was lost before the answer came. It may have arrived all the same.';
  return words[error.uri] || error.message;
}

window.demo = { showStatus, add, say, inWords };

document.addEventListener('DOMContentLoaded', () => {
  // The code that you see on a page is the code that runs in it.
  const code = document.getElementById('code').textContent;
  document.getElementById('source').textContent = code.replace(/^ {6}/gm, '').trim();
});

window.addEventListener('error', ({ message }) => {
  const badge = document.getElementById('status');
  badge.dataset.state = 'closed';
  badge.textContent = message;
});
