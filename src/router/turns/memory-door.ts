import { TransportError } from '../../base/errors.ts';
import { memoryPair } from '../../transport/memory.ts';
import type { Dial, Transport } from '../../transport/transport.ts';

/**
 * Both ends of a connection in this process.
 *
 * @param isReady - The router has joined its cluster, if there is one.
 * @throws TransportError
 */
export function memoryDoor(
  { serializers }: Dial,
  isClosed: boolean,
  isReady: boolean,
): readonly [theirs: Transport, ours: Transport] {
  const [serializer] = serializers;
  if (!serializer) throw new TransportError('expected a serializer, got none', { uri: 'autostrada.error.no_subprotocol' });
  if (isClosed) throw new TransportError('the router is closed');
  if (!isReady) throw new TransportError('the router has not joined its cluster yet');
  return memoryPair(serializer);
}
