/* The option `maxMessageBytes` of the clients' transports. */

/** `ws` keeps its limit in 31 bits, and takes what does not fit, or zero, for no limit at all. */
const MOST_BYTES = 2 ** 31 - 1;

/** @throws TypeError for what is no integer in the range that the transports can hold. */
export function checkedByteLimit(maxMessageBytes: number): number {
  if (Number.isInteger(maxMessageBytes) && maxMessageBytes >= 1 && maxMessageBytes <= MOST_BYTES) return maxMessageBytes;
  const got = typeof maxMessageBytes === 'number' ? String(maxMessageBytes) : JSON.stringify(maxMessageBytes);
  throw new TypeError(`expected maxMessageBytes to be an integer from 1 to ${MOST_BYTES}, got ${got}`);
}
