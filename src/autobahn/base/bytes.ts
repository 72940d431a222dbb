/* Of `autobahn.util`: bytes as base64 and as hex digits. Nothing and the empty text give null, as there. */

export function atob(text: string): Uint8Array | null {
  if (!text) return null;
  const binary = globalThis.atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function btoa(bytes: ArrayLike<number>): string | null {
  if (!bytes) return null;
  let binary = '';
  for (let i = 0; i < bytes.length; i++) binary += String.fromCharCode(bytes[i] ?? 0);
  return globalThis.btoa(binary);
}

export function btoh(bytes: ArrayLike<number>): string | null {
  if (!bytes) return null;
  let hex = '';
  for (let i = 0; i < bytes.length; i++) hex += `0${((bytes[i] ?? 0) & 0xff).toString(16)}`.slice(-2);
  return hex;
}

export function htob(hex: string): Uint8Array | null {
  if (!hex) return null;
  if (typeof hex !== 'string') throw new TypeError('Expected input to be a string');
  if (hex.length % 2 !== 0) throw new RangeError('Expected string to be an even number of characters');
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
