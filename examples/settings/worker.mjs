// The crawler, and the encoding server: two processes that do what the settings say, from the moment that they are published.
import { announce, name } from '../announce.mjs';
import './settings.js';

export default async function worker(service) {
  const { defaults, readSettings } = globalThis.settings;
  let current = defaults;
  let setBy = 'nobody yet';
  let done = 0;

  service.subscribe(
    'settings.current',
    ([value], _kwargs, { publisher_authid }) => {
      current = readSettings(value);
      setBy = publisher_authid;
      report();
    },
    { get_retained: true },
  );

  const work = {
    crawler: () => `${done} pages crawled, ${current.pagesPerSecond} a second`,
    encoder: () => `${done} videos encoded, the next one in ${current.quality}`,
  };

  function report() {
    service.publish(`settings.report.${name}`, [{ text: work[name](), setBy }], null, { retain: true, session_bound: true });
  }

  setInterval(() => {
    done += name === 'crawler' ? current.pagesPerSecond : 1;
    report();
  }, 1000);

  await announce(service);
}
