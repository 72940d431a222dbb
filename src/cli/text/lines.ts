/*
 * Lines of a stream, one at a time: the stream pauses while the reader is busy.
 */
export async function* lines(input: NodeJS.ReadStream, signal: AbortSignal): AsyncGenerator<string> {
  const stop = (): void => {
    input.destroy(signal.reason); // also ends a read that waits for more
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    input.setEncoding('utf8');
    let rest = '';
    for await (const chunk of input) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    if (rest !== '') yield rest;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
