/*
 * Answers that list ids: how many fit into one answer, and how a caller gets a list in parts. WAMP does not define that; here the keyword
 * arguments `limit` and `after` do it. Ids are counted before an answer is made.
 */
import { ApplicationError } from '../../base/errors.ts';
import type { Dict, Id } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import { invalidArgument } from './arguments.ts';

/** The bytes of an id in JSON, with its comma. */
const ID_BYTES = 17;
/** Room for the rest of a RESULT, with a margin. */
const ENVELOPE_BYTES = 128;

/** Visiting this many things is about as much work as a short message. */
const THINGS_A_UNIT = 64;
/** This many ids of a short page are one unit of work. */
const SORTED_AT_ONCE = 4096;

/** Counts the work of long answers, in units (turns.ts). */
export interface Weighed {
  readonly limits: { readonly maxMessageBytes: number };
  spend(units: number): void;
}

/** Reports how many things an answer visits. */
export function weigh({ spend }: Pick<Weighed, 'spend'>, count: number): void {
  if (count >= THINGS_A_UNIT) spend(Math.floor(count / THINGS_A_UNIT));
}

/** How many ids fit into an answer of this length. */
export function roomFor({ maxMessageBytes }: { readonly maxMessageBytes: number }): number {
  return Math.max(1, Math.floor((maxMessageBytes - ENVELOPE_BYTES) / ID_BYTES));
}

/** The keyword arguments of procedures that list. */
export const PAGE: readonly string[] = ['limit', 'after'];

/** A part of a list: the `limit` smallest ids above `after`. */
export interface Page {
  readonly limit: number;
  readonly after: Id;
}

/**
 * The page that `limit` and `after` request. Undefined: all ids.
 *
 * @throws {@link ApplicationError} `invalid_argument`.
 */
export function readPage({ limit, after }: Dict): Page | undefined {
  const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
  if (!isGiven(limit) && !isGiven(after)) return undefined;
  const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (isGiven(limit) && !(isCount(limit) && limit > 0)) throw invalidArgument('limit to be a positive integer', limit);
  if (isGiven(after) && !isCount(after)) throw invalidArgument('after to be an id', after);
  return { limit: isCount(limit) ? limit : Number.POSITIVE_INFINITY, after: isCount(after) ? after : 0 };
}

/**
 * The requested ids. A full list has no order, a page is in order of ids.
 *
 * @param count - How many there are.
 * @throws {@link ApplicationError} `payload_size_exceeded` if they do not fit into an answer.
 */
export function listed(realm: Weighed, count: number, ids: Iterable<Id>, page: Page | undefined): readonly Id[] {
  weigh(realm, count);
  const room = roomFor(realm.limits);
  if (page) return smallest(ids, page, room);
  if (count > room) throw tooMany(count, room);
  return [...ids];
}

/** There may be millions: only as many as the page has are kept and sorted. */
function smallest(ids: Iterable<Id>, { limit, after }: Page, room: number): readonly Id[] {
  const most = Math.min(limit, room);
  const batch = Math.max(2 * most, SORTED_AT_ONCE);
  let chosen: Id[] = [];
  let found = 0;
  let last = Number.POSITIVE_INFINITY;
  for (const id of ids) {
    if (id <= after) continue;
    found++;
    if (id >= last) continue;
    chosen.push(id);
    if (chosen.length < batch) continue;
    chosen = inOrder(chosen, most);
    last = chosen.at(-1) ?? last;
  }
  const length = Math.min(found, limit);
  if (length > room) throw tooMany(length, room);
  return inOrder(chosen, most);
}

function inOrder(ids: readonly Id[], length: number): Id[] {
  return [...Float64Array.from(ids).sort().subarray(0, length)];
}

/** The ids of things. */
export function* idsOf(things: Iterable<{ readonly id: Id }>): Iterable<Id> {
  for (const { id } of things) yield id;
}

/** Lists that WAMP splits by match. A page counts all three together. */
export function listedByMatch(
  realm: Weighed,
  all: {
    readonly size: number;
    values(match: Match): Iterable<{ readonly id: Id }>;
    get(id: Id): { readonly match: Match } | undefined;
  },
  page: Page | undefined,
): { readonly [match in Match]: readonly Id[] } {
  const found: { [match in Match]: Id[] } = { exact: [], prefix: [], wildcard: [] };
  const matches = ['exact', 'prefix', 'wildcard'] as const;
  const ids = function* (): Iterable<Id> {
    for (const match of matches) yield* idsOf(all.values(match));
  };
  for (const id of listed(realm, all.size, ids(), page)) found[all.get(id)?.match ?? 'exact'].push(id);
  return found;
}

function tooMany(count: number, room: number): ApplicationError {
  const text = `there are ${count}, and an answer has room for ${room}: ask with the keyword arguments limit (at most ${room}) and after (the last id of the answer before)`;
  return new ApplicationError(PAYLOAD_SIZE_EXCEEDED, [text]);
}
