// The transport `rawsocket` by itself, as a program takes it from the registry or by the deep import.
import { createServer, type Socket } from 'node:net';
import { HELLO } from '../fixtures/messages.ts';
import { type Any, type Lab, script } from './lab.ts';

interface Peer {
  readonly port: number;
  /** All that came. */
  readonly got: Buffer[];
  readonly socket: Promise<Socket>;
  readonly hasEnded: Promise<void>;
  close(): void;
}

async function listening(): Promise<Peer> {
  const got: Buffer[] = [];
  let tell: (socket: Socket) => void;
  const socket = new Promise<Socket>((resolve) => {
    tell = resolve;
  });
  let end: () => void;
  const hasEnded = new Promise<void>((resolve) => {
    end = resolve;
  });
  const server = createServer({ allowHalfOpen: true }, (made) => {
    made
      .on('data', (octets) => got.push(octets))
      .on('end', () => end())
      .on('error', () => {});
    tell(made);
  });
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as Any).port)));
  return {
    port,
    got,
    socket,
    hasEnded,
    close: () => {
      server.close();
      void socket.then((made) => made.destroy());
    },
  };
}

async function until(isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !isDone(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
}

function made({ rawsocket }: Lab, options: Any): { transport: Any; told: unknown[] } {
  const transport: Any = new (rawsocket.Factory as Any)(options).create();
  const told: unknown[] = [];
  for (const event of ['onopen', 'onmessage', 'onclose']) transport[event] = (given?: unknown) => told.push([event, given]);
  return { transport, told };
}

/** Why it closed apart from that it closed. */
function see(lab: Lab, told: Any[]): void {
  lab.see(
    'reason',
    told.flatMap(([, given]) => given?.reason ?? []),
  );
  lab.see(
    'told',
    told.map(([event, given]) => [event, given && { ...given, reason: undefined }]),
  );
}

script('rawsocket: the transport', async (lab) => {
  const peer = await listening();
  const options = { host: '127.0.0.1', port: peer.port, rawsocket_max_len_exp: 10 };
  const { transport, told } = made(lab, options);
  lab.see('options', [Object.entries(options).slice(2), Object.keys(new (lab.rawsocket.Factory as Any)(options))]);
  lab.see('keys', Object.keys(transport).sort());
  lab.see('at once', [transport.info, transport.protocol, transport.serializer.SERIALIZER_ID]);
  const socket = await peer.socket;
  await until(() => peer.got.length > 0);
  lab.see('handshake', Buffer.concat(peer.got.splice(0)));
  socket.write(Buffer.of(0x7f, 0xf1, 0, 0));
  await until(() => told.length > 0);
  lab.see('open', [...told]);
  lab.see('then', [transport.info, transport.protocol, transport.serializer.SERIALIZER_ID]);
  lab.see('send', [transport.send(HELLO('realm1', { ü: null })), transport.send(['two'])]);
  await until(() => Buffer.concat(peer.got).length > 35);
  lab.see('sent', Buffer.concat(peer.got.splice(0)));
  socket.write(Buffer.concat([Buffer.of(0, 0, 0, 3), Buffer.from('[2]'), Buffer.of(0, 0, 0, 3), Buffer.from('[3]')]));
  socket.write(Buffer.concat([Buffer.of(1, 0, 0, 2), Buffer.from('hi')]));
  await until(() => told.length > 2 && peer.got.length > 0);
  lab.see('received', told.splice(0));
  lab.see('PONG', Buffer.concat(peer.got.splice(0)));
  lab.see('close', transport.close(1000, 'bye'));
  await peer.hasEnded;
  socket.end();
  await until(() => told.length > 0);
  lab.see('closed', told);
  peer.close();
});

const ends: { [name: string]: (socket: Socket) => void } = {
  'is cut': (socket) => socket.resetAndDestroy(),
  'is ended by the router': (socket) => void socket.end(),
  'is refused': (socket) => void socket.write(Buffer.of(0x7f, 0x10, 0, 0)),
  'speaks something else': (socket) => void socket.write('HTTP'),
};
for (const [name, end] of Object.entries(ends)) {
  script(`rawsocket: a line that ${name}`, async (lab) => {
    const peer = await listening();
    const { told } = made(lab, { host: '127.0.0.1', port: peer.port });
    const socket = await peer.socket;
    await until(() => peer.got.length > 0);
    if (/is cut|ended/.test(name)) {
      socket.write(Buffer.of(0x7f, 0xf1, 0, 0));
      await until(() => told.length > 0);
    } else void peer.hasEnded.then(() => socket.end());
    end(socket);
    await until(() => told.some(([event]: Any) => event === 'onclose'));
    see(lab, told);
    peer.close();
  });
}

script('rawsocket: nobody listens, and nowhere to go', async (lab) => {
  const gone = await listening();
  gone.close();
  await lab.settle();
  const { told } = made(lab, { port: gone.port, host: '127.0.0.1' });
  await until(() => told.length > 0);
  see(lab, told);
  const { port, close, socket } = await listening();
  lab.see(
    'no port',
    lab.attempt(() => made(lab, {})),
  );
  lab.see(
    'protocols',
    lab.attempt(() => made(lab, { port, protocols: 'x' })),
  );
  lab.see(
    'too long',
    lab.attempt(() => made(lab, { host: '127.0.0.1', port, rawsocket_max_len_exp: 37 })),
  );
  if (lab.isReal) await socket; // which it has forgotten by now
  close();
});

script('rawsocket: a message that is longer than was announced', async (lab) => {
  const peer = await listening();
  const { told } = made(lab, { host: '127.0.0.1', port: peer.port, rawsocket_max_len_exp: 9 });
  const socket = await peer.socket;
  socket.write(Buffer.of(0x7f, 0xf1, 0, 0));
  await until(() => told.length > 0);
  const text = JSON.stringify('x'.repeat(1000));
  socket.write(Buffer.concat([Buffer.of(0, 0, text.length >> 8, text.length), Buffer.from(text)]));
  await until(() => told.length > 1);
  lab.see('then', [told[1]].flat()[0]);
  peer.close();
});
