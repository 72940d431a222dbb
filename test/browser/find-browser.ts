// Which real browser the tests drive. playwright's own download is not used: `npm ci` alone must be enough, and it brings a Chromium.
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

export const noBrowser =
  'NO BROWSER FOUND: set BROWSER_PATH to a Chromium, Chrome or Edge, or install chromium (Debian: apt-get install chromium)';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds a browser of the Chromium family.
 *
 * In this order: BROWSER_PATH, PATH, the usual places, the one in @sparticuz/chromium (Linux x64). NO_SYSTEM_BROWSER and NO_NPM_BROWSER
 * leave a step out.
 *
 * @throws when BROWSER_PATH is set and cannot be run: tests must not silently take another browser.
 */
export async function findChromium(): Promise<string | undefined> {
  const { BROWSER_PATH, NO_SYSTEM_BROWSER, NO_NPM_BROWSER, PATH = '' } = process.env;
  if (BROWSER_PATH) {
    if (!isRunnable(BROWSER_PATH)) throw new Error(`BROWSER_PATH is set, but ${BROWSER_PATH} cannot be run`);
    return BROWSER_PATH;
  }
  if (!NO_SYSTEM_BROWSER) {
    const onPath = names.flatMap((name) => PATH.split(path.delimiter).map((folder) => path.join(folder, name)));
    const found = [...onPath, ...usualPlaces].find((file) => path.isAbsolute(file) && isRunnable(file));
    if (found) return found;
  }
  if (NO_NPM_BROWSER || process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // Read when the package is loaded: it then unpacks the NSS libraries that a bare machine lacks.
  if (!existsSync('/usr/lib/x86_64-linux-gnu/libnss3.so')) process.env.AWS_LAMBDA_JS_RUNTIME ||= 'nodejs22.x';
  const { default: carried } = await import('@sparticuz/chromium');
  return carried.executablePath();
}
