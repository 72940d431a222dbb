/*
 * A campaign: rounds of bad input against one end until so many mutated messages were sent. Round `index` of a seed is always the same script. A round
 * that fails is played again on a bench of its own, cut down while it still fails, and told: seed, index, messages.
 *
 *   npm run fuzz                          a million messages per serializer
 *   SEED=7 COUNT=5000 npm run fuzz        so many, of this seed
 *   SEED=7 INDEX=123 npm run fuzz         one round again
 */
import { expect } from 'vitest';
import { Code } from '../fixtures/messages.ts';
import { anyEdit, type ByteEdit, editFrame, isPlainDict, Live, mutate, type Template } from './mutate.ts';
import { Random } from './random.ts';

export type Action =
  | { readonly send: Template; readonly edits?: readonly ByteEdit[]; readonly isWild?: boolean }
  /** Everything is delivered and done. */
  | { readonly tick: true }
  | { readonly advance: number }
  /** Good traffic, by its name at this bench; `luck` settles what it leaves open. */
  | { readonly good: string; readonly luck?: number };

export interface Bench {
  script(random: Random): readonly Action[];
  /** @returns How many messages that were mutated were sent while somebody was there to take them. */
  play(script: readonly Action[], random: Random): Promise<number>;
  close(): Promise<void>;
}

const isLong = process.env.npm_lifecycle_event === 'fuzz';

/** Messages per serializer and end: 100 000 per serializer in `npm test`, a million in `npm run fuzz`, half of them against each end. */
export const count: number = Number(process.env.COUNT ?? (isLong ? 1_000_000 : 100_000)) / 2;
const given = process.env.SEED;
const only = process.env.INDEX;
/** A fresh one for each long run, told if it fails; in `npm test` always the same. */
export const seed: number = given !== undefined ? Number(given) : isLong ? Math.floor(Math.random() * 2 ** 31) : 20_260;
export const timeoutMs: number = 60_000 + count * 4;

/** So many rounds share a bench. */
const ROUNDS_PER_BENCH = 2000;

/** What every object inherits, before anything was received. */
const clean = Reflect.ownKeys(Object.prototype);

export async function campaign(open: () => Promise<Bench>): Promise<void> {
  const watch = watchProcess();
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // by far the dearest part of an error, of which there are many
  let bench = await open();
  try {
    let sent = 0;
    const last = only === undefined ? Number.POSITIVE_INFINITY : Number(only);
    for (let index = only === undefined ? 0 : last; sent < count && index <= last; index++) {
      if (index % ROUNDS_PER_BENCH === ROUNDS_PER_BENCH - 1) {
        await bench.close();
        bench = await open();
      }
      const script = bench.script(new Random(seed, index));
      try {
        sent += await bench.play(script, new Random(seed, index));
        watch.check();
      } catch (error) {
        Error.stackTraceLimit = stackTraceLimit;
        throw new Error(await tell(open, script, index, error, watch), { cause: error });
      }
    }
    await bench.close();
    watch.check();
    expect(Reflect.ownKeys(Object.prototype)).toEqual(clean);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    watch.stop();
  }
}

/** What nobody caught, in this process. */
function watchProcess(): { check(): void; stop(): void } {
  const caught: unknown[] = [];
  const onCaught = (error: unknown): void => {
    caught.push(error);
  };
  process.on('unhandledRejection', onCaught);
  process.on('uncaughtException', onCaught);
  return {
    check() {
      const [first] = caught.splice(0);
      if (first !== undefined) throw new Error('nobody caught an error', { cause: first });
    },
    stop() {
      process.off('unhandledRejection', onCaught);
      process.off('uncaughtException', onCaught);
    },
  };
}

async function tell(
  open: () => Promise<Bench>,
  script: readonly Action[],
  index: number,
  error: unknown,
  watch: { check(): void },
): Promise<string> {
  const fails = async (actions: readonly Action[]): Promise<boolean> => {
    try {
      const bench = await open();
      await bench.play(actions, new Random(seed, index));
      await new Promise((resolve) => setImmediate(resolve));
      watch.check();
      await bench.close();
      return false;
    } catch {
      return true;
    }
  };
  let smallest = script;
  const isAlone = await fails(script);
  if (isAlone) {
    for (let i = smallest.length - 1; i >= 0; i--) {
      const less = smallest.filter((_, at) => at !== i);
      if (await fails(less)) smallest = less;
    }
  }
  const why =
    error instanceof Error ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.stack}` : ''}` : String(error);
  const how = isAlone ? '' : '\n(not by itself: only after the rounds before it)';
  return `${why}\n\nAgain with: SEED=${seed} INDEX=${index} npm run fuzz${how}\n${smallest.map(show).join('\n')}`;
}

function show(action: Action): string {
  return JSON.stringify(action, (_, value: unknown) => (value instanceof Uint8Array ? `${value.length} bytes` : value)).slice(
    0,
    500,
  );
}

/** Encodes as an attacker does; undefined for what the serializer does not write. */
export function encode(
  serializer: { encode(list: readonly unknown[]): string | Uint8Array },
  list: readonly unknown[],
  edits: readonly ByteEdit[] = [],
): string | Uint8Array | undefined {
  let frame: string | Uint8Array;
  try {
    frame = serializer.encode(list);
  } catch {
    return undefined;
  }
  return edits.reduce(editFrame, frame);
}

/** A valid list that the far end must have taken for an end of the session: ABORT or GOODBYE. */
export function isEnding(list: unknown): boolean {
  return (
    Array.isArray(list) && (list[0] === Code.ABORT || list[0] === Code.GOODBYE) && (isPlainDict(list[1]) || list[1] instanceof Live)
  );
}

/** As it is, or with something wrong; `wildness` is how often. */
export function perhaps(random: Random, template: Template, wildness: number): Action {
  if (!random.chance(wildness)) return { send: template };
  if (random.chance(0.75)) return { send: mutate(template, random), isWild: true };
  return { send: template, edits: Array.from({ length: 1 + random.below(3) }, () => anyEdit(random)), isWild: true };
}
