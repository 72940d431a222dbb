/* The option `maxMessageBytes` of the clients' transports. */

/** `ws` keeps its limit in 31 bits, and reads a larger value, or zero, as no limit. */
const MOST_BYTES = 2 ** 31 - 1;

/** @throws TypeError for anything but an integer in the range that the transports support. */
export function checkedByteLimit(maxMessageBytes: number): number {
  if (Number.isInteger(maxMessageBytes) && maxMessageBytes >= 1 && maxMessageBytes <= MOST_BYTES) return maxMessageBytes;
  const got = typeof maxMessageBytes === 'number' ? String(maxMessageBytes) : JSON.stringify(maxMessageBytes);
  throw new TypeError(`expected maxMessageBytes to be an integer from 1 to ${MOST_BYTES}, got ${got}`);
}
