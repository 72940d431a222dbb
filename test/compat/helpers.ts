// What goes by XMLHttpRequest, Mozilla Persona, and what AUTOBAHN_DEBUG shows.
import { vi } from 'vitest';
import { CHALLENGE, EVENT, GOODBYE, RESULT, SUBSCRIBED, WELCOME } from '../fixtures/messages.ts';
import { type Any, type Lab, script, welcome } from './lab.ts';

/** Keeps what it is asked, and answers when it is told to. */
class Asked {
  static all: Asked[] = [];
  readonly calls: unknown[] = [];
  withCredentials = false;
  timeout = 0;
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  onreadystatechange = (): void => {};
  ontimeout = (): void => {};

  constructor() {
    Asked.all.push(this);
  }

  open(...given: unknown[]): void {
    this.calls.push(['open', ...given]);
  }

  setRequestHeader(...given: unknown[]): void {
    this.calls.push(['header', ...given]);
  }

  send(given?: unknown): void {
    this.calls.push(['send', given, this.withCredentials, this.timeout]);
  }

  answer(status: number, text: string, statusText = ''): void {
    for (this.readyState = 2; this.readyState < 4; this.readyState++) this.onreadystatechange();
    Object.assign(this, { status, statusText, responseText: text });
    this.onreadystatechange();
  }
}

const answers: { [name: string]: (request: Asked) => void } = {
  'an answer': (request) => request.answer(200, '{"a":[1,"ü"]}'),
  'an empty answer': (request) => request.answer(204, ''),
  'a refusal': (request) => request.answer(403, 'no', 'Forbidden'),
  'nobody there': (request) => request.answer(0, ''),
  'no answer in time': (request) => request.ontimeout(),
};

script('util: http_post and http_get_json', async ({ autobahn, see }) => {
  const { http_post, http_get_json } = autobahn.util as Any;
  Object.assign(globalThis, { XMLHttpRequest: Asked });
  const asks: { [name: string]: () => Any } = {
    'post with data': () => http_post('http://127.0.0.1/x', '{"b":2}', 1000),
    'post without': () => http_post('http://127.0.0.1/x'),
    'post of nothing': () => http_post('http://127.0.0.1/x', '', 0),
    get: () => http_get_json('http://127.0.0.1/x', 1000),
    'get without a limit': () => http_get_json('http://127.0.0.1/x'),
  };
  try {
    for (const [name, ask] of Object.entries(asks)) {
      for (const [answer, play] of Object.entries(answers)) {
        Asked.all.length = 0;
        const promise = ask();
        const [request] = Asked.all as [Asked];
        if (request.timeout === 0 && answer === 'no answer in time') continue; // it waits on
        play(request);
        const outcome = await promise.then(
          (value: unknown) => ['resolves', value],
          (reason: unknown) => ['rejects', reason],
        );
        if (answer === 'an answer') see(`${name}: asked`, request.calls);
        see(`${name}: ${answer}`, outcome);
      }
    }
  } finally {
    delete (globalThis as Any).XMLHttpRequest;
  }
});

script('util: http_get_json of what is no JSON', async ({ autobahn, see, attempt }) => {
  Object.assign(globalThis, { XMLHttpRequest: Asked });
  Asked.all.length = 0;
  const promise = (autobahn.util as Any).http_get_json('http://127.0.0.1/x');
  const [request] = Asked.all as [Asked];
  const thrown: Any = attempt(() => request.answer(200, '<html>'));
  see('thrown where nobody can catch it', thrown.throws instanceof SyntaxError);
  const late = new Promise((resolve) => setTimeout(resolve, 20, 'pending'));
  see('outcome', await Promise.race([promise.then(null, (error: unknown) => error instanceof SyntaxError), late]));
  delete (globalThis as Any).XMLHttpRequest;
});

script('auth_persona', async ({ autobahn, see, joined, settle }) => {
  const watched: Any[] = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const navigator = { id: { watch: (given: Any) => void watched.push(given) } };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  try {
    for (const [name, options] of [
      ['when.js', {}],
      ['native promises', { use_es6_promises: true }],
    ] as const) {
      const { session, wire } = await joined(options);
      const promise = (autobahn.auth_persona as Any)(session, 'joe@example.com', { extra: 1 });
      const [{ onlogin, onlogout, ...asked }] = watched.splice(0);
      see(`${name}: asked`, [asked, typeof onlogin, typeof onlogout]);
      onlogin('an assertion');
      see(`${name}: resolves`, [await promise, promise instanceof Promise]);
      onlogout();
      await settle();
      see(`${name}: logout`, wire);
    }
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else delete (globalThis as Any).navigator;
  }
});

/** What it shows of messages; the lines of its transports have only a title. */
async function shown(lab: Lab): Promise<void> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...given) => void lines.push(...given));
  const { log } = lab.autobahn as Any;
  lab.see('returns', [log.debug('one', 'two'), log.debug({ a: [1] }), log.debug()]);
  lab.see('lines', lines.splice(0));
  const { connection, line } = lab.connection({ authmethods: ['ticket'], onchallenge: () => 'a secret' });
  connection.open();
  line().open();
  await lab.settle();
  lab.see(
    'HELLO',
    lines.splice(0).map((text) => JSON.parse(text).slice(0, 3)),
  );
  line().deliver(CHALLENGE('ticket', {}));
  await lab.settle();
  lab.see('login', lines.splice(0));
  line().deliver(WELCOME(7, welcome));
  await lab.settle();
  lab.see('WELCOME', lines.splice(0));
  const { session } = connection;
  session.call('com.example.p', [1], { ü: 2 });
  line().deliver(RESULT(1, {}, ['three']));
  session.subscribe('com.example.t', () => {});
  line().deliver(SUBSCRIBED(2, 51), EVENT(51, 1, {}, ['event']));
  await lab.settle();
  lab.see('messages', lines.splice(0));
  connection.close();
  line().deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  await lab.settle();
  lab.see(
    'the end',
    lines.splice(0).filter((text) => /"[TR]X"/.test(text)),
  );
}

script('AUTOBAHN_DEBUG: the global', shown, () => {
  Object.assign(globalThis, { AUTOBAHN_DEBUG: true });
  return () => delete (globalThis as Any).AUTOBAHN_DEBUG;
});
script('AUTOBAHN_DEBUG: the environment', shown, () => {
  process.env.AUTOBAHN_DEBUG = '1';
  return () => delete process.env.AUTOBAHN_DEBUG;
});
script('AUTOBAHN_DEBUG: false, or not there', shown, () => {
  Object.assign(globalThis, { AUTOBAHN_DEBUG: false });
  return () => delete (globalThis as Any).AUTOBAHN_DEBUG;
});
