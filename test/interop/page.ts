/* docs/interop.md: what the table says, with the counts of a run. */

import type { Deviation } from './deviations.ts';
import type { Peer, Way } from './peer.ts';
import type { Verdict } from './report.ts';
import { restarts, scenarios } from './scenarios.ts';

/** The beginning of a peer's row: all but what a run has counted. */
export function rowOf(peer: Peer): string {
  const logins = peer.logins.length > 0 ? peer.logins.join(', ') : '–';
  return `| ${escaped(peer.name)} | ${peer.language} | ${peer.version} | ${waysIn(peer.ways)} | ${logins} |`;
}

/** The section of a peer that does something otherwise; nothing for the others. */
export function deviationsOf(peer: Peer, table: readonly Deviation[]): string {
  const own = table.filter((deviation) => deviation.peer === peer.name);
  if (own.length === 0) return '';
  const rows = own.map(({ scenarios, ways, reason }) => {
    const where = ways ? ` (${ways.join(', ')})` : '';
    return `- **${scenarios.join(', ')}**${where}: ${reason}`;
  });
  return `### ${peer.name}\n\n${rows.join('\n')}\n`;
}

export function page(verdicts: readonly Verdict[], table: readonly Deviation[], payloads: string): string {
  const rows = (role: Peer['role']): string =>
    verdicts
      .filter(({ report }) => report.peer.role === role)
      .map(({ report, passed, deviations }) => `${rowOf(report.peer)} ${passed} | ${deviations} |`)
      .join('\n');
  const head = '| | in | version | over | logins | passed | otherwise |\n|---|---|---|---|---|---|---|';
  const tried = Object.entries({ ...scenarios, ...restarts }).map(([name, what]) => `- **${name}**: ${what}`);
  const sections = verdicts.map(({ report }) => deviationsOf(report.peer, table)).filter((section) => section !== '');
  return `# Other clients and other routers

Which client works with our router, and which router with our client. Written by \`npm run test:interop -- --write\`, which CI runs without \`--write\`: every
line below is tried, and a difference in either direction is a failure.

## Clients at our router

${head}
${rows('client')}

WampSharp (C#) and Thruway (PHP) cannot be run here. Their request ids, which they draw at random, and those of clients that leave gaps are played by hand.

## A procedure of each, called by each other

Through one router, each client in its first serializer. A row calls, a column is called. ✓: the same values come back. "→": they come in another form, for the
reason that stands below, under the client that is called or that calls.

${callsOf(verdicts)}

## Routers under our client

${head}
${rows('router')}

## Payloads

${payloads}
## What is tried

Over each transport and serializer; logins and restarts over one of them. A wrong secret must be refused, too.

${tried.join('\n')}
- **login …**: logs in by this method, and is refused with a wrong secret
- **calls …**: calls a procedure of that client through our router, and gets the same values back

## What differs, and why

None of these is a fault of our router or our client: our own faults are repaired.

${sections.join('\n')}`;
}

/** The matrix of calls between all languages. */
function callsOf(verdicts: readonly Verdict[]): string {
  const clients = verdicts.filter(({ report }) => report.peer.role === 'client');
  const names = clients.map(({ report }) => report.peer.name);
  const cell = ({ report }: Verdict, callee: string): string => {
    const called = report.outcomes.find(({ scenario }) => scenario === `calls ${callee}`);
    if (!called) return '';
    return called.ok ? '✓' : '→';
  };
  const rows = clients.map(
    (caller) => `| **${escaped(caller.report.peer.name)}** | ${names.map((callee) => cell(caller, callee)).join(' | ')} |`,
  );
  return `| | ${names.map(escaped).join(' | ')} |\n|---|${names.map(() => '---|').join('')}\n${rows.join('\n')}`;
}

function waysIn(ways: readonly Way[]): string {
  const transports = [...new Set(ways.map(({ transport }) => transport))];
  const names = { websocket: 'WebSocket', rawsocket: 'RawSocket' };
  const serializersOf = (wanted: string): string =>
    ways.flatMap(({ transport, serializer }) => (transport === wanted ? [serializer] : [])).join(', ');
  return transports.map((transport) => `${names[transport]} (${serializersOf(transport)})`).join('; ');
}

/** A bar would end the cell. */
const escaped = (text: string): string => text.replaceAll('|', '\\|');
