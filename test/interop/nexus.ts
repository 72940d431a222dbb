/*
 * nexus, another router, in Go: built from the Go module proxy by the ordinary client, once a day and machine. Where there is no Go, or the
 * proxy does not answer, the tests are skipped, and say so.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, listening } from './ports.ts';

const VERSION = 'v3.3.0';

/** The program, or why there is none. */
export function buildNexus(): { readonly program: string } | { readonly whyNot: string } {
  const folder = path.join(tmpdir(), `autostrada-nexus-${VERSION}`);
  const program = path.join(folder, process.platform === 'win32' ? 'nexusd.exe' : 'nexusd');
  if (existsSync(program)) return { program };
  mkdirSync(folder, { recursive: true });
  // By a module of our own: `go install` asks for a list of versions that not every mirror has.
  writeFileSync(path.join(folder, 'go.mod'), `module nexus\n\ngo 1.21\n\nrequire github.com/gammazero/nexus/v3 ${VERSION}\n`);
  writeFileSync(
    path.join(folder, 'nexus.go'),
    '//go:build tools\n\npackage nexus\n\nimport _ "github.com/gammazero/nexus/v3/nexusd"\n',
  );
  try {
    const args = ['build', '-mod=mod', '-o', program, 'github.com/gammazero/nexus/v3/nexusd'];
    const env = { ...process.env, GONOSUMDB: '*', GOFLAGS: '-mod=mod' };
    execFileSync('go', args, { cwd: folder, env, timeout: 240_000, stdio: ['ignore', 'pipe', 'pipe'] });
    return { program };
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: Buffer };
    return {
      whyNot:
        code === 'ENOENT'
          ? 'there is no Go here'
          : `go build failed: ${String(stderr ?? error)
              .trim()
              .slice(-300)}`,
    };
  }
}

export interface Nexus {
  readonly webSocketUrl: string;
  readonly rawSocketUrl: string;
  stop(): void;
}

export async function startNexus(program: string): Promise<Nexus> {
  const [web, raw] = [await freePort(), await freePort()];
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-nexusd-'));
  const file = path.join(folder, 'nexus.json');
  const realm = {
    uri: 'realm1',
    strict_uri: false,
    allow_disclose: true,
    anonymous_auth: true,
    enable_meta_kill: true,
    event_history: [{ topic: 'com.example.history', match: 'exact', limit: 100 }],
  };
  const config = {
    websocket: { address: `127.0.0.1:${web}`, allow_origins: ['*'], out_queue_size: 1024 },
    rawsocket: { tcp_address: `127.0.0.1:${raw}`, max_msg_len: 2 ** 20, out_queue_size: 1024 },
    log_path: '',
    router: { realms: [realm], debug: false },
  };
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(program, ['-c', file], { cwd: folder, stdio: 'ignore' });
  await Promise.all([listening(child, web), listening(child, raw)]);
  return {
    webSocketUrl: `ws://127.0.0.1:${web}/`,
    rawSocketUrl: `rs://127.0.0.1:${raw}`,
    stop: () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
