/** The question before a heap snapshot: what it will cost, as the kernel predicts it. */
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { SnapshotCost } from '@heapmark/protocol';
import type { Translation } from '../format.js';
import type { MemoryModel, SnapshotWish } from '../model/memory-model.js';

/** Asks the kernel for the cost and the person for consent; null where either says no. @param title - what it is for */
export async function confirmSnapshot(
  model: MemoryModel,
  title: string,
  trans: Translation,
): Promise<SnapshotWish | null> {
  const cost = await costOf(model);
  if (cost === null) return null;
  const { button } = await showDialog({
    title,
    body: costText(cost, trans),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), consent(cost, trans)],
    defaultButton: cost.refused === null ? 1 : 0,
  });
  return button.accept ? { force: cost.refused !== null } : null;
}

/** As {@link confirmSnapshot}, with the name of the file to write. */
export async function askForSnapshotFile(
  model: MemoryModel,
  proposal: string,
  trans: Translation,
): Promise<(SnapshotWish & { file: string }) | null> {
  const cost = await costOf(model);
  if (cost === null) return null;
  const { label } = consent(cost, trans);
  const { button, value } = await InputDialog.getText({
    title: trans.__('Take a heap snapshot?'),
    label: costText(cost, trans),
    text: proposal,
    okLabel: label,
    required: true,
  });
  return button.accept && value !== null ? { file: value, force: cost.refused !== null } : null;
}

async function costOf(model: MemoryModel): Promise<SnapshotCost | null> {
  try {
    return await model.snapshotCost();
  } catch (error) {
    model.actions.fail(error);
    return null;
  }
}

const costText = ({ text, refused }: SnapshotCost, trans: Translation): string =>
  refused === null ? text : trans.__('%1 It is not advised: %2.', text, refused);

const consent = ({ refused }: SnapshotCost, trans: Translation): Dialog.IButton =>
  refused === null
    ? Dialog.okButton({ label: trans.__('Take Snapshot') })
    : Dialog.warnButton({ label: trans.__('Take It All the Same') });
