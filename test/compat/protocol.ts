// The deep import: the module, options, the handshake, frames and events. PINGs: protocol-pings.ts.
import { EventEmitter } from 'node:events';
import { RESULT } from '../fixtures/messages.ts';
import { type Any, script } from './lab.ts';
import { frame, Stream, shaken, started } from './raw-stream.ts';

script('protocol: what the module has', ({ rawsocket, see }) => {
  const all = rawsocket as Any;
  see(
    'names',
    ['Factory', 'Protocol', 'ProtocolError'].map((name) => typeof all[name]),
  );
  for (const name of ['SERIALIZERS', 'STATUS', 'ERRORS', 'MSGTYPES', 'DEFAULT_OPTIONS']) see(name, all.Protocol.prototype[name]);
  see(
    'methods',
    ['on', 'once', 'removeListener', 'write', 'ping', 'close'].map((name) => typeof all.Protocol.prototype[name]),
  );
  const error = new all.ProtocolError('why');
  see('error', [error instanceof Error, error.name, error.message, typeof error.stack]);
  see('type', all.Factory.prototype.type);
});

const optionSets: { [name: string]: Any } = {
  none: undefined,
  null: null,
  empty: {},
  'no object': 7,
  MessagePack: { serializer: 'msgpack' },
  'too short': { max_len_exp: 8 },
  'too long': { max_len_exp: 37 },
  'no number': { max_len_exp: 'x' },
  'the longest that is let through': { max_len_exp: 36 },
  shortest: { max_len_exp: 9 },
  'pings every second': { autoping: 1000 },
  'pings every second, for ever': { autoping: 1000, ping_timeout: false },
  'pings every three seconds': { autoping: 3000 },
  'negative autoping': { autoping: -1 },
  'autoping of no number': { autoping: '3000' },
  'negative ping_timeout': { ping_timeout: -1 },
  'broken ping_timeout': { ping_timeout: 1.5 },
  'negative packet_timeout': { packet_timeout: -1 },
  'all off': { autoping: false, ping_timeout: false, packet_timeout: false },
};

script('protocol: options', (lab) => {
  const Protocol = lab.rawsocket.Protocol as Any;
  for (const [name, options] of Object.entries(optionSets))
    lab.see(
      name,
      lab.attempt(() => new Protocol(new Stream(), options)._options),
    );
  lab.see(
    'inherited',
    lab.attempt(() => typeof new Protocol(new Stream(), { serializer: 'toString' })),
  );
  const mine = { max_len_exp: 10 };
  new Protocol(new Stream(), mine);
  lab.see('what was given', mine);
  lab.see('no stream', lab.attempt(() => new Protocol()) instanceof Object);
});

script('protocol: handshake', (lab) => {
  for (const max_len_exp of [9, 16, 24, 25, 36]) {
    const { stream, protocol, told } = started(lab, { max_len_exp });
    lab.see(`before 2^${max_len_exp}`, [stream.written, protocol._status]);
    lab.see(
      `begins 2^${max_len_exp}`,
      lab.attempt(() => stream.emit('connect')),
    );
    lab.see(`written 2^${max_len_exp}`, [stream.written, protocol._status, told]);
  }
  const { stream, protocol, told } = started(lab);
  stream.emit('connect');
  lab.see(
    'again',
    lab.attempt(() => stream.emit('connect')),
  );
  stream.deliver(0x7f);
  stream.deliver(0x91, 0);
  lab.see('in pieces', [...told]);
  stream.deliver(0);
  lab.see('answered', [told, protocol._status, protocol._options]);
  lab.see('written', [stream.written, stream.ends]);
});

const refusals: { [name: string]: number[] } = {
  'no magic': [0x48, 0x54, 0x54, 0x50],
  'zero for magic': [0, 0xf1, 0, 0],
  MessagePack: [0x7f, 0xf2, 0, 0],
  'serializer 15': [0x7f, 0xff, 0, 0],
  'reserved octets': [0x7f, 0xf1, 1, 2],
};
for (let code = 0; code < 16; code++) refusals[`error ${code}`] = [0x7f, code << 4, 0, 0];

