/* Autobahn|JS. */
import { createRequire } from 'node:module';
import path from 'node:path';
import nacl from 'tweetnacl';
import WebSocket from 'ws';
import { Failure, main, secrets, task } from './suite.mjs';

/** The global WebSocket that it wants, and Node.js has from 22 on. It listens to no error, which for `ws` would be an uncaught one. */
globalThis.WebSocket ??= class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.on('error', () => {});
  }
};
const autobahn = createRequire(path.join(process.env.INTEROP_MODULES, 'x.js'))('autobahn');

function options(login, isWrong) {
  const { json, msgpack, cbor } = { json: 'JSONSerializer', msgpack: 'MsgpackSerializer', cbor: 'CBORSerializer' };
  const serializer = new autobahn.serializer[{ json, msgpack, cbor }[task.serializer]]();
  const { hostname, port } = new URL(task.url);
  const transport =
    task.transport === 'rawsocket'
      ? { type: 'rawsocket', host: hostname, port: Number(port) }
      : { type: 'websocket', url: task.url, serializers: [serializer] };
  const common = { realm: task.realm, transports: [transport], max_retries: 0 };
  if (!login) return common;
  const { authid, secret, publicKey } = secrets[login];
  const proof = isWrong ? [...secret].reverse().join('') : secret;
  const onchallenge = (_session, method, extra) => {
    if (method === 'ticket') return proof;
    if (method === 'cryptosign') {
      const pair = nacl.sign.keyPair.fromSeed(Uint8Array.from(Buffer.from(proof, 'hex')));
      return autobahn.auth_cryptosign.sign_challenge(pair, extra);
    }
    const { salt, iterations, keylen, challenge } = extra;
    return autobahn.auth_cra.sign(salt ? autobahn.auth_cra.derive_key(proof, salt, iterations, keylen) : proof, challenge);
  };
  return {
    ...common,
    authid,
    authmethods: [login.split(' ')[0]],
    ...(login === 'cryptosign' ? { authextra: { pubkey: publicKey, channel_binding: null } } : {}),
    onchallenge,
  };
}

function toFailure(error) {
  if (error?.error === 'Cancelled') return new Failure('wamp.error.canceled'); // it says so by itself, without waiting for the router
  return error?.error ? new Failure(error.error, error.args, error.kwargs) : new Error(`${error}`);
}
const inWords = (result) =>
  result instanceof autobahn.Result
    ? { args: result.args, kwargs: result.kwargs ?? {} }
    : { args: result === null ? [] : [result], kwargs: {} };

function connect(login, { isWrong = false } = {}) {
  return new Promise((resolve, reject) => {
    const connection = new autobahn.Connection(options(login, isWrong));
    connection.onclose = (reason, details) => {
      reject(new Error(`${reason} ${details.reason} ${details.message}`));
      return true;
    };
    connection.onopen = (session, { authid }) =>
      resolve({ id: session.id, authid, ...verbs(session), leave: async () => connection.close() });
    connection.open();
  });
}

function verbs(session) {
  return {
    async call(procedure, args, kwargs, { onProgress, timeoutMs, disclose, cancelWhen } = {}) {
      const how = {
        ...(onProgress ? { receive_progress: true } : {}),
        ...(timeoutMs ? { timeout: timeoutMs } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      };
      const call = session.call(procedure, args, kwargs, how);
      cancelWhen?.then(() => call.cancel({ mode: 'killnowait' }));
      return new Promise((resolve, reject) => {
        call.then(
          (result) => resolve(inWords(result)),
          (error) => reject(toFailure(error)),
          (progress) => onProgress?.(inWords(progress).args),
        );
      });
    },
    async register(procedure, handler, how = {}) {
      const endpoint = async (args, kwargs, details) => {
        try {
          const progress = (values) => details.progress(values);
          const result = await handler(args, kwargs, { caller: details.caller, procedure: details.procedure, progress });
          return new autobahn.Result(result.args, result.kwargs);
        } catch (error) {
          throw error instanceof Failure ? new autobahn.Error(error.uri, error.args, error.kwargs) : error;
        }
      };
      const registration = await session.register(procedure, endpoint, how);
      return { unregister: () => session.unregister(registration) };
    },
    async subscribe(topic, handler, how = {}) {
      const subscription = await session.subscribe(topic, handler, how);
      return { unsubscribe: () => session.unsubscribe(subscription) };
    },
    publish: (topic, args, kwargs, { exclude, eligible, excludeMe, disclose } = {}) =>
      session.publish(topic, args, kwargs, {
        acknowledge: true,
        ...(exclude ? { exclude } : {}),
        ...(eligible ? { eligible } : {}),
        ...(excludeMe === false ? { exclude_me: false } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      }),
  };
}

async function restart(procedure) {
  const connection = new autobahn.Connection({ ...options(), max_retries: 15, initial_retry_delay: 0.2 });
  let times = 0;
  return new Promise((resolve) => {
    const back = new Promise((comeBack) => {
      connection.onopen = async (session) => {
        await session.register(procedure, () => 'back');
        if (times++ === 0) resolve({ back });
        else comeBack(await session.call(procedure));
      };
    });
    connection.open();
  });
}

await main({ connect, restart });
