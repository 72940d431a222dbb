/*
 * Gives the messages of a stream in their order, from a number on, as the library's ordered consumer delivers them: it repairs gaps by itself. A reader may end at any time, and does not
 * know which message is the last one: log.ts asks for that.
 */
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Line } from './line.ts';
import type { Place } from './names.ts';

export interface ReaderParts {
  readonly line: Pick<Line, 'js'>;
  readonly place: Pick<Place, 'stream' | 'subject'>;
  /** A message, in the order of the stream. After `stop` it is not called any more. */
  readonly take: (message: JsMsg) => void;
  /** The server says that all that it has was sent. */
  readonly beat: () => void;
}

export class Reader {
  private readonly parts: ReaderParts;
  private running: ConsumerMessages | undefined;

  constructor(parts: ReaderParts) {
    this.parts = parts;
  }

  get isReading(): boolean {
    return this.running !== undefined;
  }

  /** @param seq - The first message. @returns When the server knows it. */
  async start(seq: number): Promise<void> {
    this.stop();
    const { line, place } = this.parts;
    const consumer = await line.js.consumers.getPushConsumer(place.stream, {
      opt_start_seq: seq,
      filter_subjects: `${place.subject}.>`,
    });
    let messages: ConsumerMessages | undefined;
    const callback = (message: JsMsg): void => {
      if (messages === this.running) this.parts.take(message);
    };
    messages = await consumer.consume({ callback });
    this.running = messages;
    void messages.closed().then(() => {
      if (this.running === messages) this.running = undefined;
    });
    void this.hear(messages).catch(() => {});
  }

  stop(): void {
    const { running } = this;
    this.running = undefined;
    running?.close().catch(() => {});
  }

  private async hear(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) if (type === 'heartbeat' && this.running === messages) this.parts.beat();
  }
}
