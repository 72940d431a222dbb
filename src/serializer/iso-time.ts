/* Points in time as text. */

/** As ISO 8601 has it, in UTC; of the fraction of a second as much as there is. Undefined: it has no text for that. */
export function isoTime(seconds: number, nanoseconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || nanoseconds > 999_999_999) return undefined;
  // Nine digits, of which three or six zeros at the end are left out; JavaScript of 2012 has no padStart.
  const fraction =
    nanoseconds === 0
      ? ''
      : `.${String(1e9 + nanoseconds)
          .slice(1)
          .replace(/(?:000){1,2}$/, '')}`;
  return date.toISOString().replace('.000Z', `${fraction}Z`);
}
