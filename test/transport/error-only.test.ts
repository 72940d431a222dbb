/* WebSockets of platforms that tell of an end by `error` alone, and what there is in place of `ws`. */
import { Connection, json, TransportError } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { WebSocketLine } from '../../src/transport/websocket-line.ts';
import { SocketLine } from '../../src/transport/ws.ts';
import { failure } from '../fixtures/scripted-session.ts';

type Listener = ((event: object) => void) | null;

class ScriptedSocket {
  static latest: ScriptedSocket;
  protocol = 'wamp.2.json';
  readyState = 0;
  bufferedAmount = 0;
  binaryType = 'blob';
  onopen: Listener = null;
  onmessage: Listener = null;
  onerror: Listener = null;
  onclose: Listener = null;
  readonly closed: unknown[] = [];
  readonly sent: unknown[] = [];

  constructor() {
    ScriptedSocket.latest = this;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(code?: number): void {
    this.closed.push(code);
  }
}
type Given = ConstructorParameters<typeof WebSocketLine>[0];

const dial = (url = 'ws://127.0.0.1:1/ws'): Promise<Error & { readonly cause?: unknown }> =>
  failure(
    new Connection({
      url,
      realm: 'realm1',
      retry: false,
      environment: { WebSocket: ScriptedSocket },
    }).open(),
  );

describe('[H10] a WebSocket that does not open', () => {
  it('is given up at the first `error`, because some fire no `close`', async () => {
    const given = dial();
    await vi.waitFor(() => expect(ScriptedSocket.latest.onerror).not.toBeNull());
    const socket = ScriptedSocket.latest;
    socket.onerror?.({ error: new Error('getaddrinfo ENOTFOUND') });
    const error = await given;
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toBe('cannot connect to ws://127.0.0.1:1/ws: getaddrinfo ENOTFOUND');
    socket.onclose?.({ code: 1006 });
    socket.onopen?.({}); // one that changed its mind is closed
    expect(socket.closed).toEqual([undefined]);
  });

  it('names all possible reasons if the platform does not say, including a Content-Security-Policy', async () => {
    const given = dial();
    await vi.waitFor(() => expect(ScriptedSocket.latest.onerror).not.toBeNull());
    ScriptedSocket.latest.onerror?.({});
    expect((await given).message).toMatch(
      /^cannot connect to ws:\/\/127\.0\.0\.1:1\/ws: nothing listens there, .*a Content-Security-Policy/,
    );
  });
});

it.each([{}, { error: new Error('refused') }])('[H1] the error shows no password of the URL (%#)', async (event) => {
  const given = dial('ws://joe:secret@127.0.0.1:1/ws');
  await vi.waitFor(() => expect(ScriptedSocket.latest.onerror).not.toBeNull());
  ScriptedSocket.latest.onerror?.(event);
  expect((await given).message).not.toContain('secret');
});

describe.each([
  ['of a page', WebSocketLine],
  ['of Node.js', SocketLine],
])('[H10] an open WebSocket %s', (_, Line) => {
  const open = () => {
    const socket = new ScriptedSocket();
    socket.readyState = 1;
    const ends: unknown[] = [];
    const line = new Line(socket as unknown as Given, json());
    line.start({ frame: () => {}, closed: (how) => ends.push(how) });
    return { socket, ends };
  };
  const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  it('ends with an `error` without a `close`', async () => {
    const { socket, ends } = open();
    const error = new Error('reset');
    socket.readyState = 3;
    socket.onerror?.({ error });
    await nextTask();
    expect(ends).toEqual([{ clean: false, code: 1006, reason: '', error }]);
    socket.onclose?.({ code: 1006, reason: '', wasClean: false });
    expect(ends.length).toBe(1);
  });

  it('ends with the `close` after an `error`, and its code', async () => {
    const { socket, ends } = open();
    socket.readyState = 2; // as `ws` does for a message that is too large: the close frame is still to be answered
    socket.onerror?.({ error: new RangeError('too large') });
    await nextTask();
    expect(ends).toEqual([]);
    socket.onclose?.({ code: 1009, reason: '', wasClean: true });
    expect(ends).toMatchObject([{ code: 1009 }]);
  });
});

it('[H10] a socket of Bun, which cannot be corked, is written to at once', async () => {
  const socket = Object.assign(new ScriptedSocket(), { _socket: { bytesRead: 0 } });
  socket.readyState = 1;
  new SocketLine(socket as unknown as Given, json()).send('[1]');
  expect(socket.sent).toEqual(['[1]']);
});
