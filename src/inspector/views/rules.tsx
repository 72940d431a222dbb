/* "May bob call x.y?": the rule that decides, and those that do not count. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ExplainQuestion, Explanation, PermissionRule } from '../../router/index.ts';
import { authroles, become, oneRealm, query } from '../data/page.ts';
import { ask, textOf } from '../data/wire.ts';
import { Check, Choice, Fault, Text } from '../parts/controls.tsx';

type Action = ExplainQuestion['action'];
const ACTIONS: readonly Action[] = ['call', 'register', 'publish', 'subscribe'];

export function Rules(): JSX.Element {
  const given = query.value;
  const action = ACTIONS.find((each) => each === given.get('action')) ?? 'call';
  const uri = useSignal(given.get('uri') ?? '');
  const as = useSignal(given.get('as') ?? '');
  const answer = useSignal<Explanation | undefined>(undefined);
  const fault = useSignal<string | undefined>(undefined);
  const realm = given.get('realm') ?? oneRealm.value;
  const match = given.get('match') ?? 'exact';
  const asks = given.get('ask') === 'true';
  const isPattern = action === 'subscribe' || action === 'register';
  const change = (more: { readonly [name: string]: string | undefined }): void =>
    become('rules', { ...Object.fromEntries(query.value), uri: uri.value, as: as.value, ...more });
  const explain = async (): Promise<void> => {
    fault.value = undefined;
    answer.value = undefined;
    try {
      answer.value = await ask<Explanation>('autostrada.inspect.explain', {
        realm,
        action,
        uri: uri.value,
        as: as.value,
        ask: asks,
        ...(isPattern ? { match } : {}),
      });
    } catch (error) {
      fault.value = textOf(error);
    }
  };
  useEffect(() => {
    uri.value = given.get('uri') ?? '';
    as.value = given.get('as') ?? '';
    if (uri.value !== '' && as.value !== '') void explain();
  }, [given.toString(), realm]);
  return (
    <div class="view scrolls">
      <h2>May somebody do something, and what would come of it?</h2>
      <form
        class="bar"
        onSubmit={(event) => {
          event.preventDefault();
          if (uri.value === (given.get('uri') ?? '') && as.value === (given.get('as') ?? '')) void explain();
          else change({});
        }}
      >
        <Text
          label="Who: an authid or an authrole"
          value={as.value}
          list={authroles.value}
          change={(value) => (as.value = value)}
          placeholder="bob"
        />
        <Choice
          label="may"
          value={action}
          of={ACTIONS.map((each) => [each, each] as const)}
          change={(value) => change({ action: value })}
        />
        <Text label="URI" value={uri.value} isWide change={(value) => (uri.value = value)} placeholder="com.example.add" />
        {isPattern && (
          <Choice
            label="Match"
            value={match}
            of={[
              ['exact', 'exact'],
              ['prefix', 'prefix'],
              ['wildcard', 'wildcard'],
            ]}
            change={(value) => change({ match: value })}
          />
        )}
        <Check label="ask authorizers, too" isOn={asks} change={(isOn) => change({ ask: isOn ? 'true' : undefined })} />
        <button type="submit" disabled={uri.value === '' || as.value === ''}>
          Explain
        </button>
      </form>
      <p class="notes">in realm {realm}. Nothing is changed, and nobody needs to be connected.</p>
      <Fault text={fault.value} />
      {answer.value && <Answer answer={answer.value} />}
    </div>
  );
}

function Answer({ answer }: { readonly answer: Explanation }): JSX.Element {
  const { allowed, says, rules, shadowed, nearRules } = answer;
  return (
    <section class="answer" aria-live="polite">
      <p class={`verdict ${allowed === null ? 'open' : allowed ? 'yes' : 'no'}`}>
        {allowed === null ? 'Code decides' : allowed ? 'Yes' : 'No'}
      </p>
      <ul>
        {says.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <RuleList title="The rule that decides" rules={rules} />
      <RuleList title="Rules that match, too, and do not count" rules={shadowed} />
      <RuleList title="Rules that nearly match" rules={nearRules} />
    </section>
  );
}

function RuleList({
  title,
  rules,
}: {
  readonly title: string;
  readonly rules: readonly (Partial<PermissionRule> & { readonly uri: string; readonly why?: string })[];
}): JSX.Element | null {
  if (rules.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="rules">
        {rules.map((rule) => (
          <li key={`${rule.uri}${rule.match}`}>
            <code>{rule.uri === '' ? '(every URI)' : rule.uri}</code> {rule.match ?? 'exact'}
            {rule.allow === undefined ? '' : `: ${rule.allow === 'all' ? 'all' : rule.allow.join(', ') || 'nothing'}`}
            {rule.why === undefined ? '' : ` (${rule.why})`}
          </li>
        ))}
      </ul>
    </>
  );
}
