// All scripts, and the list of what differs.
import { expect, test } from 'vitest';
import './calls.ts';
import './closing.ts';
import './connection.ts';
import './events.ts';
import './helpers.ts';
import './invocations.ts';
import './longpoll.ts';
import './order.ts';
import './payloads.ts';
import './programs.ts';
import './promises.ts';
import './protocol.ts';
import './protocol-pings.ts';
import './rawsocket.ts';
import './reconnect.ts';
import './reported.ts';
import './router.ts';
import './surface.ts';
import { differences } from './differences.ts';
import { scripts } from './lab.ts';

test('every difference has a reason and belongs to a script', () => {
  const lines = differences.map(({ what, why }, i) => `${i + 1}. ${what}\n   ${why}`);
  console.log(`compat: ${scripts.length} scripts, ${differences.length} differences\n${lines.join('\n')}`);
  expect(differences.flatMap(({ at }) => at.map(([name]) => name)).filter((name) => !scripts.includes(name))).toEqual([]);
  expect(differences.filter(({ what, why, at }) => !what || !why || at.length === 0)).toEqual([]);
});
