/* wampy. */
import { createRequire } from 'node:module';
import path from 'node:path';
import WebSocket from 'ws';
import { Failure, main, secrets, task } from './suite.mjs';

const require = createRequire(path.join(process.env.INTEROP_MODULES, 'x.js'));
const load = (name) =>
  import(require.resolve(name).replace('/cjs/', '/esm/').replace('.cjs', '.js').replace('wampy-cra.mjs', 'wampy-cra.js'));
const { Wampy } = await load('wampy');
const file = { json: 'Json', msgpack: 'Msgpack', cbor: 'Cbor' }[task.serializer];
const { [`${file}Serializer`]: Serializer } = await load(`wampy/${file}Serializer.js`);

async function challenge(login, proof) {
  if (login === 'ticket') return () => proof;
  const { sign } = await load(login === 'cryptosign' ? 'wampy/cryptosign.js' : 'wampy/wampcra.js');
  return sign(proof);
}

async function make(login, isWrong, more) {
  const { authid, secret, publicKey } = secrets[login] ?? {};
  const onChallenge = login && (await challenge(login, isWrong ? [...secret].reverse().join('') : secret));
  return new Wampy(task.url, {
    realm: task.realm,
    ws: WebSocket,
    serializer: new Serializer(),
    autoReconnect: false,
    ...(login ? { authid, authmethods: [login.split(' ')[0]], onChallenge } : {}),
    ...(login === 'cryptosign' ? { authextra: { pubkey: publicKey } } : {}),
    ...more,
  });
}

async function connect(login, { isWrong = false } = {}) {
  const wampy = await make(login, isWrong, {});
  const welcome = await wampy.connect();
  // In MessagePack it is a BigInt.
  return { id: Number(wampy.getSessionId()), authid: welcome?.authid, ...verbs(wampy), leave: () => wampy.disconnect() };
}

const payload = (args, kwargs) => ({ argsList: args ?? [], argsDict: kwargs ?? {} });
const toFailure = (error) => (error?.errorUri ? new Failure(error.errorUri, error.argsList, error.argsDict) : error);

function verbs(wampy) {
  return {
    async call(procedure, args, kwargs, { onProgress, timeoutMs, disclose, cancelWhen } = {}) {
      const call = wampy.call(procedure, payload(args, kwargs), {
        ...(onProgress ? { progress_callback: ({ argsList }) => onProgress(argsList) } : {}),
        ...(timeoutMs ? { timeout: timeoutMs } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      });
      const { reqId } = wampy.getOpStatus();
      cancelWhen?.then(() => wampy.cancel(reqId, { mode: 'killnowait' }));
      try {
        const { argsList, argsDict } = await call;
        return { args: argsList ?? [], kwargs: argsDict ?? {} };
      } catch (error) {
        throw toFailure(error);
      }
    },
    async register(procedure, handler, options = {}) {
      const endpoint = async ({ argsList, argsDict, details, result_handler }) => {
        const progress = (values) => result_handler({ argsList: values, options: { progress: true } });
        try {
          const told = { caller: details.caller, procedure: details.procedure, progress };
          const { args, kwargs } = await handler(argsList ?? [], argsDict ?? {}, told);
          return payload(args, kwargs);
        } catch (error) {
          throw error instanceof Failure ? { error: error.uri, ...payload(error.args, error.kwargs) } : error;
        }
      };
      await wampy.register(procedure, endpoint, options);
      return { unregister: () => wampy.unregister(procedure) };
    },
    async subscribe(topic, handler, options) {
      const hear = ({ argsList, argsDict, details }) => handler(argsList ?? [], argsDict ?? {}, details);
      const { subscriptionKey } = await wampy.subscribe(topic, hear, options);
      return { unsubscribe: () => wampy.unsubscribe(subscriptionKey, hear) };
    },
    publish: (topic, args, kwargs, { exclude, eligible, excludeMe, disclose } = {}) =>
      wampy.publish(topic, payload(args, kwargs), {
        ...(exclude ? { exclude } : {}),
        ...(eligible ? { eligible } : {}),
        ...(excludeMe === false ? { exclude_me: false } : {}),
        ...(disclose ? { disclose_me: true } : {}),
      }),
  };
}

async function restart(procedure) {
  let comeBack = () => {};
  const returned = new Promise((resolve) => (comeBack = resolve));
  const wampy = await make(undefined, false, {
    autoReconnect: true,
    reconnectInterval: 300,
    maxRetries: 50,
    onReconnectSuccess: () => setTimeout(comeBack, 500), // it registers again by itself
  });
  await wampy.connect();
  await wampy.register(procedure, () => ({ argsList: ['back'] }));
  return { back: returned.then(() => wampy.call(procedure)).then(({ argsList }) => argsList[0]) };
}

await main({ connect, restart });
