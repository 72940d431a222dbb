/*
 * A client's end of a connection. What a peer sends hurts that call or that event, never the session: where only the payload of a message cannot be
 * read, the message is taken without it, and says so (`wrong`).
 */
import { Link, type Tap } from '../../link/link.ts';
import { parseMessage } from '../../protocol/codec.ts';
import type { FromClient, FromRouter } from '../../protocol/messages.ts';
import { clientSide } from '../../protocol/wire.ts';
import type { Frame, Transport } from '../../transport/transport.ts';

export class ClientLink extends Link<FromRouter, FromClient> {
  constructor(transport: Transport, tap: Tap | undefined) {
    super(transport, clientSide, tap);
  }

  protected override read(frame: Frame): FromRouter {
    try {
      return super.read(frame);
    } catch (error) {
      // By its shape: the serializer may come from another copy of this package.
      const wrong = (error as Error).cause;
      const { envelope }: { readonly envelope?: unknown } = Object(wrong);
      if (!Array.isArray(envelope)) throw error;
      const { inbound } = clientSide;
      const at = inbound.get(envelope[0])?.elements.names.indexOf('args') ?? -1;
      if (at < 0 || envelope.length <= at) throw error;
      const list = envelope.slice(0, at + 1);
      this.log('received', list, frame.length);
      return Object.assign(parseMessage(list, inbound), { wrong });
    }
  }
}
