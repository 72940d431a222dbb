/* What a router's command says once it listens. */
import type { ListenConfig, Listener } from '../../node/index.ts';
import type { RealmConfig, RouterConfig } from '../../router/index.ts';

export interface Greeting {
  readonly text: string;
  /** Anyone may do anything, from other machines. */
  readonly warning: string | undefined;
}

/** @param ports - In the order of `listeners`. @param processes - How many listen there. */
export function greetingOf(
  realms: RouterConfig['realms'],
  ports: readonly ListenConfig[],
  listeners: readonly Pick<Listener, 'url' | 'opsUrl'>[],
  processes: number,
): Greeting {
  const urls = listeners.map(({ url }) => url).join(', ');
  const pages = ports.flatMap(({ web, path = '/ws' }, i) =>
    web === undefined ? [] : [`${listeners[i]?.url.replace(/^ws/, 'http').slice(0, -path.length)}/`],
  );
  const page = pages.length === 0 ? '' : `, pages at ${pages.join(', ')}`;
  const ops = listeners.flatMap(({ opsUrl }) => (opsUrl === undefined ? [] : [opsUrl]));
  const health = ops.length === 0 ? '' : `, health at ${ops.join(', ')}`;
  const names = Object.keys(realms);
  const open = names.filter((name) => isFreeForAll(realms[name]));
  const access =
    open.length === 0
      ? ''
      : open.length === names.length
        ? 'open to anyone who can connect; '
        : `${open.join(', ')} open to anyone; `;
  const host = ports.find((port) => port.socketPath === undefined && !isLoopback(port.host ?? '127.0.0.1'))?.host;
  return {
    text: `${processes > 1 ? `${processes} processes: ` : ''}router at ${urls}, realm ${names.join(', ')}${page}${health} (${access}Ctrl-C stops it)`,
    warning:
      open.length > 0 && host !== undefined
        ? `anyone who reaches ${host} may do anything in ${open.join(', ')}: set permissions (--config), or listen on 127.0.0.1`
        : undefined,
  };
}

/** Whether clients without credentials may do everything. */
function isFreeForAll(realm: 'open' | RealmConfig | undefined): boolean {
  if (realm === undefined || realm === 'open') return true;
  const permissions = realm.anonymous === undefined ? [] : realm.authroles[realm.anonymous]?.permissions;
  return permissions === 'all';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
