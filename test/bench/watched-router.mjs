/* A process: the router of a build, of which nobody, one other session, or everything is watched by `router.inspect`. */
import { host } from './host.mjs';

const [dist, which] = process.argv.slice(2);
const [{ Connection }, { listen }, { Router }] = await Promise.all(
  ['index', 'node', 'router'].map((entry) => import(`${dist}${entry}.js`)),
);
const router = new Router({ realms: { realm1: 'open' } });
if (which === 'another') {
  const connection = new Connection({ url: router, realm: 'realm1' });
  const { id } = await connection.open();
  router.inspect({ session: id }, () => {});
}
if (which === 'all') router.inspect({}, () => {});
const listener = await listen(router, { port: 0 });
host(listener.url);
