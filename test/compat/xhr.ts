// An XMLHttpRequest for Node.js, which has none: what Autobahn|JS uses of it.
import { type ClientRequest, request } from 'node:http';

export class XMLHttpRequest {
  withCredentials = false;
  timeout = 0;
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  onreadystatechange = (): void => {};
  ontimeout = (): void => {};
  private outgoing: ClientRequest | undefined;

  open(method: string, url: string): void {
    this.outgoing = request(url, { method, agent: false });
  }

  setRequestHeader(name: string, value: string): void {
    this.outgoing?.setHeader(name, value);
  }

  send(body?: string): void {
    const { outgoing } = this;
    if (!outgoing) return;
    let timer: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      this.readyState = 4;
      this.onreadystatechange();
    };
    outgoing.on('error', () => {
      if (this.readyState !== 4) done();
    });
    outgoing.on('response', (response) => {
      this.status = response.statusCode ?? 0;
      this.statusText = response.statusMessage ?? '';
      response.setEncoding('utf8').on('data', (text) => {
        this.responseText += text;
      });
      response.on('end', done);
    });
    if (this.timeout > 0) {
      timer = setTimeout(() => {
        this.readyState = 4;
        outgoing.destroy();
        this.ontimeout();
      }, this.timeout);
    }
    outgoing.end(body);
  }
}
