/*
 * From `--url` to the `url` of a connection: one row for each scheme.
 */

import { withoutLogin } from '../../base/words.ts';
import type { ConnectionOptions } from '../../index.ts';
import { rawSocket, webSocket } from '../../node/index.ts';
import { longPoll } from '../../transport/longpoll.ts';
import { UsageError } from '../text/usage.ts';

type Connect = (url: string) => ConnectionOptions['url'];

/** A user name and a password in the URL are HTTP's login. Pages cannot send it, so Node's own connector does. */
const toWebSocket: Connect = (url) => (withoutLogin(url) === url ? url : webSocket(url));

const schemes: ReadonlyMap<string, Connect> = new Map<string, Connect>([
  ['ws', toWebSocket],
  ['wss', toWebSocket],
  ['rs', (url) => rawSocket(url)],
  ['rss', (url) => rawSocket(url)],
  ['unix', (url) => rawSocket(url)],
  ['http', (url) => longPoll(url)],
  ['https', (url) => longPoll(url)],
]);

/** @throws UsageError */
export function targetOf(url: string): ConnectionOptions['url'] {
  const scheme = /^[a-z]+(?=:)/i.exec(url)?.[0].toLowerCase() ?? '';
  const connect = schemes.get(scheme);
  if (!connect) {
    const known = [...schemes.keys()].map((name) => `${name}:`).join(', ');
    throw new UsageError(`expected a URL (${known}), such as ws://127.0.0.1:8080/ws, got '${withoutLogin(url)}'`);
  }
  return connect(url);
}
