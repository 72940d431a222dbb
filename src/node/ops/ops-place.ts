/* The addresses for operators of a port, which may be changed while it listens. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { type Ops, type OpsOptions, type OpsSubject, openOps } from './ops-server.ts';

export class OpsPlace {
  private readonly subject: OpsSubject;
  private options: OpsOptions | undefined;
  private ops: Ops | undefined;
  private isClosed = false;
  private changing: Promise<unknown> = Promise.resolve();

  constructor(subject: OpsSubject) {
    this.subject = subject;
  }

  /** As of `openOps`. */
  get url(): string | undefined {
    return this.ops?.url;
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    return this.ops?.handle(request, response) === true;
  }

  /**
   * Opens what these options say instead of what is open.
   *
   * @throws What `openOps` throws. Then everything is as it was.
   */
  change(options: OpsOptions | undefined): Promise<void> {
    const changed = this.changing.then(() => this.replace(options));
    this.changing = changed.catch(() => {});
    return changed;
  }

  /** At a port of its own. */
  stopAccepting(): void {
    this.ops?.stopAccepting();
  }

  close(): void {
    this.isClosed = true;
    this.ops?.close();
    this.ops = undefined;
  }

  private async replace(options: OpsOptions | undefined): Promise<void> {
    const { ops: former, options: before } = this;
    if (this.isClosed) throw new TypeError('expected a listener that is open, got one that was closed');
    if (isDeepStrictEqual(before, options)) return;
    const isSamePlace = former?.url !== undefined && Number(new URL(former.url).port || 80) === options?.port;
    if (isSamePlace) former?.close();
    try {
      await this.open(options);
    } catch (error) {
      if (isSamePlace) await this.open(before);
      throw error;
    }
    this.options = options;
    if (!isSamePlace) former?.close();
  }

  private async open(options: OpsOptions | undefined): Promise<void> {
    const ops = options && (await openOps(this.subject, options));
    if (this.isClosed) ops?.close();
    else this.ops = ops;
  }
}
