/*
 * A process: WebSockets by `ws`, frames passed on as they come. From /caller to /callee and back; from /publish/x to all at /subscribe/x.
 */
import { WebSocketServer } from 'ws';
import { host } from './host.mjs';

const sockets = new Map();

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => host(`ws://127.0.0.1:${server.address().port}`));

server.on('connection', (socket, { url }) => {
  const to = partner(url);
  sockets.set(url, [...(sockets.get(url) ?? []), socket]);
  socket.on('message', (data, isBinary) => {
    for (const other of sockets.get(to) ?? []) other.send(data, { binary: isBinary });
  });
});

function partner(url) {
  if (url === '/caller') return '/callee';
  return url === '/callee' ? '/caller' : url.replace('/publish/', '/subscribe/');
}
