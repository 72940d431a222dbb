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
export function listed(count: number, ids: Iterable<Id>, page: Page | undefined, room: number): readonly Id[] {
  if (!page) {
    if (count > room) throw tooMany(count, room);
    return [...ids];
  }
  const found: Id[] = [];
  for (const id of ids) if (id > page.after) found.push(id);
  const length = Math.min(found.length, page.limit);
  if (length > room) throw tooMany(length, room);
  return [...Float64Array.from(found).sort().subarray(0, length)];
}

/** The ids of things. */
export function* idsOf(things: Iterable<{ readonly id: Id }>): Iterable<Id> {
  for (const { id } of things) yield id;
}

/** What WAMP lists by match. A page counts over all three together. */
export function listedByMatch(
  all: { readonly size: number; values(match: Match): Iterable<{ readonly id: Id }> },
  page: Page | undefined,
  room: number,
): { readonly [match in Match]: readonly Id[] } {
  const ids = { exact: idsOf(all.values('exact')), prefix: idsOf(all.values('prefix')), wildcard: idsOf(all.values('wildcard')) };
  if (!page) {
    if (all.size > room) throw tooMany(all.size, room);
    return { exact: [...ids.exact], prefix: [...ids.prefix], wildcard: [...ids.wildcard] };
  }
  const byMatch = Object.entries(ids).map(([match, each]) => [match, new Set(each)] as const);
  const chosen = listed(
    all.size,
    byMatch.flatMap(([, each]) => [...each]),
    page,
    room,
  );
  const part = (match: Match): readonly Id[] => {
    const own = new Map(byMatch).get(match);
    return chosen.filter((id) => own?.has(id));
  };
  return { exact: part('exact'), prefix: part('prefix'), wildcard: part('wildcard') };
}

function tooMany(count: number, room: number): ApplicationError {
  const text = `there are ${count}, and an answer has room for ${room}: ask with the keyword arguments limit (at most ${room}) and after (the last id of the answer before)`;
  return new ApplicationError(PAYLOAD_SIZE_EXCEEDED, [text]);
}
