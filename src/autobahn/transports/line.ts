/*
 * A transport of Autobahn's kind over our connector: what the built-in ones have in common. It is returned at once, and opens or closes later.
 */
import { type Connector, SerializationError, type Serializer, type Transport } from '../../index.ts';
import type { ISerializer, ITransport, ITransportInfo } from '../api/transport-api.ts';
import type { Any } from '../base/any.ts';
import { log } from '../base/log.ts';

/** @param closeCode - What `onclose` says if the connection was closed without a code. */
export function open(
  connector: Connector,
  serializers: readonly ISerializer[],
  info: ITransportInfo,
  closeCode = 1006,
): ITransport {
  const controller = new AbortController();
  let line: Transport | undefined;
  let sent: Promise<unknown> | undefined;
  const transport: ITransport = {
    protocol: undefined,
    serializer: info.protocol ? serializers[0] : undefined, // else the router chooses
    info,
    onopen: () => {},
    onmessage: () => {},
    onclose: () => {},
    send(message) {
      const payload = writtenBy(transport.serializer, message);
      if (!sent && typeof payload?.then !== 'function') return line?.send(payload);
      // The serializer returns promises; messages keep their order.
      sent = Promise.all([payload, sent]).then(([frame]) => line?.send(frame), log.warn);
    },
    close(code, reason) {
      if (line) line.close(code, reason);
      else controller.abort();
    },
  };
  const failed = (error: Any): void => transport.onclose({ code: closeCode, reason: error?.message ?? '', wasClean: false });
  const connected = async (): Promise<Transport> =>
    connector.connect({ serializers: serializers.map(frames), signal: controller.signal });
  connected().then((opened) => {
    line = opened;
    const { name } = opened.serializer;
    transport.serializer = serializers.find(({ SERIALIZER_ID }) => SERIALIZER_ID === name);
    info.protocol = `wamp.2.${name}`;
    opened.start({
      frame: (frame) => transport.onmessage(readBy(transport.serializer, frame)),
      closed: ({ clean, code, reason }) => transport.onclose({ code: code ?? closeCode, reason: reason ?? '', wasClean: clean }),
    });
    transport.onopen();
  }, failed);
  return transport;
}

/** Throws what the client's own serializers throw: it answers the sender with an error, and the session goes on. */
function writtenBy(serializer: ISerializer, message: Any): Any {
  try {
    return serializer.serialize(message);
  } catch (thrown) {
    throw thrown instanceof SerializationError ? thrown : unfit(thrown);
  }
}

/** The message, or why it cannot be read: the bridge says what becomes of it. Thrown here, it would end the process. */
function readBy(serializer: ISerializer, frame: Any): Any {
  try {
    return serializer.unserialize(frame);
  } catch (thrown) {
    return thrown instanceof Error ? thrown : unfit(thrown);
  }
}

function unfit(thrown: unknown): SerializationError {
  return new SerializationError(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}

/** The connector only asks for its name and kind. Messages are written and read by Autobahn's serializer. */
function frames({ SERIALIZER_ID, BINARY, serialize, unserialize }: ISerializer): Serializer {
  return { name: SERIALIZER_ID, isBinary: BINARY, encode: serialize, decode: unserialize };
}
