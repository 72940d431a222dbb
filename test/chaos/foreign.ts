/*
 * What others send: payloads that clients cannot read, or hardly, by a foreign peer from a raw socket; results and arguments that are longer than
 * the router takes. Each may cost that event or that call, and nothing else.
 */
import { ApplicationError, type Connection, ConnectionLostError, SerializationError, TimeoutError } from 'autostrada';
import { WebSocket } from 'ws';
import { HELLO } from '../fixtures/messages.ts';
import { encode, type Format, Raw } from '../hostile/formats.ts';
import type { Ledger } from './ledger.ts';
import { POISON, type Worker } from './worker.ts';

/** Lists of arguments: integer keys, times, extensions, bignums, references, values that others do not have, depth. */
const poisons: Readonly<Record<Format, readonly string[]>> = {
  json: ['[1e400]', `[${'9'.repeat(400)}]`, '[{"__proto__":{"a":1}}]', '["\\u0000!"]', '["\\ud800"]', nested('[', ']', 900)],
  msgpack: [
    '91810102',
    '91d6ff5fc63c80',
    '91d40507',
    '91cfffffffffffffffff',
    '91ca7fc00000',
    '918191010a',
    nested('91', '', 900, '90'),
  ],
  cbor: [
    '81a10102',
    '81c11a5fc63c80',
    '81c249010000000000000000',
    '82d81c6161d81d00',
    '81f97e00',
    '81f7',
    '81a1810102',
    nested('81', '', 900, '80'),
  ],
};

function nested(open: string, close: string, depth: number, inside: string = ''): string {
  return open.repeat(depth) + inside + close.repeat(depth);
}

const raw = (format: Format, text: string): Raw => (format === 'json' ? new Raw(text) : Raw.hex(text));

/** Publishes each of them to all, and calls each worker with each. Resolves when the router has answered, or the connection was lost. */
export async function poison(port: number, workers: readonly Worker[]): Promise<void> {
  await Promise.all((Object.keys(poisons) as Format[]).map((format) => poisonIn(format, port, workers)));
}

function poisonIn(format: Format, port: number, workers: readonly Worker[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, `wamp.2.${format}`);
    const send = (message: readonly unknown[]): void => {
      const frame = encode(format, message);
      socket.send(format === 'json' ? frame.toString() : frame);
    };
    let last = 0;
    let answers = -1; // WELCOME is none
    socket.on('open', () => send(HELLO('realm1', { roles: { publisher: {}, caller: {} } })));
    socket.on('message', () => {
      answers++;
      if (answers === last && last > 0) socket.close();
      if (last > 0) return;
      for (const text of poisons[format]) {
        const args = raw(format, text);
        send([16, ++last, { acknowledge: true }, POISON, args]);
        for (const { name } of workers) send([48, ++last, {}, `chaos.${name}.echo`, args]);
      }
    });
    socket.on('error', () => {}); // the router was killed; `close` comes as well
    socket.on('close', () => resolve());
    const timer = setTimeout(() => socket.terminate(), 3000); // who was asked is gone
    socket.on('close', () => clearTimeout(timer));
  });
}

/** Beyond what the router takes. */
const LENGTH = 300_000;

/** Calls with a result, and with an argument, that nobody takes. */
export async function oversize(ledger: Ledger, caller: Connection, { name }: Pick<Worker, 'name'>): Promise<void> {
  const ask = async (procedure: string, args: readonly unknown[], id: number): Promise<void> => {
    const call = caller.call(procedure, args, null, { timeoutMs: 2000, retryOnLoss: 'never' });
    ledger.called(id, 'never', ledger.watch(`${procedure} of ${name} with too much`, call));
    const answer = await call.catch((error: unknown) => error);
    if (isAllowed(answer)) return;
    ledger.violate(
      'wrong answers, orders and errors',
      `${procedure} with too much was answered with ${String(answer).slice(0, 200)}`,
    );
  };
  const [result, argument] = [ledger.newId(), ledger.newId()];
  await Promise.all([
    ask(`chaos.${name}.large`, [result, LENGTH], result),
    ask(`chaos.${name}.echo`, [argument, 'x'.repeat(LENGTH)], argument),
  ]);
}

/** That it was too long, or what any call may meet among faults. */
function isAllowed(answer: unknown): boolean {
  if (answer instanceof TimeoutError || answer instanceof ConnectionLostError) return true;
  if (answer instanceof SerializationError) return answer.uri === 'wamp.error.payload_size_exceeded';
  const usual = ['payload_size_exceeded', 'canceled', 'no_such_procedure', 'network_failure'].map((name) => `wamp.error.${name}`);
  return answer instanceof ApplicationError && usual.includes(answer.uri);
}
