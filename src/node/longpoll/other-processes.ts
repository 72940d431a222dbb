/*
 * Long-poll of several processes that share a port: a request may come to another process than the one that has its transport. The name of the transport begins with that of
 * its process, and the request is passed on to it, over a socket that only this user may open.
 */
import { randomBytes } from 'node:crypto';
import {
  request as ask,
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import path from 'node:path';
import { listenPrivately } from '../cluster/private-socket.ts';

/** The processes that share a port. */
export interface SharedPort {
  /** The name of this process, and of this port: letters and digits, at most 32. */
  readonly own: string;
  /** For the sockets between them. Only this user may enter it. */
  readonly folder: string;
  /** The process with the hub has the ports of `ops` (`hub.openOps`), so this one opens none, and only counts. Default false. */
  readonly hasOpsAtHub?: boolean | undefined;
}

export class OtherProcesses {
  private readonly shared: SharedPort | undefined;
  private server: Server | undefined;

  /** @param shared - Undefined: this process is the only one. */
  constructor(shared: SharedPort | undefined) {
    this.shared = shared;
  }

  /** The name of a new transport. It is a secret. */
  newTransport(): string {
    const secret = randomBytes(18).toString('base64url');
    return this.shared ? `${this.shared.own}.${secret}` : secret;
  }

  /** Takes what other processes pass on. */
  async open(handle: RequestListener): Promise<void> {
    if (!this.shared) return;
    const server = createServer(handle);
    this.server = server;
    await listenPrivately(server, this.pathOf(this.shared.own));
  }

  close(): void {
    this.server?.close();
    this.server?.closeIdleConnections();
  }

  /** @returns Whether another process has this transport, as far as its name says. Then that one answers. */
  passOn(transport: string, request: IncomingMessage, response: ServerResponse, gone: () => void): boolean {
    const [, owner] = /^([A-Za-z\d]{1,32})\.[\w-]+$/.exec(transport) ?? [];
    if (!this.shared || owner === undefined || owner === this.shared.own) return false;
    const { method, url: target, headers } = request;
    const passed = ask({ socketPath: this.pathOf(owner), method, path: target, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => {
      if (!response.headersSent) gone();
      else response.destroy();
    });
    request.pipe(passed);
    response.once('close', () => passed.destroy());
    return true;
  }

  private pathOf(owner: string): string {
    const { folder } = this.shared ?? { folder: '' };
    return process.platform === 'win32' ? `\\\\.\\pipe\\autostrada-${owner}` : path.join(folder, `${owner}.poll`);
  }
}
