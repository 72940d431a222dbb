import { Router } from 'autostrada/router';
import { listen } from 'autostrada/node';
import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { runMatrix, historyTopics } from '/work/wt/compiled/test/interop/fidelity/matrix.ts';
import { values } from '/work/wt/compiled/test/interop/fidelity/values.ts';
it('x', async () => {
  const history = historyTopics.map((uri) => ({ uri, limit: 10 }));
  const log: string[] = [];
  const router = new Router({ realms: { realm1: { anonymous: 'a', authroles: { a: { permissions: 'all' } }, history } } }, {log: (e) => log.push(e.level + ' ' + e.message)});
  const listener = await listen(router, { port: 27001 });
  const only = process.env.ONLY;
  const t = Date.now();
  try {
    const cells = await runMatrix('/work/wt/venvs/crossbar/bin/python', process.env.URL_ ?? listener.url, values.filter((v) => !only || v.name.match(only)));
    const bad = cells.filter((c) => c.expected !== c.arrived);
    writeFileSync('/tmp/fid.json', JSON.stringify(cells));
    writeFileSync('/tmp/fid.log', log.join('\n'));
    for (const c of bad.slice(0, 80)) console.log(`${c.value} ${c.route} ${c.from}>${c.to}: expected ${c.expected.slice(0, 60)}, arrived ${c.arrived.slice(0, 160)}`);
    console.log(cells.length, 'cells', bad.length, 'bad', Date.now() - t, 'ms');
  } finally { await listener.close(); await router.close(); }
}, 600_000);
