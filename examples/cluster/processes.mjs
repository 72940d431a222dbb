// The processes that main.mjs starts. Each ends when main.mjs disconnects from it, and also when main.mjs is killed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const running = new Set();

/** Starts a program of this folder. `onMessage` gets what it sends, `onEnd` is called once, however it ends. */
export function start(file, env, { onMessage = () => {}, onEnd = () => {} } = {}) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], { env: { ...process.env, ...env } });
  const ended = once(child, 'exit').then(() => {
    running.delete(program);
    onEnd();
  });
  const program = {
    ended,
    kill: () => child.kill('SIGKILL'),
    async stop() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
  child.on('message', onMessage);
  running.add(program);
  return program;
}

/** Stops all of them, `last` after the others. */
export async function stopAll(last) {
  await Promise.all([...running].filter((program) => program !== last).map((program) => program.stop()));
  await last?.stop();
}

/** So many ports that nothing listens on at the moment. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
