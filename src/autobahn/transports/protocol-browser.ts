/* Stands for protocol.ts in browsers, which have no such streams. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

export class Protocol {
  constructor() {
    throw 'No RawSocket support in browser';
  }
}
