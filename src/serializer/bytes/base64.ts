/* RFC 4648 section 4, by the platform: `btoa` and `atob` exist in Node.js and in every browser that has WebSocket. */

const CHUNK = 0x2000; // the most arguments for one call of fromCharCode

export function bytesToBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) {
    const part: unknown = bytes.subarray(i, i + CHUNK);
    text += String.fromCharCode.apply(null, part as number[]);
  }
  return btoa(text);
}

/** No group is repeated: for some megabytes that would use more stack than there is. */
const BASE64 = /^[a-z\d+/]*={0,2}$/i;

/** The bytes of the base64 text from `start` on. Undefined when it is not base64. */
export function base64ToBytes(text: string, start = 0): Uint8Array | undefined {
  const base64 = text.slice(start);
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) return undefined;
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
