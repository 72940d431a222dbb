/* Points in time as text. */
import { byteAt } from './byte-at.ts';

const DAY = 86_400;
/** The years 0 to 9999, in seconds since 1970. */
const FIRST = -62_167_219_200;
const LAST = 253_402_300_799;

/** The longest text of a time, in bytes: that of a year with six digits. */
export const LONGEST_TIME = 37;
const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;

/**
 * The time as text of ISO 8601, in UTC, with as many digits of the fraction as needed. Undefined: ISO 8601 has no text for
 * this time.
 */
export function isoTime(seconds: number, nanoseconds: number): string | undefined {
  const bytes = new Uint8Array(LONGEST_TIME);
  const length = writeIsoTime(seconds, nanoseconds, bytes);
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(byteAt(bytes, i));
  return text || undefined;
}

/** Writes the same text as bytes. @returns The number of bytes; 0 if there is no text for this time. */
export function writeIsoTime(seconds: number, nanoseconds: number, target: Uint8Array): number {
  if (nanoseconds > 999_999_999) return 0;
  let at = seconds >= FIRST && seconds <= LAST ? ofFourDigits(seconds, target) : ofAnyYear(seconds, target);
  if (at === 0) return 0;
  if (nanoseconds > 0) {
    target[at++] = 0x2e;
    // The fraction has nine digits. If the last three or six are zeros, they are left out.
    const groups = nanoseconds % 1e6 === 0 ? 1 : nanoseconds % 1000 === 0 ? 2 : 3;
    at = digits(nanoseconds / 1000 ** (3 - groups), groups * 3, target, at);
  }
  target[at++] = 0x5a;
  return at;
}

function ofAnyYear(seconds: number, target: Uint8Array): number {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return 0;
  const text = date.toISOString();
  for (let i = 0; i < text.length; i++) target[i] = text.charCodeAt(i);
  return text.length - '.000Z'.length;
}

function ofFourDigits(seconds: number, target: Uint8Array): number {
  const days = Math.floor(seconds / DAY);
  const time = seconds - days * DAY;
  if (days !== lastDay) {
    lastDay = days;
    writeDate(days, lastDate);
  }
  for (let i = 0; i < 10; i++) target[i] = byteAt(lastDate, i);
  target[10] = 0x54;
  digits((time / 3600) | 0, 2, target, 11);
  target[13] = COLON;
  digits(((time / 60) | 0) % 60, 2, target, 14);
  target[16] = COLON;
  return digits(time % 60, 2, target, 17);
}

/** The last day is kept, because times that come together are mostly of the same day. */
let lastDay = Number.NaN;
const lastDate: Uint8Array = /* @__PURE__ */ new Uint8Array(10);

/**
 * Computes the date, which is many times quicker than a `Date`. Here a year begins in March, so that a leap day is its last
 * day.
 */
function writeDate(days: number, target: Uint8Array): void {
  const shifted = days + 719_468; // days since March 1 of the year 0
  const era = Math.floor(shifted / 146_097); // an era has 400 years
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  digits(yearOfEra + era * 400 + (month < 10 ? 0 : 1), 4, target, 0);
  target[4] = DASH;
  digits(month < 10 ? month + 3 : month - 9, 2, target, 5);
  target[7] = DASH;
  digits(day, 2, target, 8);
}

/** Writes so many digits, with zeros at the front. @returns Where they end. */
function digits(value: number, count: number, target: Uint8Array, at: number): number {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    target[i] = ZERO + (rest % 10);
    rest = (rest / 10) | 0; // there are nine digits at most
  }
  return at + count;
}
