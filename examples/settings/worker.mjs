// The crawler, and the encoding server: two processes that do what the settings say, from the moment that they are published.
import { openService, ready } from '../run/service.mjs';
import './settings.js';

const { defaults, readSettings } = globalThis.settings;
const { SERVICE_NAME: name } = process.env;
let current = defaults;
let setBy = 'nobody yet';
let done = 0;

const service = openService();

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
  service.publish(`settings.report.${name}`, [{ text: work[name](), setBy }], null, { retain: true });
}

setInterval(() => {
  done += name === 'crawler' ? current.pagesPerSecond : 1;
  report();
}, 1000);

await ready(service);
