interface Handle {
  readonly writeQueueSize?: number;
  /** What is beneath TLS. */
  readonly _parent?: Handle;
}

/**
 * Bytes of a socket of Node.js that are still to be sent, those of an unfinished write counted one by one: `bytesWritten` and `writableLength`
 * change only when all of it is gone. Not public, but what Node.js itself asks before it calls a socket idle (`Socket._onTimeout`).
 *
 * @returns Undefined where the platform does not tell, as Windows and Bun.
 */
export function unsentBytes(socket: object | null | undefined): number | undefined {
  const { process } = globalThis as { readonly process?: { readonly platform?: string } };
  const handle = (socket as { readonly _handle?: Handle } | null | undefined)?._handle;
  if (handle?.writeQueueSize === undefined || process?.platform === 'win32') return undefined;
  return handle.writeQueueSize + (handle._parent?.writeQueueSize ?? 0);
}
