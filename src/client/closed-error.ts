import { ConnectionLostError } from '../errors.ts';
import { CLOSE_NORMAL } from '../protocol/uris.ts';

/** What is asked of a connection that is closed gets this. */
export function closedError(): ConnectionLostError {
  return new ConnectionLostError(CLOSE_NORMAL, 'the connection is closed', { delivery: 'not-sent' });
}
