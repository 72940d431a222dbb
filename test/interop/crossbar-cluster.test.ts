/* Our client at two nodes of Crossbar.io that are linked, one of which is killed: what those have who do not use our router. */
import { Connection } from 'autostrada';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCrossbar } from './crossbar.ts';
import { type CrossbarNode, startCrossbarNodes } from './crossbar-nodes.ts';

const found = findCrossbar();
if ('whyNot' in found) it(`NO CROSSBAR.IO: ${found.whyNot}`, ({ skip }) => skip());

describe.runIf('program' in found)('two nodes of Crossbar.io', { timeout: 90_000 }, () => {
  let nodes: readonly CrossbarNode[] = [];
  let connections: Connection[] = [];
  beforeEach(async () => {
    if ('program' in found) nodes = await startCrossbarNodes(found.program);
  }, 120_000);
  afterEach(async () => {
    for (const connection of connections) await connection.close();
    connections = [];
    for (const node of nodes) node.kill();
  });

  /** Its first target is this node. */
  const connect = (index: number): Connection => {
    const [one, two] = nodes.map(({ url }) => url);
    if (one === undefined || two === undefined) throw new Error('expected two nodes');
    const connection = new Connection({ url: index === 0 ? [one, two] : [two, one], realm: 'realm1' });
    connections.push(connection);
    return connection;
  };

  it('[L6] a service and a subscriber move to the node that is left, and are found there', async () => {
    const [service, reader, user] = [connect(0), connect(0), connect(1)];
    await service.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
    const heard: unknown[] = [];
    await reader.subscribe('com.example.news', ([headline]: [string]) => heard.push(headline)).ready;
    const add = (a: number, b: number): Promise<unknown> => user.call('com.example.add', [a, b]).catch(String);
    const publish = async (text: string): Promise<unknown[]> => {
      await user.publish('com.example.news', [text], {}, { acknowledge: true });
      return heard;
    };
    await expect.poll(() => add(2, 3), { timeout: 20_000 }).toBe(5);
    await expect.poll(() => publish('before'), { timeout: 20_000 }).toContain('before');
    nodes[0]?.kill();
    await expect.poll(() => add(3, 4), { timeout: 30_000 }).toBe(7);
    await expect.poll(() => publish('after'), { timeout: 30_000 }).toContain('after');
  });
});
