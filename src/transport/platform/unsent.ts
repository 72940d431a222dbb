interface Handle {
  readonly writeQueueSize?: number;
  /** The socket under TLS. */
  readonly _parent?: Handle;
}

/**
 * The number of bytes that a socket of Node.js still has to send. Of an unfinished write only the unsent bytes count;
 * `bytesWritten` and `writableLength` change only when the whole write is done. This is not a public API, but Node.js itself
 * uses it before it calls a socket idle (`Socket._onTimeout`).
 *
 * @returns Undefined if the platform does not tell, as with Windows and Bun.
 */
export function unsentBytes(socket: object | null | undefined): number | undefined {
  const { process }: { readonly process?: { readonly platform?: string } } = globalThis;
  const handle = (socket as { readonly _handle?: Handle } | null | undefined)?._handle;
  if (handle?.writeQueueSize === undefined || process?.platform === 'win32') return undefined;
  return handle.writeQueueSize + (handle._parent?.writeQueueSize ?? 0);
}
