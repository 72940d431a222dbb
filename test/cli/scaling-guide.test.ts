/* What docs/guide/scaling.md says about Compose and systemd, as far as it can be tried without Docker. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { Command, cli } from './command.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/scaling.md'), 'utf8');
const blocks = [...page.matchAll(/^```\w*\n((?:#|\/\/) ([^\s,]+)[^\n]*\n[\s\S]*?)^```$/gm)];

/** The block that begins with the name of the file. */
function shown(file: string): string {
  const [, text] = blocks.find(([, , name]) => name === file) ?? [];
  if (text === undefined) throw new Error(`expected the page to show ${file}`);
  return text;
}

function folderWith(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-scaling-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const check = (file: string, NATS_URL: string) => new Command([cli, 'check', file], { NATS_URL });

const config: { readonly listen: { readonly port: number; readonly ops: { readonly port: number } }; readonly drainMs: number } =
  JSON.parse(shown('router.json').replace(/^\/\/.*$/gm, ''));

describe('[L6] the guide to several machines', () => {
  test('has a router.json for Compose without a fault; a typing error in it would be one', async () => {
    const file = path.join(folderWith({ 'router.json': shown('router.json') }), 'router.json');
    const { services } = parse(shown('compose.yaml'));
    const NATS_URL: string = services.router1.environment.NATS_URL.replace(/\$\{\w+:\?\}/, 'secret');
    const { code, stdout } = await check(file, NATS_URL).ended;
    expect(stdout).toContain('1 realm, no users, 1 port; no faults');
    expect(code).toBe(0);
    writeFileSync(file, shown('router.json').replace('"insecure"', '"insecur"'));
    expect((await check(file, NATS_URL).ended).code).toBe(1);
  });

  test('has a compose file whose parts fit together', () => {
    const { services, volumes } = parse(shown('compose.yaml'), { merge: true });
    expect(Object.keys(services)).toEqual(['nats', 'router1', 'router2', 'router3', 'balancer']);
    const routers = [services.router1, services.router2, services.router3];
    for (const router of routers) {
      expect(router.healthcheck.test.join(' ')).toContain(`:${config.listen.ops.port}/readyz`);
      expect(Number.parseInt(router.stop_grace_period, 10) * 1000).toBeGreaterThan(config.drainMs);
      expect(router.depends_on.nats.condition).toBe('service_healthy');
    }
    const caddy = shown('Caddyfile');
    for (const name of services.balancer.depends_on) expect(caddy).toContain(`${name}:${config.listen.port}`);
    expect(caddy).toContain(`health_port ${config.listen.ops.port}`);
    const used = Object.values<{ readonly volumes?: readonly string[] }>(services).flatMap((service) => service.volumes ?? []);
    for (const name of Object.keys(volumes)) expect(used.some((volume) => volume.startsWith(`${name}:`))).toBe(true);
    expect(shown('Dockerfile')).toContain('COPY router.json');
  });

  test('has units that systemd understands, and that stop a router later than it drains', ({ skip }) => {
    const names = ['nats.service', 'wamp-router.service'];
    const units = names.map((name) => shown(`/etc/systemd/system/${name}`));
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(units[1] ?? '')?.[1]) * 1000).toBeGreaterThan(config.drainMs);
    if (spawnSync('systemd-analyze', ['--version']).error) return skip('no systemd-analyze');
    // The programs need not be installed here.
    const texts = units.map((unit) => unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
    const verify = (files: readonly string[]) => {
      const folder = folderWith(Object.fromEntries(names.map((name, i) => [name, files[i] ?? ''])));
      const { stderr } = spawnSync('systemd-analyze', ['verify', ...names.map((name) => path.join(folder, name))], {
        encoding: 'utf8',
      });
      return stderr.split('\n').filter((line) => line.includes(folder));
    };
    expect(verify(texts)).toEqual([]);
    expect(verify(texts.map((text) => text.replace('Restart=', 'Restrat=')))).toHaveLength(2);
  });
});
