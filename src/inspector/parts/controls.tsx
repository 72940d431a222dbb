/* Small things that views share. */
import type { ComponentChildren, JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

export function Field({
  label,
  children,
}: {
  readonly label: string;
  readonly children: (id: string) => ComponentChildren;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly placeholder?: string | undefined;
  readonly list?: readonly string[] | undefined;
  readonly isWide?: boolean | undefined;
  /** `change` is called a moment after the last key. */
  readonly isLate?: boolean | undefined;
}

const LATE_MS = 300;

export function Text({ label, value, change, placeholder, list, isWide, isLate }: TextProps): JSX.Element {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [typed, type] = useState<string | undefined>(undefined);
  const take = (text: string): void => {
    if (!isLate) return change(text);
    type(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      type(undefined);
      change(text);
    }, LATE_MS);
  };
  return (
    <Field label={label}>
      {(id) => (
        <>
          <input
            id={id}
            class={isWide ? 'wide' : ''}
            value={typed ?? value}
            placeholder={placeholder}
            list={list ? `${id}-list` : undefined}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => take(event.currentTarget.value)}
          />
          {list && (
            <datalist id={`${id}-list`}>
              {list.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  /** The values, and what they are called. */
  readonly of: readonly (readonly [value: T, label: string])[];
  readonly change: (value: T) => void;
}

export function Choice<T extends string>({ label, value, of, change }: ChoiceProps<T>): JSX.Element {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => change(event.currentTarget.value as T)}>
          {of.map(([each, name]) => (
            <option key={each} value={each} selected={each === value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly change: (isOn: boolean) => void;
}

export function Check({ label, isOn, change }: CheckProps): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => change(event.currentTarget.checked)} /> {label}
    </label>
  );
}

/** Puts a text into the clipboard, and says so. */
export function Copy({ label, text }: { readonly label: string; readonly text: string }): JSX.Element {
  const [said, say] = useState('');
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).then(
      () => say('copied'),
      () => say('the browser does not allow it'),
    );
    setTimeout(() => say(''), 2000);
  };
  return (
    <span class="copy">
      <button type="button" class="second" title={text} onClick={copy}>
        {label}
      </button>
      <span role="status">{said}</span>
    </span>
  );
}

/** What went wrong. */
export function Fault({ text }: { readonly text: string | undefined }): JSX.Element | null {
  return text === undefined ? null : (
    <p class="fault" role="alert">
      {text}
    </p>
  );
}

/** Beside a table: what is known of its chosen row. */
export function Details({
  title,
  close,
  children,
}: {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <aside class="details" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <button type="button" class="plain" onClick={close} aria-label="close">
          ✕
        </button>
      </header>
      {children}
    </aside>
  );
}

export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ComponentChildren])[] }): JSX.Element {
  return (
    <dl>
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
