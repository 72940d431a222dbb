import { json } from 'autostrada';
import { expect, it } from 'vitest';
import { WebSocketLine } from '../../src/transport/websocket-line.ts';

it.each([
  ['wamp.error.protocol_violation', 'wamp.error.protocol_violation'],
  ['a'.repeat(500), 'a'.repeat(123)],
  ['com.例.'.repeat(100), expect.stringMatching(/^com\.例\./)],
])('closes with a reason that a close frame holds, 123 bytes (%#)', (reason, said) => {
  const closed: unknown[] = [];
  const socket = {
    readyState: 1,
    close(code: number, text: string) {
      if (new TextEncoder().encode(text).length > 123) throw new RangeError('the reason is too long'); // as every WebSocket does
      closed.push(code, text);
    },
  };
  const transport = new WebSocketLine(socket as unknown as ConstructorParameters<typeof WebSocketLine>[0], json());
  transport.close(1002, reason);
  expect(closed).toEqual([1002, said]);
});
