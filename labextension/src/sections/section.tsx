/** A titled part of the panel that folds away; while folded nothing in it exists, so nothing is sent for it. */
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { useId, type ReactNode } from 'react';
import type { SectionName } from '../model/panel-state.js';
import { usePanel } from './context.js';
import { useArrangement } from './hooks.js';

export interface SectionProps {
  readonly name: SectionName;
  readonly title: string;
  /** Beside the title, while the section is open. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ name, title, tools, children }: SectionProps): JSX.Element {
  const { state } = usePanel();
  useArrangement(state);
  const id = useId();
  const isOpen = !state.isClosed(name);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <section className={`hm-Section hm-Section-${name}${isOpen ? '' : ' hm-mod-closed'}`} aria-labelledby={id}>
      <div className="hm-Section-head">
        <h2 className="hm-Section-title">
          <button id={id} type="button" aria-expanded={isOpen} onClick={() => state.toggleSection(name)}>
            <Caret.react tag="span" className="hm-Section-caret" />
            {title}
          </button>
        </h2>
        {isOpen && <div className="hm-Section-tools">{tools}</div>}
      </div>
      {isOpen && children}
    </section>
  );
}

export interface OrderChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  onChange(value: T): void;
}

/** A quiet choice beside a section's title. */
export function OrderChoice<T extends string>({ label, value, options, onChange }: OrderChoiceProps<T>): JSX.Element {
  return (
    <select
      className="hm-Choice"
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as T)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}