script('protocol: answers to the handshake', (lab) => {
  for (const [name, octets] of Object.entries(refusals)) {
    const { stream, protocol, told } = started(lab);
    stream.emit('connect');
    lab.see(name, [lab.attempt(() => stream.deliver(...octets)), told, stream.ends, protocol._status, protocol._options]);
    const silent = started(lab, {}, false);
    silent.stream.emit('connect');
    lab.see(`${name}, and nobody listens`, [lab.attempt(() => silent.stream.deliver(...octets)), silent.told, silent.stream.ends]);
  }
});

script('protocol: octets before the handshake, and after the end', (lab) => {
  const early = started(lab);
  lab.see(
    'early',
    lab.attempt(() => early.stream.deliver(1)),
  );
  lab.see('early, told', early.told);
  const late = shaken(lab);
  lab.see('close', [late.protocol.close(), late.stream.ends, late.protocol._status]);
  lab.see(
    'late',
    lab.attempt(() => late.stream.deliver(frame(0, '[1]'))),
  );
  lab.see('late, told', late.told);
  lab.see('twice', [late.protocol.close(), late.stream.ends]);
  late.protocol.write([1]);
  lab.see('written after it', late.stream.written);
  const rest = started(lab);
  rest.stream.emit('connect');
  lab.see(
    'a refusal and more',
    lab.attempt(() => rest.stream.deliver(0x7f, 0x10, 0, 0, 1)),
  );
  lab.see('a refusal and more, told', rest.told);
  lab.see(
    'globals',
    ['message', 'name'].filter((name) => name in globalThis),
  );
  for (const name of ['message', 'name']) delete (globalThis as Any)[name];
});

const messages = [[1, 'realm1', {}], RESULT(2 ** 53, { a: null }), 'ü€😀', null, 0, []];
const stream = Buffer.concat([
  ...messages.map((message) => frame(0, JSON.stringify(message))),
  frame(0, 'no JSON'),
  frame(1, 'are you there'),
  frame(0x10, '["reserved bits"]'),
  frame(0, '[2]'),
]);
for (const size of [1, 2, 3, 4, 5, 7, 64, stream.length]) {
  script(`protocol: frames in chunks of ${size}`, (lab) => {
    const { stream: line, told, protocol } = shaken(lab);
    for (let at = 0; at < stream.length; at += size) line.deliver(stream.subarray(at, at + size));
    lab.see('told', told);
    lab.see('written', line.written);
    lab.see('status', protocol._status);
  });
}

script('protocol: a chunk that begins with the handshake', (lab) => {
  const { stream, told } = started(lab);
  stream.emit('connect');
  stream.deliver(0x7f, 0xf1, 0, 0, frame(0, '[1]'), frame(0, '[2]').subarray(0, 5));
  lab.see('told', told);
  stream.deliver(frame(0, '[2]').subarray(5));
  lab.see('all', told);
});

script('protocol: frames that are none', (lab) => {
  for (let type = 3; type < 16; type++) {
    const { stream, told, protocol } = shaken(lab);
    lab.see(`type ${type}`, [
      lab.attempt(() => stream.deliver(frame(type, 'x').subarray(0, 4))),
      told,
      stream.ends,
      protocol._status,
    ]);
  }
  for (const type of [0, 1]) {
    const { stream, told } = shaken(lab);
    stream.deliver(frame(type, ''));
    lab.see(`empty ${type}`, [[...told], [...stream.written]]);
    stream.deliver(frame(0, '[1]'));
    lab.see(`empty ${type}, and the next`, [told, stream.written]);
  }
  const longest = shaken(lab);
  lab.attempt(() => longest.stream.deliver(8, 0, 0, 0, frame(0, `"${'x'.repeat(2 ** 24 - 2)}"`).subarray(4)));
  lab.see(
    'the 25th bit of a length',
    longest.told.map((event: Any) => [event[0], event[1]?.length]),
  );
  const { stream, told } = shaken(lab, {}, false);
  lab.see(
    'nobody listens',
    lab.attempt(() => stream.deliver(frame(0, '{'))),
  );
  lab.see('told', told);
});

