/* Points in time as text. */

const DAY = 86_400;
/** From the year 0 to the year 9999, in seconds since 1970. */
const FIRST = -62_167_219_200;
const LAST = 253_402_300_799;

/** As ISO 8601 has it, in UTC; of the fraction of a second as much as there is. Undefined: it has no text for that. */
export function isoTime(seconds: number, nanoseconds: number): string | undefined {
  if (nanoseconds > 999_999_999) return undefined;
  // Nine digits, of which three or six zeros at the end are left out.
  const fraction = nanoseconds === 0 ? '' : `.${padded(nanoseconds, 9).replace(/(?:000){1,2}$/, '')}`;
  if (seconds >= FIRST && seconds <= LAST) return `${ofFourDigits(seconds)}${fraction}Z`;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('.000Z', `${fraction}Z`);
}

/** By arithmetic, which is several times as quick as a `Date`. Years begin in March here, so that a leap day is the last one. */
function ofFourDigits(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  const time = seconds - days * DAY;
  const shifted = days + 719_468; // since March 1 of the year 0
  const era = Math.floor(shifted / 146_097); // of 400 years
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const year = yearOfEra + era * 400 + (month < 10 ? 0 : 1);
  const [hour, minute] = [Math.floor(time / 3600), Math.floor(time / 60) % 60];
  return `${padded(year, 4)}-${two(month < 10 ? month + 3 : month - 9)}-${two(day)}T${two(hour)}:${two(minute)}:${two(time % 60)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** JavaScript of 2012 has no padStart. */
function padded(value: number, digits: number): string {
  return String(10 ** digits + value).slice(1);
}
