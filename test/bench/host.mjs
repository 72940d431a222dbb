/* The server side's part of the talk with the main process: where it listens, and what CPU time it has used. */

/** @param {string} url - Where the server listens. */
export function host(url) {
  process.on('message', ({ what }) => {
    if (what !== 'memory') return process.send({ cpu: cpuMicroseconds() });
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send({ memory: heapUsed + external });
  });
  process.on('disconnect', () => process.exit());
  process.send({ url });
}

/** Of this process so far, garbage collection and system calls included. */
export function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
