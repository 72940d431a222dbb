/* What is tried with each peer: its scenarios over every way, its logins, coming back, and calls between all languages. */
import { isMissing } from './install.ts';
import type { ClientPeer, Command, Missing, Peer, RouterPeer, Running, Way } from './peer.ts';
import { CommandRouter, OurRouter, Program, type Task } from './programs.ts';
import { type Restart, scenarios } from './scenarios.ts';

/** How one thing went. */
export interface Outcome {
  readonly scenario: string;
  /** `websocket json`. */
  readonly way: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** All that a peer has done, or why it cannot be had. */
export interface Report {
  readonly peer: Peer;
  readonly missing?: Missing;
  readonly outcomes: readonly Outcome[];
}

const PROGRAM_MS = 90_000;
/** How long a router that is restarted was away. */
const DOWN_MS = 300;
const wayName = ({ transport, serializer }: Way): string => `${transport} ${serializer}`;
const idOf = (peer: Peer): string => peer.name.toLowerCase().replace(/[^a-z0-9]+/g, '_');

/** @param ourClient - How the program of our own client is run. */
export async function tryAll(peers: readonly Peer[], ourClient: Command): Promise<readonly Report[]> {
  const reports: Report[] = [];
  const clients: { readonly peer: ClientPeer; readonly command: Command; readonly outcomes: Outcome[] }[] = [];
  for (const peer of peers) {
    const outcomes: Outcome[] = [];
    if (peer.role === 'router') {
      const start = peer.get();
      reports.push({ peer, outcomes, ...(isMissing(start) ? { missing: start } : {}) });
      if (!isMissing(start)) outcomes.push(...(await tryRouter(peer, start, ourClient).catch(failed)));
    } else {
      const command = peer.get();
      reports.push({ peer, outcomes, ...(isMissing(command) ? { missing: command } : {}) });
      if (isMissing(command)) continue;
      clients.push({ peer, command, outcomes });
      outcomes.push(...(await tryClient(peer, command).catch(failed)));
    }
  }
  await tryLanguages(clients);
  return reports;
}

/** A router that does not start, for one. */
const failed = (error: unknown): readonly Outcome[] => [{ scenario: 'start', way: 'any way', ok: false, detail: String(error) }];

async function tryClient(peer: ClientPeer, command: Command): Promise<readonly Outcome[]> {
  const tries: (() => Promise<readonly Outcome[]>)[] = [
    () => withRouter(OurRouter.start(), (router) => tryScenarios(peer, command, router)),
  ];
  if (peer.reconnects) {
    // At the same time: who does not come back is waited for.
    for (const how of ['killed', 'shut down'] as const)
      tries.push(() =>
        withRouter(OurRouter.start(), (router) => tryRestart(peer, command, router, how, () => router.restart(how, DOWN_MS))),
      );
    tries.push(() =>
      withRouter(CommandRouter.start(), (router) => tryRestart(peer, command, router, 'SIGTERM', () => router.restart(DOWN_MS))),
    );
  }
  return (await Promise.all(tries.map((each) => each()))).flat();
}

async function withRouter<R extends Running>(
  started: Promise<R>,
  body: (router: R) => Promise<readonly Outcome[]>,
): Promise<readonly Outcome[]> {
  const router = await started;
  try {
    return await body(router);
  } finally {
    await router.stop();
  }
}

function tryRouter(peer: RouterPeer, start: () => Promise<Running>, command: Command): Promise<readonly Outcome[]> {
  return withRouter(start(), (router) => tryScenarios(peer, command, router));
}

function taskOf(mode: Task['mode'], peer: Peer, way: Way, { urls }: Running, more: Partial<Task> = {}): Task {
  const url = urls[way.transport];
  if (url === undefined) throw new Error(`${peer.name} has no ${way.transport}`);
  return { mode, url, ...way, realm: 'realm1', name: idOf(peer), ...more };
}

async function tryScenarios(peer: Peer, command: Command, router: Running): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const way of peer.ways)
    outcomes.push(...(await run(command, taskOf('scenarios', peer, way, router), Object.keys(scenarios))));
  const { logins, loginWays = peer.ways.slice(0, 1) } = peer;
  if (logins.length === 0) return outcomes;
  const names = logins.map((login) => `login ${login}`);
  for (const way of loginWays) outcomes.push(...(await run(command, taskOf('logins', peer, way, router, { logins }), names)));
  return outcomes;
}

/** What the program tells of each of `names`; what it does not tell of has failed. */
async function run(command: Command, task: Task, names: readonly string[]): Promise<readonly Outcome[]> {
  const program = new Program(command, task);
  return outcomesOf(program, task, names, await program.end(PROGRAM_MS));
}

function outcomesOf(program: Program, way: Way, names: readonly string[], how: string): readonly Outcome[] {
  return names.map((scenario) => {
    const told = program.lines.filter((line) => line.scenario === scenario);
    const [{ ok = false, detail = '' } = { detail: `the program told nothing of it and ${how}` }] = told;
    return { scenario, way: wayName(way), ok: ok && told.length === 1, detail: told.length > 1 ? 'told more than once' : detail };
  });
}

async function tryRestart(
  peer: ClientPeer,
  command: Command,
  router: Running,
  restart: Restart,
  goDown: () => Promise<void>,
): Promise<readonly Outcome[]> {
  const [way] = peer.ways;
  if (!way) throw new Error(`${peer.name} has no way`);
  const program = new Program(command, taskOf('restart', peer, way, router, { restart }));
  if (await program.isReady(20_000)) await goDown();
  return outcomesOf(program, way, [restart], await program.end(30_000));
}

/** A procedure of each, called by each other through one router. */
async function tryLanguages(
  clients: readonly { readonly peer: ClientPeer; readonly command: Command; readonly outcomes: Outcome[] }[],
) {
  if (clients.length < 2) return;
  const router = await OurRouter.start();
  const programs: Program[] = [];
  try {
    for (const { peer, command } of clients) {
      const [way] = peer.ways;
      if (way) programs.push(new Program(command, taskOf('serve', peer, way, router)));
    }
    await Promise.all(programs.map((program) => program.isReady(30_000)));
    for (const { peer, command, outcomes } of clients) {
      const [way] = peer.ways;
      if (!way) continue;
      const callees = clients.filter((callee) => callee.peer !== peer).map((callee) => callee.peer);
      const program = new Program(command, taskOf('call', peer, way, router, { others: callees.map(idOf) }));
      const told = outcomesOf(
        program,
        way,
        callees.map((callee) => `calls ${idOf(callee)}`),
        await program.end(PROGRAM_MS),
      );
      outcomes.push(...told.map((outcome, index) => ({ ...outcome, scenario: `calls ${callees[index]?.name}` })));
    }
  } finally {
    for (const program of programs) program.stop();
    await router.stop();
  }
}
