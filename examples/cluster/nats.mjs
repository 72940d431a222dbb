/*
 * Runs nats-server on this machine: that of NATS_SERVER, of the PATH or of /usr/sbin (Debian), or else Docker's image. It is a process of its own, so that
 * nats-server ends even if main.mjs is killed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onEnd } from './child.mjs';

const { NATS_PORT: port, NATS_FOLDER: folder, NATS_SERVER: named, PATH = '' } = process.env;

const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;

/** The command, and its arguments. */
function find() {
  const places = named
    ? [named]
    : [...PATH.split(path.delimiter), '/usr/sbin', '/usr/local/bin'].map((at) => path.join(at, 'nats-server'));
  const found = places.find((place) => works(place, '--version'));
  if (found) return [found, ['-a', '127.0.0.1', '-p', port, '-js', '-sd', folder]];
  if (works('docker', 'info')) return ['docker', ['run', '--rm', '--init', '-p', `127.0.0.1:${port}:4222`, 'nats:2', '-js']];
  return undefined;
}

const answers = () =>
  new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('data', () => done(true))
      .once('error', () => done(false))
      .once('close', () => done(false));
  });

const command = find();
if (!command) {
  process.send('missing');
  process.disconnect();
} else {
  const server = spawn(...command, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let log = '';
  server.stderr.on('data', (text) => {
    log = (log + text).slice(-2000);
  });
  server.once('exit', () => {
    if (process.connected) console.error(`nats-server has ended:\n${log}`);
    process.exit(1);
  });
  // Docker's client passes SIGTERM on to the container, but not SIGKILL.
  onEnd(() => server.kill(command[0] === 'docker' ? 'SIGTERM' : 'SIGKILL'));
  while (!(await answers())) await pause(50);
  if (process.connected) process.send('ready');
}
