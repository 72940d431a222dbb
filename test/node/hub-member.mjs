/*
 * A process with a hub, or one that joins it and does what it is told to.
 *
 * Usage: node hub-member.mjs open PATH MAX_WAITING_BYTES | node hub-member.mjs join PATH MAX_WAITING_BYTES
 */
import { local, openHub } from '../../dist/node.mjs';

const MiB = 2 ** 20;
const [what, hub = '', most] = process.argv.slice(2);
const maxWaitingBytes = Number(most);
const say = (...words) => void process.stdout.write(`${words.join(' ')}\n`);

/** What the test may tell it. */
function deeds(member) {
  return {
    // Until that node is gone.
    fill: (node) => {
      const timer = setInterval(() => member.send(node, new Uint8Array(MiB / 4)), 1);
      isGone = () => clearInterval(timer);
    },
    keep: (key) => void member.registry.set(key, 'x'.repeat(MiB), 0).then(() => say('kept')),
    // Much is asked, and no answer is read.
    ask: (key) => {
      for (let i = 0; i < 100; i++) void member.registry.get(key).catch(() => {});
      setImmediate(() => process.kill(process.pid, 'SIGSTOP'));
    },
    write: (key) => {
      for (let i = 0; i < 100; i++) void member.registry.set(key, 'x'.repeat(MiB), 0).catch(() => {});
    },
  };
}

let isGone = () => {};
if (what === 'open') {
  await openHub({ path: hub, maxWaitingBytes });
  say('open');
} else {
  const events = { up: () => {}, frame: () => {}, broken: () => {}, lost: () => {}, note: () => {} };
  const down = (node) => {
    say('down', node);
    isGone();
  };
  const member = await local({ hub, maxWaitingBytes, lost: () => say('lost') }).join({ ...events, down });
  say('joined', member.node);
  const known = deeds(member);
  process.stdin.on('data', (text) => {
    const [deed, about] = String(text).trim().split(' ');
    known[deed](about);
  });
}
