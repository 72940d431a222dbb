/*
 * Gets peers by the ordinary clients of their registries, by name and version, into `.cache/interop/` (or `INTEROP_CACHE`). A folder
 * that is complete has a file `installed` with what was asked for; another request makes it anew.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command, Missing } from './peer.ts';

export const here = import.meta.dirname;
const cache = process.env.INTEROP_CACHE ?? path.join(here, '../../.cache/interop');

/** What clients of registries print when nobody answers, or somebody on the way says so. What a registry refuses or a compiler says is not among it. */
const silence = new RegExp(
  [
    'ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONN(REFUSED|RESET|ABORTED)|ENETUNREACH|SOCKET_TIMEOUT|E(429|50[0-9])\\b', // npm, and steps that took too long
    'ConnectTimeout|ReadTimeout|NewConnectionError|error sending request|dns error|tcp connect error', // pip, uv
    'i/o timeout|no such host|TLS handshake timeout|connect(ion)? refused|(429|50[0-4]) (Too Many|Bad Gateway|Service Unavailable|Gateway)', // Go
    "Could(n't| not) (resolve host|connect to server)|spurious network error", // cargo
    'Unknown ?Host|Network is unreachable|Temporary failure in name resolution|timed out', // Maven, and the C library
  ].join('|'),
  'i',
);

/** Whether a registry did not answer, by what the client of it printed. */
export const isSilence = (said: string): boolean => silence.test(said);

export function isMissing(value: object): value is Missing {
  return 'whyNot' in value;
}

