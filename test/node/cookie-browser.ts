/* A browser that has a cookie, as far as a router sees it. */
import WebSocket from 'ws';
import { AUTHENTICATE, Code, HELLO } from '../fixtures/messages.ts';
import { RawClient } from './listening.ts';

/** A browser: it keeps the cookie of the first upgrade, and sends it from then on. */
export class Browser {
  cookie: string | undefined;
  private url: string;

  constructor(url: string) {
    this.url = url;
  }

  at(url: string): this {
    this.url = url;
    return this;
  }

  /** How it got in; else the URI of the refusal. */
  async join(authid: string | undefined, name = 'shop'): Promise<string> {
    const { cookie } = this;
    const socket = new WebSocket(this.url, ['wamp.2.json'], { headers: cookie === undefined ? {} : { cookie } });
    socket.once('upgrade', ({ headers }) => {
      this.cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? cookie;
    });
    const client = new RawClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    client.send(HELLO(name, { roles: { caller: {} }, ...(authid === undefined ? {} : { authid, authmethods: ['ticket'] }) }));
    let [type, , second] = await client.next();
    if (type === Code.CHALLENGE) {
      client.send(AUTHENTICATE('secret', {}));
      [type, , second] = await client.next();
    }
    socket.terminate();
    if (type !== Code.WELCOME) return String(second);
    const details = Object(second);
    return `${details.authid} ${details.authrole} ${details.authmethod}`;
  }
}
