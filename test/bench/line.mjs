/* A WebSocket on a bare socket, JSON, that costs its process next to nothing: what comes is not parsed. */
import { connect } from 'node:net';

/** A mask of zeros is legal, and no work. @param {string} text */
export function textFrame(text) {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
  head[0] = 0x81;
  head[1] = 0x80 | Math.min(payload.length, 126);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

export class Line {
  constructor(port) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {});
  }

  /** A session in `realm1`. */
  static async join(port) {
    const line = new Line(port);
    const upgrade = ['GET /ws HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Upgrade: websocket', 'Connection: Upgrade'];
    const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Protocol: wamp.2.json'];
    line.socket.write([...upgrade, ...key, '\r\n'].join('\r\n'));
    await line.next('101 Switching Protocols');
    line.send([1, 'realm1', { roles: { publisher: {}, subscriber: {}, caller: {} } }]);
    await line.next('[2,');
    return line;
  }

  send(list) {
    this.socket.write(textFrame(JSON.stringify(list)));
  }

  /** Until this text has come. */
  next(text) {
    return new Promise((resolve, reject) => {
      let got = '';
      const onData = (chunk) => {
        got += chunk.toString('latin1');
        if (!got.includes(text)) return;
        this.socket.off('data', onData);
        resolve(got);
      };
      this.socket.on('data', onData);
      this.socket.once('close', () => reject(new Error(`the router closed the connection after ${got.slice(-200)}`)));
    });
  }
}
