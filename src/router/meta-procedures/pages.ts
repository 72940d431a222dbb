/*
 * Answers that list ids: how many fit into one, and how whoever asks gets them part by part. WAMP has no word for that; here the keyword
 * arguments `limit` and `after` of the procedures that list. It is decided by counting, before anything is put together.
 */
import { ApplicationError } from '../../errors.ts';
import type { Match } from '../../protocol/uri.ts';
import { PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import type { Dict, Id } from '../../words.ts';
import { invalidArgument } from './arguments.ts';

/** Of an id in JSON, with its comma. */
const ID_BYTES = 17;
/** What is in a RESULT besides ids, and to spare. */
const ENVELOPE_BYTES = 128;

/** So many things looked at are about as much work as a short message. */
const THINGS_A_UNIT = 64;
/** So many ids of a short page. */
const SORTED_AT_ONCE = 4096;

/** Where answers that take long are counted, in units of work (turns.ts). */
export interface Weighed {
  readonly limits: { readonly maxMessageBytes: number };
  spend(units: number): void;
}

/** To answer, so many things are looked at. */
export function weigh({ spend }: Pick<Weighed, 'spend'>, count: number): void {
  if (count >= THINGS_A_UNIT) spend(Math.floor(count / THINGS_A_UNIT));
}

/** How many ids an answer of this length has room for. */
export function roomFor({ maxMessageBytes }: { readonly maxMessageBytes: number }): number {
  return Math.max(1, Math.floor((maxMessageBytes - ENVELOPE_BYTES) / ID_BYTES));
}

/** The keyword arguments of what lists. */
export const PAGE: readonly string[] = ['limit', 'after'];

/** A part of a list: the `limit` smallest ids above `after`. */
export interface Page {
  readonly limit: number;
  readonly after: Id;
}

/**
 * What `limit` and `after` ask for. Undefined: for all.
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
 * The ids that are asked for; all of them are as they come, a page is in order of ids.
 *
 * @param count - How many there are.
 * @throws {@link ApplicationError} `payload_size_exceeded` for more than an answer has room for.
 */
export function listed(realm: Weighed, count: number, ids: Iterable<Id>, page: Page | undefined): readonly Id[] {
  weigh(realm, count);
  const room = roomFor(realm.limits);
  if (page) return smallest(ids, page, room);
  if (count > room) throw tooMany(count, room);
  return [...ids];
}

/** They may be millions: no more of them are held, and put in order, than the page has room for. */
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

/** What WAMP lists by match. A page counts over all three together. */
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