script('protocol: write', (lab) => {
  const { protocol, stream, told } = shaken(lab);
  for (const message of messages) protocol.write(message);
  lab.see('messages', stream.written.splice(0));
  lab.see('returns', [protocol.write([1]), protocol.write('text', protocol.MSGTYPES.PING), protocol.write('ü', 2)]);
  lab.see('types', stream.written.splice(0));
  let left = 0;
  protocol.write([1], 0, () => left++);
  lab.see('callback', [left, stream.flush(), left]);
  lab.see(
    'undefined',
    lab.attempt(() => protocol.write()),
  );
  lab.see('cycle', lab.attempt(() => protocol.write(Object.assign([], { 0: stream, 1: 1n }))) instanceof Object);
  lab.see('told', told);
});

script('protocol: frames that are too big', (lab) => {
  const early = started(lab);
  early.protocol.write([1]);
  early.protocol.write('x', 1);
  early.protocol.write('', 1);
  lab.see('before the handshake', [early.told, early.stream.written]);
  const { protocol, stream, told } = started(lab);
  stream.emit('connect');
  stream.deliver(0x7f, 0x01, 0, 0);
  for (const length of [509, 510, 511]) protocol.write('x'.repeat(length));
  protocol.write('ü'.repeat(256));
  protocol.write('x'.repeat(513), 1);
  protocol.write('x'.repeat(512), 1);
  lab.see('told', told);
  lab.see(
    'written',
    stream.written.map(({ length }) => length),
  );
  stream.deliver(frame(0, JSON.stringify('x'.repeat(1000))));
  lab.see('taken', told.length);
  const whole = shaken(lab);
  lab.see(
    '2^24',
    lab.attempt(() => whole.protocol.write('x'.repeat(2 ** 24 - 2))),
  );
  lab.see(
    '2^24, written',
    whole.stream.written.map((octets) => [octets.length, ...octets.subarray(0, 4)]),
  );
  lab.see('more', [whole.protocol.write('x'.repeat(2 ** 24 - 1)), whole.told]);
});

script('protocol: events of the stream', (lab) => {
  const { protocol, stream, told } = started(lab);
  for (const [event, given] of [['drain'], ['timeout'], ['end'], ['error', new Error('reset')], ['close', true]] as Any)
    stream.emit(event, given);
  lab.see('told', told);
  const calls: unknown[] = [];
  const handler = (...given: unknown[]): void => void calls.push(given);
  const emitter = protocol.on('drain', handler);
  lab.see('emitter', [
    emitter instanceof EventEmitter,
    emitter === protocol.once('drain', handler),
    emitter === protocol.removeListener('x', handler),
  ]);
  stream.emit('drain', 1, 2);
  stream.emit('drain');
  protocol.removeListener('drain', handler);
  stream.emit('drain');
  lab.see('calls', calls);
  lab.see(
    'an error that nobody hears',
    lab.attempt(() => started(lab, {}, false).stream.emit('error', new Error('reset'))),
  );
});

script('protocol: a handler closes', (lab) => {
  const { protocol, stream, told } = shaken(lab);
  protocol.on('data', () => protocol.close());
  lab.see(
    'attempt',
    lab.attempt(() => stream.deliver(frame(0, '[1]'), frame(0, '[2]'))),
  );
  lab.see('told', told);
  lab.see('status', protocol._status);
});

script('protocol: a chunk with thousands of frames', (lab) => {
  const { stream, told } = shaken(lab);
  const { throws }: Any = lab.attempt(() => stream.deliver(Buffer.alloc(100_000, frame(0, '7'))));
  lab.see('throws', throws instanceof RangeError);
  lab.see('frames', told.length);
});
