/* What several rounds come to. */

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * @param {{ count: number, ms: number, cpu: number, serverCpu: number | undefined }[]} runs - One per round, of one contestant.
 * @param {({ count: number, ms: number } | undefined)[]} relay - The relay's runs of the same rounds.
 */
export function summarize(runs, relay) {
  const rate = (run) => run.count / (run.ms / 1000);
  const rates = runs.map(rate);
  const ratios = runs.flatMap((run, round) => (relay[round] ? [rate(run) / rate(relay[round])] : []));
  const cpus = runs.map((run) => run.cpu / run.count);
  // Below the number of processes at work, these wait for each other, or for a core that somebody else has.
  const busy = runs.map((run) => (run.cpu + (run.serverCpu ?? 0)) / (run.ms * 1000));
  const serverCpus = runs.flatMap((run) => (run.serverCpu === undefined ? [] : [run.serverCpu / run.count]));
  return {
    rate: median(rates),
    min: Math.min(...rates),
    max: Math.max(...rates),
    ratio: ratios.length > 0 ? median(ratios) : undefined,
    clientCpu: median(cpus),
    serverCpu: serverCpus.length > 0 ? median(serverCpus) : undefined,
    cores: median(busy),
    rates: rates.map(Math.round),
  };
}
