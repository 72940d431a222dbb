import { checkGiven } from '../../base/given.ts';
import type { Off } from '../../base/words.ts';
import type { Status } from '../api/connection-options.ts';
import type { Connection } from '../connection.ts';
import { StreamBuffer } from './stream-buffer.ts';

/**
 * Every status of a connection from now on. Ends with `closed`, at once where it is closed already; leaving the loop stops listening. A loop that is too slow loses the oldest.
 *
 * @throws TypeError for anything but a connection.
 * @example
 * for await (const status of statuses(connection)) console.log(status.state);
 */
// biome-ignore lint/suspicious/noExplicitAny: any contract
export function statuses(connection: Pick<Connection<any>, 'on' | 'status' | 'reconnect'>): AsyncIterableIterator<Status> {
  checkGiven('statuses of a connection', connection, 'reconnect');
  let off: Off | undefined;
  const stream = new StreamBuffer<Status>({}, { what: 'statuses', signal: undefined, release: () => off?.() });
  const take = (status: Status): void => {
    stream.push(status);
    if (status.state !== 'closed') return;
    stream.end();
    off?.();
  };
  off = connection.on('status', take);
  if (connection.status.state === 'closed') take(connection.status);
  return stream;
}
