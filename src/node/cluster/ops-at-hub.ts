/* Health, readiness and metrics of all processes, on ports of the process that has the hub: it answers even if one of the others stands still. */
import { messageOf } from '../../base/errors.ts';
import { complain } from '../../base/options.ts';
import type { LogEntry, MeasuredTogether } from '../../router/index.ts';
import { KIND, promClient } from '../ops/metrics.ts';
import { textOfAll } from '../ops/metrics-of-all.ts';
import { OpsPlace } from '../ops/ops-place.ts';
import type { OpsOptions, OpsSubject } from '../ops/ops-server.ts';
import { opsOptions } from '../port/ops-config.ts';

export interface AskedProcesses {
  /** The ids of those that do not answer within a second. */
  silent(): Promise<readonly number[]>;
  /** Metrics of this kind. */
  measured(kind: string): Promise<MeasuredTogether>;
  readonly log: (entry: LogEntry) => void;
}

type Wanted = readonly (OpsOptions | undefined)[];

export class OpsAtHub {
  private readonly subject: OpsSubject;
  private readonly places: OpsPlace[] = [];
  private options: Wanted = [];

  constructor(processes: AskedProcesses) {
    this.subject = {
      whyUnwell: async () => whySilent(await processes.silent()),
      whyNotReady: () => undefined, // the options say it
      openMetrics: async () => {
        const prom = await promClient();
        return {
          contentType: prom.Registry.PROMETHEUS_CONTENT_TYPE,
          text: async () => textOfAll(prom, await processes.measured(KIND)),
          close: () => {},
        };
      },
      failed: (error) => processes.log({ level: 'error', message: `the metrics could not be read: ${messageOf(error)}`, error }),
    };
  }

  /** @throws What `openOps` throws. Then everything is as it was. */
  async change(given: Wanted): Promise<readonly (string | undefined)[]> {
    for (const each of given) if (each) complain('ops', opsOptions, each);
    const options = given.map((each) => (each?.port === undefined ? undefined : each));
    const before = this.options;
    try {
      await this.take(options);
    } catch (error) {
      await this.take(before);
      throw error;
    }
    this.options = options;
    return options.map((_, i) => this.places[i]?.url);
  }

  close(): void {
    for (const place of this.places) place.close();
  }

  private async take(options: Wanted): Promise<void> {
    while (this.places.length < options.length) this.places.push(new OpsPlace(this.subject));
    for (const [i, place] of this.places.entries()) await place.change(options[i]);
  }
}

function whySilent(pids: readonly number[]): string | undefined {
  if (pids.length === 0) return undefined;
  return pids.length === 1 ? `process ${pids[0]} does not answer` : `processes ${pids.join(', ')} do not answer`;
}
