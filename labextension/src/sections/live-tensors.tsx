/** Live tensors: shape, the variables that reach each, its bytes, the cell that made it, and the way to dispose it. */
import { formatBytes, type TensorRecord } from '@heapmark/protocol';
import { closeIcon } from '@jupyterlab/ui-components';
import type { MemoryModel } from '../model/memory-model.js';
import type { TensorOrder } from '../model/tensor-list.js';
import { usePanel } from './context.js';
import { OrderChoice } from './section.js';

export function TensorOrderChoice({ model }: { model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  const orders: { value: TensorOrder; text: string }[] = [
    { value: 'bytes', text: trans.__('by size') },
    { value: 'cell', text: trans.__('by cell') },
    { value: 'shape', text: trans.__('by shape') },
  ];
  return (
    <OrderChoice
      label={trans.__('Order of the tensors')}
      value={model.tensors.order}
      options={orders}
      onChange={(order) => {
        model.tensors.order = order;
      }}
    />
  );
}

export function LiveTensors({ model }: { model: MemoryModel }): JSX.Element | null {
  const { trans } = usePanel();
  const { tensors, record } = model.tensors;
  if (tensors.length === 0) return null;
  return (
    <>
      <ul className="hm-Tensors-live" aria-label={trans.__('Live tensors')}>
        {tensors.map((tensor) => (
          <Tensor key={`${tensor.provider} ${tensor.id}`} tensor={tensor} model={model} />
        ))}
      </ul>
      {record?.truncated === true && (
        <p className="hm-Tensors-note">{trans.__('The largest %1; %tensors lists more.', tensors.length)}</p>
      )}
    </>
  );
}

function Tensor({ tensor, model }: { tensor: TensorRecord; model: MemoryModel }): JSX.Element {
  const { trans, goToCell } = usePanel();
  const { id, shape, dtype, bytes, backend, provider, cell, variables } = tensor;
  return (
    <li className="hm-Tensor" title={[`${dtype}, ${provider} ${backend}`, ...variables].join('\n')}>
      <code className="hm-Tensor-shape">{`[${shape.join(', ')}]`}</code>
      <span className="hm-Tensor-names">{variables.length === 0 ? trans.__('no variable') : variables.join(', ')}</span>
      <span className="hm-Figure">{formatBytes(bytes)}</span>
      {cell !== null && (
        <button
          type="button"
          className="hm-Link"
          title={trans.__('Go to the cell that made it')}
          onClick={() => goToCell(model, cell)}
        >
          [{cell.executionCount}]
        </button>
      )}
      <button
        type="button"
        className="hm-Icon"
        aria-label={trans.__('Dispose tensor %1', id)}
        title={trans.__('Dispose tensor %1: its values are lost', id)}
        onClick={() =>
          void model.tensors.dispose(id, (disposed, back) =>
            disposed === 0
              ? trans.__('Tensor %1 was gone already', id)
              : trans.__('Disposed tensor %1: %2 back', id, formatBytes(back)),
          )
        }
      >
        <closeIcon.react tag="span" />
      </button>
    </li>
  );
}
