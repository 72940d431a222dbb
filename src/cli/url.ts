/*
 * From `--url` to what a connection takes: one line for each scheme.
 */
import type { ConnectionOptions } from '../index.ts';
import { rawSocket } from '../node/index.ts';
import { longPoll } from '../transport/longpoll.ts';
import { UsageError } from './usage.ts';

const schemes: ReadonlyMap<string, (url: string) => ConnectionOptions['url']> = new Map([
  ['ws', (url: string) => url],
  ['wss', (url: string) => url],
  ['rs', (url: string) => rawSocket(url)],
  ['rss', (url: string) => rawSocket(url)],
  ['unix', (url: string) => rawSocket(url)],
  ['http', (url: string) => longPoll(url)],
  ['https', (url: string) => longPoll(url)],
]);

/** @throws UsageError */
export function targetOf(url: string): ConnectionOptions['url'] {
  const scheme = /^[a-z]+(?=:)/i.exec(url)?.[0].toLowerCase() ?? '';
  const connect = schemes.get(scheme);
  if (!connect) {
    const known = [...schemes.keys()].map((name) => `${name}:`).join(', ');
    throw new UsageError(`expected a URL (${known}), such as ws://127.0.0.1:8080/ws, got '${url}'`);
  }
  return connect(url);
}
