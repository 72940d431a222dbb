/* Our own client: at other routers, and beside the other clients in the calls between languages. */

import { argon2id } from '../../../../dist/argon2.js';
import { cbor } from '../../../../dist/cbor.js';
import { cryptosign } from '../../../../dist/cryptosign.js';
import { ApplicationError, Connection, json, Result, ticket } from '../../../../dist/index.js';
import { msgpack } from '../../../../dist/msgpack.js';
import { rawSocket } from '../../../../dist/node.js';
import { scram } from '../../../../dist/scram.js';
import { wampcra } from '../../../../dist/wampcra.js';
import { Failure, main, secrets, task } from './suite.mjs';

const auths = {
  ticket: ({ authid, secret }) => ticket({ authid, ticket: secret }),
  wampcra,
  'wampcra salted': wampcra,
  scram: ({ authid, secret }) => scram({ authid, password: secret }),
  'scram argon2id': ({ authid, secret }) => scram({ authid, password: secret, argon2id }),
  cryptosign: ({ authid, secret }) => cryptosign({ authid, privateKey: secret }),
};

function open(login, isWrong) {
  const { authid, secret } = secrets[login] ?? {};
  const auth = login && auths[login]({ authid, secret: isWrong ? [...secret].reverse().join('') : secret });
  const url = task.transport === 'rawsocket' ? rawSocket(task.url) : task.url;
  const serializers = [{ json, msgpack, cbor }[task.serializer]()];
  return new Connection({ url, realm: task.realm, serializers, ...(auth ? { auth } : {}) });
}

const toFailure = ({ uri, args, kwargs, message }) => (uri ? new Failure(uri, args, kwargs) : new Error(message));

async function connect(login, { isWrong = false } = {}) {
  const connection = open(login, isWrong);
  const session = await connection.open();
  return {
    id: session.id,
    authid: session.authid,
    async call(procedure, args, kwargs, { onProgress, timeoutMs, disclose, cancelWhen } = {}) {
      const controller = new AbortController();
      cancelWhen?.then(() => controller.abort(new ApplicationError('wamp.error.canceled')));
      const options = {
        ...(onProgress ? { onProgress: (value) => onProgress(value instanceof Result ? value.args : [value]) } : {}),
        ...(timeoutMs ? { timeoutMs } : {}),
        ...(disclose ? { disclose_me: true } : {}),
        ...(cancelWhen ? { signal: controller.signal, cancelMode: 'killnowait' } : {}),
      };
      try {
        const result = await session.callResult(procedure, args, kwargs, options);
        return { args: result.args, kwargs: result.kwargs };
      } catch (error) {
        throw toFailure(error);
      }
    },
    register(procedure, handler, options = {}) {
      const endpoint = async (args, kwargs, details) => {
        try {
          const progress = (values) => details.sendProgress(...values);
          const result = await handler(args, kwargs, { caller: details.caller, procedure: details.procedure, progress });
          return new Result(result.args, result.kwargs);
        } catch (error) {
          throw error instanceof Failure ? new ApplicationError(error.uri, error.args, error.kwargs) : error;
        }
      };
      return session.register(procedure, endpoint, options);
    },
    subscribe: (topic, handler, options = {}) => session.subscribe(topic, handler, options),
    publish: (topic, args, kwargs, { exclude, eligible, excludeMe, disclose } = {}) =>
      session.publish(topic, args, kwargs, {
        acknowledge: true,
        ...(exclude ? { exclude } : {}),
        ...(eligible ? { eligible } : {}),
        ...(excludeMe === false ? { exclude_me: false } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      }),
    leave: () => connection.close(),
  };
}

async function restart(procedure) {
  const connection = open();
  connection.on('status', () => {});
  await connection.register(procedure, () => 'back').ready;
  const first = connection.session;
  return { back: first.ended.then(() => connection.call(procedure)) };
}

await main({ connect, restart });
