/*
 * Messages by hand, over WebSocket in JSON: in place of clients that cannot be run here. `INTEROP_IDS` says how they count their requests: `random` as
 * WampSharp and Thruway (PHP) do, `gaps` as those that use up an id for a message that they cannot send.
 */
import WebSocket from 'ws';
import { Failure, main, secrets, task } from './suite.mjs';

const [HELLO, WELCOME, CHALLENGE, AUTHENTICATE, GOODBYE] = [1, 2, 4, 5, 6];
const [ERROR, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, EVENT] = [8, 16, 32, 34, 36];
const [CALL, CANCEL, RESULT, REGISTER, UNREGISTER, INVOCATION, YIELD] = [48, 49, 50, 64, 66, 68, 70];
const features = {
  caller: { progressive_call_results: true, call_canceling: true, call_timeout: true, caller_identification: true },
  callee: { progressive_call_results: true, call_canceling: true, pattern_based_registration: true, shared_registration: true },
  publisher: { publisher_exclusion: true, subscriber_blackwhite_listing: true, publisher_identification: true },
  subscriber: { pattern_based_subscription: true, publisher_identification: true },
};
const roles = Object.fromEntries(Object.entries(features).map(([role, has]) => [role, { features: has }]));

/** As WAMP writes bytes in JSON: text that begins with NUL, then base64. */
const toWire = (_key, value) =>
  value?.type === 'Buffer' || value instanceof Uint8Array ? `\0${Buffer.from(value.data ?? value).toString('base64')}` : value;
const fromWire = (_key, value) =>
  typeof value === 'string' && value.startsWith('\0') ? Uint8Array.from(Buffer.from(value.slice(1), 'base64')) : value;

class Session {
  requests = new Map();
  procedures = new Map();
  topics = new Map();
  last = 0;

  constructor(login, isWrong) {
    const { authid, secret } = secrets[login] ?? {};
    this.proof = isWrong ? [...(secret ?? '')].reverse().join('') : secret;
    this.socket = new WebSocket(task.url, ['wamp.2.json']);
    this.welcome = new Promise((resolve, reject) => {
      this.socket.on('open', () => this.send(HELLO, task.realm, { roles, ...(login ? { authid, authmethods: [login] } : {}) }));
      this.socket.on('message', (data) => {
        const message = JSON.parse(String(data), fromWire);
        if (message[0] === WELCOME) resolve(message);
        else this.take(message);
      });
      this.socket.on('error', reject);
      this.socket.on('close', () => reject(new Error('closed')));
    });
  }

  send(...message) {
    this.socket.send(JSON.stringify(message, toWire));
  }

  nextId() {
    this.last = process.env.INTEROP_IDS === 'gaps' ? this.last + 3 : 1 + Math.floor(Math.random() * 2 ** 53);
    return this.last;
  }

  /** Sends a request; what answers it. */
  ask(type, options, ...rest) {
    const id = this.nextId();
    this.send(type, id, options, ...rest);
    return this.answer(id);
  }

  answer(id, onProgress) {
    return new Promise((resolve, reject) => this.requests.set(id, { resolve, reject, onProgress }));
  }

  take([type, id, ...rest]) {
    if (type === CHALLENGE) return this.send(AUTHENTICATE, this.proof, {});
    if (type === EVENT) return this.topics.get(id)?.(rest[2] ?? [], rest[3] ?? {}, rest[1]);
    if (type === INVOCATION) return this.invoke(id, rest);
    const request = this.requests.get(type === ERROR ? rest[0] : id);
    if (type === RESULT && rest[0].progress) return request?.onProgress?.(rest[1]);
    if (type === ERROR) request?.reject(new Failure(rest[2], rest[3], rest[4]));
    else request?.resolve(rest);
  }

  async invoke(id, [registration, { caller, procedure }, given, kwargs]) {
    const progress = (values) => this.send(YIELD, id, { progress: true }, values);
    try {
      const result = await this.procedures.get(registration)(given ?? [], kwargs ?? {}, { caller, procedure, progress });
      this.send(YIELD, id, {}, result.args, result.kwargs);
    } catch (error) {
      this.send(ERROR, INVOCATION, id, {}, error.uri, error.args, error.kwargs);
    }
  }
}

async function connect(login, { isWrong = false } = {}) {
  const session = new Session(login, isWrong);
  const [, id, { authid }] = await session.welcome;
  return {
    id,
    authid,
    async call(procedure, args, kwargs, { onProgress, timeoutMs, disclose, cancelWhen } = {}) {
      const options = {
        ...(onProgress ? { receive_progress: true } : {}),
        ...(timeoutMs ? { timeout: timeoutMs } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      };
      const request = session.nextId();
      const answer = session.answer(request, onProgress);
      session.send(CALL, request, options, procedure, args, kwargs);
      cancelWhen?.then(() => session.send(CANCEL, request, { mode: 'killnowait' }));
      const [, results = [], named = {}] = await answer;
      return { args: results, kwargs: named };
    },
    async register(procedure, handler, options = {}) {
      const [registration] = await session.ask(REGISTER, options, procedure);
      session.procedures.set(registration, handler);
      return { unregister: () => session.ask(UNREGISTER, registration) };
    },
    async subscribe(topic, handler, options = {}) {
      const [subscription] = await session.ask(SUBSCRIBE, options, topic);
      session.topics.set(subscription, handler);
      return { unsubscribe: () => session.ask(UNSUBSCRIBE, subscription) };
    },
    publish: (topic, args, kwargs, { exclude, eligible, excludeMe, disclose } = {}) =>
      session.ask(
        PUBLISH,
        {
          acknowledge: true,
          ...(exclude ? { exclude } : {}),
          ...(eligible ? { eligible } : {}),
          ...(excludeMe === false ? { exclude_me: false } : {}),
          ...(disclose ? { disclose_me: true } : {}),
        },
        topic,
        args,
        kwargs,
      ),
    async leave() {
      session.send(GOODBYE, {}, 'wamp.close.normal');
      session.socket.close();
    },
  };
}

await main({ connect });
