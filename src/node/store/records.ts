/*
 * The records of a store: a key and a value for each event in each place, in the order in which they came. A realm's retained events are one place, each history is
 * another. The texts of keys sort as the numbers of their records do. The values are events, see event-bytes.ts.
 */
import type { HistoryName } from '../../router/store/store.ts';

/** Of the version of the store. */
export const FORMAT_KEY = 'format';
/** The version that this code writes. A change that older code cannot read makes it grow. */
export const FORMAT = 1;

/** All keys of events begin with it. */
export const EVENT = 'event ';
/** Comes after all keys that begin with `start`, which ends in a space. */
export function endOf(start: string): string {
  return `${start.slice(0, -1)}!`;
}

/** Enough for 2^53. */
const DIGITS = 14;

/** The name of a place. `history` undefined: the retained events of the realm. */
export function placeOf(realm: string, history: HistoryName | undefined): string {
  return JSON.stringify(history ? [realm, history.match, history.uri] : [realm]);
}

export function keyOf(place: string, number: number): string {
  return `${EVENT}${place} ${number.toString(16).padStart(DIGITS, '0')}`;
}

export interface RecordKey {
  readonly place: string;
  readonly number: number;
}

export function readKey(key: string): RecordKey {
  return { place: key.slice(EVENT.length, -DIGITS - 1), number: Number.parseInt(key.slice(-DIGITS), 16) };
}
