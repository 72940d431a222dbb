/* kraftfahrstrasse: WebSocket, JSON and MessagePack. Its callers are given the URI of an error only. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { Failure, main, secrets, task } from './suite.mjs';

const kfs = createRequire(path.join(process.env.INTEROP_MODULES, 'x.js'))('@verkehrsministerium/kraftfahrstrasse');

async function connect(login, { isWrong = false } = {}) {
  const { authid, secret } = secrets[login] ?? {};
  const proof = isWrong ? [...(secret ?? '')].reverse().join('') : secret;
  const connection = new kfs.Connection({
    endpoint: task.url,
    realm: task.realm,
    serializer: task.serializer === 'json' ? new kfs.JSONSerializer() : new kfs.NodeMSGPackSerializer(),
    transport: kfs.NodeWebSocketTransport,
    authProvider: login
      ? new kfs.TicketAuthProvider(authid, async () => ({ signature: proof, details: {} }))
      : new kfs.AnonymousAuthProvider(),
  });
  connection.OnClose?.()?.catch?.(() => {});
  const welcome = await connection.Open();
  return { id: connection.sessionId, authid: welcome.authid, ...verbs(connection), leave: () => connection.Close() };
}

const inWords = ({ args, kwArgs }) => ({ args, kwargs: kwArgs ?? {} });
const toFailure = (error) => (typeof error === 'string' ? new Failure(error) : error);

function verbs(connection) {
  return {
    async call(procedure, args, kwargs, { onProgress, timeoutMs, disclose, cancelWhen } = {}) {
      const options = {
        ...(onProgress ? { receive_progress: true } : {}),
        ...(timeoutMs ? { timeout: timeoutMs } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      };
      const [promise, id] = connection.Call(procedure, args, kwargs, options);
      cancelWhen?.then(() => connection.CancelCall(id, 'killnowait'));
      try {
        let result = await promise;
        while (result.nextResult) {
          onProgress?.(result.args);
          result = await result.nextResult;
        }
        return inWords(result);
      } catch (error) {
        throw toFailure(error);
      }
    },
    async register(procedure, handler, options = {}) {
      const endpoint = async (args, kwargs, details) => {
        const sent = [];
        const progress = (values) => sent.push(values);
        try {
          const result = await handler(args, kwargs, { caller: details.caller, procedure: details.procedure, progress });
          // Each result holds the next one.
          const last = { args: result.args, kwArgs: result.kwargs };
          return sent.reduceRight((next, values) => ({ args: values, kwArgs: {}, nextResult: Promise.resolve(next) }), last);
        } catch (error) {
          throw error instanceof Failure ? new kfs.WampError(error.uri, error.args, error.kwargs) : error;
        }
      };
      const registration = await connection.Register(procedure, endpoint, options);
      return { unregister: () => registration.Unregister() };
    },
    async subscribe(topic, handler, options = {}) {
      const subscription = await connection.Subscribe(topic, handler, options);
      return { unsubscribe: () => subscription.Unsubscribe() };
    },
    async publish(topic, args, kwargs, { exclude, eligible, excludeMe, disclose } = {}) {
      const publication = await connection.Publish(topic, args, kwargs, {
        acknowledge: true,
        ...(exclude ? { exclude } : {}),
        ...(eligible ? { eligible } : {}),
        ...(excludeMe === false ? { exclude_me: false } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      });
      return publication.OnPublished();
    },
  };
}

await main({ connect });
