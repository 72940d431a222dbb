/*
 * Keeps processes running: one that ends is started again, a moment later each time it ends early.
 * They end when the channel to this process closes, so none is left behind, even if this process
 * is killed (run/service.mjs is their side of it).
 */
import { fork } from 'node:child_process';

const delays = { min: 200, max: 10_000, healthy: 5_000 };

export function runServices(services, env) {
  const running = services.map((service) => keepRunning(service, env));
  return { stop: () => Promise.all(running.map((each) => each.stop())) };
}

function keepRunning({ name, path, env: own }, env) {
  let child;
  let timer;
  let isStopping = false;
  let delay = delays.min;
  let stopped = () => {};

  const run = () => {
    const started = Date.now();
    child = fork(path, {
      env: { ...process.env, ...env, ...own, DEMO_IS_CHILD: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (message) => message === 'ready' && console.log(`Service ${name} runs, process ${child.pid}`));
    child.on('error', (error) => console.error(`Service ${name}: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (isStopping) return stopped();
      delay = Date.now() - started > delays.healthy ? delays.min : Math.min(delay * 2, delays.max);
      console.error(`Service ${name} ended (${signal ?? code}): starting it again in ${delay / 1000} s`);
      timer = setTimeout(run, delay);
    });
  };
  run();

  return {
    stop: () =>
      new Promise((resolve) => {
        isStopping = true;
        clearTimeout(timer);
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        const force = setTimeout(() => child.kill('SIGKILL'), 3000); // one that is deep in thought
        stopped = () => {
          clearTimeout(force);
          resolve();
        };
        if (child.connected) child.disconnect();
      }),
  };
}
