/*
 * Sends every value by every route from each serializer to each through a router, by Autobahn|Python at both ends, and says what differs from the table.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { FAILS, type SerializerName, type Value, values } from './values.ts';

export const routes = ['CALL', 'RESULT', 'ERROR', 'EVENT', 'retained', 'get_events', 'testament'] as const;
export type Route = (typeof routes)[number];

/** A value as it was in a frame: in diagnostic notation, and its bytes. */
interface Seen {
  readonly text: string;
  readonly hex: string;
}

/** What a receiver got: the value in `args` and in `kwargs`, an error, nothing, or no session any more. */
interface Got {
  readonly args?: Seen | null;
  readonly kwargs?: Seen | null;
  readonly error?: string;
  readonly why?: string;
  readonly missed?: true;
  readonly lost?: string;
}

interface Arrival {
  readonly value: string;
  readonly route: Route;
  readonly from: SerializerName;
  readonly to: SerializerName;
  readonly sent: Seen;
  readonly got: Got;
}

/** One cell of the matrix. */
export interface Cell {
  readonly value: string;
  readonly route: Route;
  readonly from: SerializerName;
  readonly to: SerializerName;
  readonly expected: string;
  /** As `expected` where it is right. */
  readonly arrived: string;
}

/** The topics that `get_events` is asked about: a router that keeps only what is named has to keep these. */
export const historyTopics: readonly string[] = values.flatMap((_, index) =>
  ['json', 'msgpack', 'cbor'].map((from) => `com.fidelity.get_events.${from}.${index}`),
);

/** @param python - An interpreter that has Autobahn|Python. */
export async function runMatrix(python: string, url: string, some: readonly Value[] = values): Promise<readonly Cell[]> {
  const child = spawn(python, [path.join(import.meta.dirname, 'peer.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [output, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  const ended = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  child.stdin.end(JSON.stringify({ url, realm: 'realm1', values: some }));
  try {
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
  const lines = output.trimEnd().split('\n');
  if (lines.pop() !== 'done') throw new Error(`the peer did not come to its end: ${complaints.slice(-2000)}`);
  const byName = new Map(some.map((value) => [value.name, value]));
  return lines.map((line) => {
    const arrival = JSON.parse(line) as Arrival;
    const value = byName.get(arrival.value);
    if (!value) throw new Error(`the peer told of ${arrival.value}, which was not asked for`);
    return cellOf(value, arrival);
  });
}

function cellOf(value: Value, { route, from, to, sent, got }: Arrival): Cell {
  const expected = from === to ? sent.text : typeof value.crossed === 'string' ? value.crossed : (value.crossed[to] ?? FAILS);
  return {
    value: value.name,
    route,
    from,
    to,
    expected,
    arrived: isBareError(route, got) ? FAILS : arrivedAs(got, from === to ? sent : undefined),
  };
}

/** An error whose payload cannot be handed on keeps its URI; in the place of the payload there is a text that says why (R83). */
function isBareError(route: Route, { args, kwargs }: Got): boolean {
  return route === 'ERROR' && args?.text.startsWith('"') === true && !kwargs;
}

/** @param same - What it has to be byte for byte. */
function arrivedAs({ args, kwargs, error, why, missed, lost }: Got, same: Seen | undefined): string {
  if (lost !== undefined) return lost;
  if (missed || error === 'wamp.error.invalid_argument') return FAILS;
  if (error !== undefined) return `${error} ${why}`;
  if (!args || !kwargs) return `no ${args ? 'kwargs' : 'args'}`;
  if (args.text !== kwargs.text) return `${args.text} in args, ${kwargs.text} in kwargs`;
  if (same && args.text === same.text && args.hex !== same.hex) return `${args.text}, but in bytes ${args.hex}`;
  return args.text;
}
