import { ConnectionLostError, type WampError } from '../../base/errors.ts';
import { CLOSE_NORMAL } from '../../protocol/uris.ts';

/** What is asked of a connection that is closed gets this. `cause`: why it is closed, unless the user closed it. */
export function closedError(cause?: WampError): ConnectionLostError {
  return new ConnectionLostError(CLOSE_NORMAL, 'the connection is closed', { delivery: 'not-sent', cause });
}

/** Whether it says that the user closed it. What the router says by the same URI may have been sent before. */
export function isClosedError(error: WampError): boolean {
  return error.uri === CLOSE_NORMAL && 'delivery' in error && error.delivery === 'not-sent';
}
