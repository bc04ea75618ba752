/** The question before variables are freed: it names what goes. */
import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import { formatBytes, type VariableRecord } from '@heapmark/protocol';
import { sizeText, typeText, type Translation } from '../format.js';
import { chosenBytes } from '../model/variables.js';

/** Whether the person wants these variables gone. */
export async function confirmFree(
  names: readonly string[],
  variables: readonly VariableRecord[],
  trans: Translation,
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans._n('Free %1 variable?', 'Free %1 variables?', names.length),
    body: ReactWidget.create(<FreeQuestion names={names} variables={variables} trans={trans} />),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Free') })],
    defaultButton: 0,
  });
  return button.accept;
}

interface FreeQuestionProps {
  readonly names: readonly string[];
  readonly variables: readonly VariableRecord[];
  readonly trans: Translation;
}

function FreeQuestion({ names, variables, trans }: FreeQuestionProps): JSX.Element {
  const byName = new Map(variables.map((row) => [row.name, row]));
  const held = chosenBytes(variables, new Set(names));
  return (
    <div className="hm-FreeQuestion">
      <ul aria-label={trans.__('What goes')}>
        {names.map((name) => {
          const row = byName.get(name);
          return (
            <li key={name}>
              <b>{name}</b>
              <span className="hm-Variable-type">{row === undefined ? '' : typeText(row)}</span>
              <span className="hm-Figure">{row === undefined ? '' : sizeText(row, trans)}</span>
            </li>
          );
        })}
      </ul>
      {names.length > 1 && (
        <p>
          {held.shared
            ? trans.__('Together up to %1; what they share is counted in each.', formatBytes(held.bytes))
            : trans.__('Together %1.', formatBytes(held.bytes, held.complete ? 'exact' : 'atLeast'))}
        </p>
      )}
      <p>{trans.__('The values are lost and cannot be brought back. What really came back is measured afterwards.')}</p>
    </div>
  );
}
