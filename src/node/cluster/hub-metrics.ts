/*
 * Metrics of all processes, at the hub. It asks all of them when somebody reads. For one that does not answer in time its last metrics count. What only grows must never
 * fall: for Prometheus that would be a restart. So the last counters of a process that is gone stay in the sum.
 */
import type { Measured, MeasuredTogether, MeasuredValue } from '../../router/index.ts';

/** Prometheus itself waits ten seconds. */
const ANSWER_MS = 1000;

export interface MeasuringProcess {
  /** Its last metrics, by kind. */
  readonly measured: Map<string, readonly Measured[]>;
  /** Clients connect to it. */
  readonly hasPorts: boolean;
  askMetrics(question: number, kind: string): void;
}

interface Question {
  readonly open: Set<MeasuringProcess>;
  readonly answered: Set<MeasuringProcess>;
  settle(): void;
}

export class HubMetrics {
  private readonly ended = new Map<string, Map<string, Measured>>();
  private readonly questions = new Map<number, Question>();
  private last = 0;

  /** @returns Those that do not answer within a second. */
  async silent<P extends MeasuringProcess>(processes: ReadonlyMap<string, P>): Promise<readonly P[]> {
    const { open } = await this.question(processes, 'none'); // they answer that they have none of it
    return [...processes.values()].filter((process) => open.has(process));
  }

  /** @param processes - Those that are there. It is read again when the answer is made. */
  async ask(processes: ReadonlyMap<string, MeasuringProcess>, kind: string): Promise<MeasuredTogether> {
    const { open, answered } = await this.question(processes, kind);
    const there = [...processes.values()];
    const gone = this.ended.get(kind);
    return {
      answered: there.filter((process) => process.hasPorts && answered.has(process)).length,
      silent: there.filter((process) => open.has(process)).length,
      metrics: [...there.map(({ measured }) => measured.get(kind) ?? []), [...(gone?.values() ?? [])]],
    };
  }

  private async question(processes: ReadonlyMap<string, MeasuringProcess>, kind: string): Promise<Omit<Question, 'settle'>> {
    const id = ++this.last;
    const answered = new Set<MeasuringProcess>();
    const open = new Set(processes.values());
    await new Promise<void>((resolve) => {
      // If this process itself stood still, the answers are there by now, and are read before `setImmediate`.
      const timer = setTimeout(() => setImmediate(resolve), ANSWER_MS);
      const settle = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.questions.set(id, { open, answered, settle });
      for (const process of open) process.askMetrics(id, kind);
      if (open.size === 0) settle();
    });
    this.questions.delete(id);
    return { open, answered };
  }

  /** @param metrics - Undefined: it has none of this kind. */
  heard(process: MeasuringProcess, id: number, kind: string, metrics: readonly Measured[] | undefined): void {
    if (metrics) process.measured.set(kind, metrics);
    const question = this.questions.get(id);
    if (metrics) question?.answered.add(process);
    this.settled(question, process);
  }

  gone(process: MeasuringProcess): void {
    for (const [kind, metrics] of process.measured) {
      const sums = this.ended.get(kind) ?? new Map<string, Measured>();
      this.ended.set(kind, sums);
      for (const metric of metrics) if (growsOnly(metric)) sums.set(metric.name, added(sums.get(metric.name), metric));
    }
    for (const question of this.questions.values()) this.settled(question, process);
  }

  private settled(question: Question | undefined, process: MeasuringProcess): void {
    question?.open.delete(process);
    if (question?.open.size === 0) question.settle();
  }
}

function growsOnly({ type }: Measured): boolean {
  return type === 'counter' || type === 'histogram';
}

function added(known: Measured | undefined, metric: Measured): Measured {
  const sums = new Map<string, MeasuredValue>();
  for (const one of [...(known?.values ?? []), ...metric.values]) {
    const key = JSON.stringify([one.metricName, Object.entries(one.labels).sort()]);
    sums.set(key, { ...one, value: one.value + (sums.get(key)?.value ?? 0) });
  }
  return { ...metric, values: [...sums.values()] };
}