/** Runs one step of an installation. Throws with what it said. */
export function step(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): void {
  execFileSync(program, args, { cwd, env: { ...process.env, ...env }, timeout: 400_000, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The folder `name` in the cache, made by `make` unless it is complete for this `request`. */
export function cached(name: string, request: string, make: (folder: string) => void): string | Missing {
  const folder = path.join(cache, name);
  const mark = path.join(folder, 'installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === request) return folder;
  const begun = Date.now();
  for (let attempt = 1; ; attempt++) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      make(folder);
      writeFileSync(mark, request);
      return folder;
    } catch (error) {
      const why = missing(error);
      // A step that took all its time would take it again.
      if (!why.isSilent || attempt === 2 || Date.now() - begun > 120_000) return why;
    }
  }
}

export function missing(error: unknown): Missing {
  const {
    code,
    path: program,
    stderr,
    stdout,
  } = error as { [key in 'code' | 'path']?: string } & { [key in 'stderr' | 'stdout']?: Buffer };
  if (code === 'ENOENT') return { whyNot: `there is no ${program} here`, isSilent: false };
  const said = [String(stdout ?? ''), String(stderr ?? ''), String(error)].join('\n');
  return { whyNot: said.trim().slice(-600), isSilent: isSilence(said) };
}

/** Packages of npm, and a program of peers/javascript beside them. */
export function fromNpm(name: string, packages: readonly string[], program: string): Command | Missing {
  const folder = cached(name, packages.join(' '), (cwd) => {
    writeFileSync(path.join(cwd, 'package.json'), '{ "private": true }');
    step('npm', ['install', '--loglevel=error', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], cwd);
  });
  if (typeof folder !== 'string') return folder;
  return { program: process.execPath, args: [path.join(here, 'peers/javascript', program)], env: { INTEROP_MODULES: folder } };
}

/** Packages of PyPI in an environment of their own: its folder. `uv`, since pip takes minutes over some. */
export function environmentOf(name: string, packages: readonly string[]): string | Missing {
  return cached(name, packages.join(' '), (cwd) => {
    step('python3', ['-m', 'venv', 'venv'], cwd);
    step('venv/bin/pip', ['install', '-q', 'uv'], cwd);
    step('venv/bin/uv', ['pip', 'install', '-q', '--python', 'venv/bin/python', ...packages], cwd, { PYUBJSON_NO_EXTENSION: '1' });
  });
}

/** Packages of PyPI, and a program of peers/python that uses them. */
export function fromPyPi(name: string, packages: readonly string[], program: string): Command | Missing {
  const folder = environmentOf(name, packages);
  if (typeof folder !== 'string') return folder;
  return { program: path.join(folder, 'venv/bin/python'), args: [path.join(here, 'peers/python', program)] };
}

/** A program made of files of peers/go and the modules that it requires. */
export function fromGo(name: string, modules: readonly string[], files: readonly string[]): Command | Missing {
  const sources = files.map((file) => path.join(here, 'peers/go', file));
  const request = [...modules, ...sources.map((file) => readFileSync(file, 'utf8'))].join('\n');
  const folder = cached(name, request, (cwd) => {
    // By a module of our own: `go get` asks for a list of versions that not every mirror has.
    writeFileSync(path.join(cwd, 'go.mod'), `module peer\n\ngo 1.21\n\n${modules.map((module) => `require ${module}\n`).join('')}`);
    for (const file of sources) copyFileSync(file, path.join(cwd, path.basename(file)));
    step('go', ['build', '-o', 'peer', '.'], cwd, { GONOSUMDB: '*', GOFLAGS: '-mod=mod -buildvcs=false' });
  });
  return typeof folder === 'string' ? { program: path.join(folder, 'peer'), args: [] } : folder;
}

/** What files hold, so that a change of them makes a program anew. */
const contents = (folder: string, files: readonly string[]): string =>
  files.map((file) => readFileSync(path.join(here, 'peers', folder, file), 'utf8')).join('\n');

/** jawampa, from Maven Central, and the program of peers/java. */
export function fromMaven(): Command | Missing {
  const files = ['pom.xml', 'Peer.java'];
  const folder = cached('jawampa', contents('java', files), (cwd) => {
    for (const file of files) copyFileSync(path.join(here, 'peers/java', file), path.join(cwd, file));
    step('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], cwd);
    step('javac', ['-encoding', 'UTF-8', '-cp', 'lib/*', '-d', 'classes', 'Peer.java'], cwd);
  });
  if (typeof folder !== 'string') return folder;
  const args = ['-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', '-cp', `${folder}/classes:${folder}/lib/*`, 'Peer'];
  return { program: 'java', args };
}

/** wamp_async, from crates.io, and the program of peers/rust. */
export function fromCrates(): Command | Missing {
  const folder = cached('wamp_async', contents('rust', ['Cargo.toml', 'src/main.rs']), (cwd) => {
    cpSync(path.join(here, 'peers/rust'), cwd, { recursive: true });
    step('cargo', ['build', '-q'], cwd);
  });
  return typeof folder === 'string' ? { program: path.join(folder, 'target/debug/peer'), args: [] } : folder;
}

/** The program of peers/cpp, with the headers of Debian's `autobahn-cpp-dev`. */
export function fromDebian(): Command | Missing {
  const source = path.join(here, 'peers/cpp/peer.cpp');
  const defines = ['MSGPACK_DEFAULT_API_VERSION=1', 'BOOST_BIND_GLOBAL_PLACEHOLDERS', 'BOOST_THREAD_VERSION=4'];
  const futures = ['BOOST_THREAD_PROVIDES_FUTURE', 'BOOST_THREAD_PROVIDES_FUTURE_CONTINUATION'];
  const libraries = ['boost_thread', 'boost_system', 'boost_chrono', 'ssl', 'crypto', 'pthread'];
  const options = [
    ...[...defines, ...futures].map((name) => `-D${name}`),
    source,
    '-o',
    'peer',
    ...libraries.map((name) => `-l${name}`),
  ];
  const folder = cached('autobahn-cpp', contents('cpp', ['peer.cpp']), (cwd) => step('g++', ['-std=c++14', '-w', ...options], cwd));
  return typeof folder === 'string' ? { program: path.join(folder, 'peer'), args: [] } : folder;
}
