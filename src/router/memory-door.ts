import { TransportError } from '../base/errors.ts';
import { memoryPair } from '../transport/memory.ts';
import type { Dial, Transport } from '../transport/transport.ts';

/**
 * Both ends of a connection in this process.
 *
 * @param why - Why there can be none.
 * @throws TransportError
 */
export function memoryDoor({ serializers }: Dial, why: string | undefined): readonly [theirs: Transport, ours: Transport] {
  const [serializer] = serializers;
  if (!serializer) throw new TransportError('expected a serializer, got none', { uri: 'autostrada.error.no_subprotocol' });
  if (why !== undefined) throw new TransportError(why);
  return memoryPair(serializer);
}
