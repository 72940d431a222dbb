// The admin page's form; nothing of it is WAMP.

const names = ['title', 'hue', 'pagesPerSecond', 'quality'];
const field = (name) => document.getElementById(name);

function read() {
  const values = Object.fromEntries(names.map((name) => [name, field(name).value]));
  return globalThis.settings.readSettings({ ...values, hue: Number(values.hue), pagesPerSecond: Number(values.pagesPerSecond) });
}

function show(value) {
  const values = globalThis.settings.readSettings(value);
  for (const name of names) if (document.activeElement !== field(name)) field(name).value = values[name]; // not while the user types
  field('rate').textContent = values.pagesPerSecond;
}

function start(logIn, publish) {
  field('quality').append(...globalThis.settings.qualities.map((quality) => new Option(quality)));
  show();
  field('form').onsubmit = async (event) => {
    event.preventDefault();
    try {
      await logIn(field('password').value);
      window.demo.show(field('login'), false);
      window.demo.show(field('panel'), true);
    } catch (error) {
      const isWrong = error.uri === 'wamp.error.authentication_denied';
      window.demo.say('answer', isWrong ? 'Wrong password.' : window.demo.inWords(error), 'bad');
    }
  };
  field('fields').onsubmit = (event) => event.preventDefault();
  field('fields').oninput = async () => {
    field('rate').textContent = field('pagesPerSecond').value;
    if (!window.demo.isOnline())
      window.demo.say('saved', 'There is no connection. It is published when the router is back.', 'wait');
    try {
      await publish(read());
      window.demo.say('saved', `Published at ${new Date().toLocaleTimeString()}.`);
    } catch (error) {
      window.demo.say('saved', window.demo.inWords(error), 'bad');
    }
  };
}

window.fields = { start, show };
