import { json } from 'autostrada';
import { expect, it } from 'vitest';
import { WebSocketLine } from '../../src/transport/websocket-line.ts';
import { SocketLine } from '../../src/transport/ws.ts';

it.each([
  ['wamp.error.protocol_violation', 'wamp.error.protocol_violation'],
  ['a'.repeat(500), 'a'.repeat(123)],
  ['com.例.'.repeat(100), expect.stringMatching(/^com\.例\./)],
])('a WebSocket closes with a reason that a close frame can hold, 123 bytes (%#)', (reason, said) => {
  const closed: unknown[] = [];
  const socket = {
    readyState: 1,
    close(code: number, text: string) {
      if (new TextEncoder().encode(text).length > 123) throw new RangeError('the reason is too long'); // as every WebSocket does
      closed.push(code, text);
    },
  };
  const transport = new WebSocketLine(socket as unknown as ConstructorParameters<typeof WebSocketLine>[0], json());
  transport.close(3000, reason);
  expect(closed).toEqual([3000, said]);
});

it.each([
  [WebSocketLine, undefined, 3002], // what a page may say
  [SocketLine, undefined, 3002], // a platform's own WebSocket in Node.js
  [SocketLine, () => {}, 1002],
])('a WebSocket closes with a code that the socket accepts (%#)', (Line, terminate, said) => {
  const closed: unknown[] = [];
  const socket = {
    readyState: 1,
    terminate,
    close(code: number) {
      if (!terminate && code !== 1000 && (code < 3000 || code > 4999)) throw new Error('the code is not for applications');
      closed.push(code);
    },
  };
  new Line(socket as unknown as ConstructorParameters<typeof WebSocketLine>[0], json()).close(
    1002,
    'wamp.error.protocol_violation',
  );
  expect(closed).toEqual([said]);
});
