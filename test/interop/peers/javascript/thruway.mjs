/*
 * thruway.js: WebSocket and JSON, observables of RxJS 5. A procedure gives one value, so several are given as a list; a publication bears one value and is
 * never acknowledged. Request ids are drawn at random.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { absent, Failure, main, secrets, task } from './suite.mjs';

const require = createRequire(path.join(process.env.INTEROP_MODULES, 'x.js'));
const { Client } = require('thruway.js');
const { WampErrorException } = require('thruway.js/src/Common/WampErrorException');
const { Observable } = require('rxjs/Rx');

function open(login, isWrong, retryOptions) {
  const { authid, secret } = secrets[login] ?? {};
  const client = new Client(task.url, task.realm, { ...(login ? { authid, authmethods: [login] } : {}), retryOptions });
  const proof = isWrong ? [...secret].reverse().join('') : secret;
  if (login) client.onChallenge((challenge) => challenge.map(() => proof));
  return client;
}

function connect(login, { isWrong = false } = {}) {
  const client = open(login, isWrong, { maxRetries: 0 });
  return new Promise((resolve, reject) => {
    client.onError.subscribe(reject);
    // The session is there as long as somebody subscribes to it.
    const session = client.onOpen.subscribe(
      ({ welcomeMsg: { sessionId, details } }) =>
        resolve({ id: sessionId, authid: details.authid, ...verbs(client), leave: async () => leave(client, session) }),
      reject,
      () => reject(new Error('it ended')),
    );
  });
}

function leave(client, session) {
  client.close();
  session.unsubscribe();
}

const toFailure = (error) => (error?.errorUri ? new Failure(error.errorUri, error.args, error.argskw) : error);
const inWords = ({ args, argskw }) => ({ args: args ?? [], kwargs: argskw ?? {} });
/** Several values of a procedure come as one list. */
const results = ({ args, kwargs }) => ({ args: args.length === 1 && Array.isArray(args[0]) ? args[0] : args, kwargs });

function verbs(client) {
  /** The router has taken what was sent before. */
  const taken = () => client.call('wamp.session.count').take(1).toPromise();
  return {
    call(procedure, args, kwargs, { onProgress, timeoutMs, disclose, cancelWhen } = {}) {
      const options = { ...(timeoutMs ? { timeout: timeoutMs } : {}), ...(disclose ? { disclose_me: true } : {}) };
      const came = [];
      return new Promise((resolve, reject) => {
        const answers = onProgress
          ? client.progressiveCall(procedure, args, kwargs, options)
          : client.call(procedure, args, kwargs, options);
        const call = answers.subscribe(
          (result) => came.push(inWords(result)),
          (error) => reject(toFailure(error)),
          () => {
            for (const { args: values } of came.slice(0, -1)) onProgress?.(values);
            resolve(results(came.at(-1) ?? { args: [], kwargs: {} }));
          },
        );
        cancelWhen?.then(() => {
          call.unsubscribe(); // it cancels so, and waits for no answer
          reject(new Failure('wamp.error.canceled'));
        });
      });
    },
    register(procedure, handler, options = {}) {
      // Whether a procedure gives progressive results has to be said when it is registered.
      const isProgressive = procedure.endsWith('.count');
      const answer = (given, kwargs, details) =>
        new Observable((observer) => {
          const progress = (values) => observer.next(values[0]);
          const told = { caller: details.caller, procedure: details.procedure, progress };
          Promise.resolve(handler(given ?? [], kwargs ?? {}, told)).then(
            ({ args }) => {
              observer.next(args.length === 1 ? args[0] : args);
              observer.complete();
            },
            (error) =>
              observer.error(error instanceof Failure ? new WampErrorException(error.uri, error.args, error.kwargs) : error),
          );
        });
      const how = { ...options, extended: true };
      const registrations = isProgressive
        ? client.progressiveRegister(procedure, answer, how)
        : client.register(procedure, answer, how);
      return new Promise((resolve, reject) => {
        const registration = registrations.subscribe(() => resolve({ unregister: () => undo(registration) }), reject);
      });
    },
    async subscribe(topic, handler, options) {
      const hear = ({ args, argskw, details }) => handler(args ?? [], argskw ?? {}, details);
      const subscription = client.topic(topic, options).subscribe(hear);
      await taken();
      return { unsubscribe: () => undo(subscription) };
    },
    async publish(topic, args, kwargs, { exclude, eligible, excludeMe, disclose } = {}) {
      if (args.length > 1 || Object.keys(kwargs).length > 0) absent('publication of several values');
      client.publish(topic, Observable.of(args[0] ?? null), {
        ...(exclude ? { exclude } : {}),
        ...(eligible ? { eligible } : {}),
        ...(excludeMe === false ? { exclude_me: false } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      });
      await taken();
    },
  };
  async function undo(subscription) {
    subscription.unsubscribe();
    await taken();
  }
}

function restart(procedure) {
  const client = open(undefined, false, { initialRetryDelay: 200 });
  let times = 0;
  return new Promise((resolve) => {
    const back = new Promise((comeBack) => {
      // It registers again by itself.
      client
        .register(procedure, () => 'back')
        .subscribe(async () => {
          if (times++ === 0) resolve({ back });
          else comeBack((await client.call(procedure).take(1).toPromise()).args[0]);
        });
    });
  });
}

await main({ connect, restart });
