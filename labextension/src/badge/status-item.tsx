/** The status bar's item: what the followed kernel's memory is now. */
import { ReactWidget } from '@jupyterlab/apputils';
import { formatBytes } from '@heapmark/protocol';
import { GroupItem, TextItem } from '@jupyterlab/statusbar';
import { percent, type Translation } from '../format.js';
import { memoryIcon } from '../icons.js';
import type { MemoryModel } from '../model/memory-model.js';
import { usedBytes } from '../model/samples.js';
import { useModel, useSignal, useWatch } from '../sections/hooks.js';
import { NEAR, allFigures, limitName } from '../sections/now-section.js';
import type { IMemoryModels } from '../tokens.js';

/** The item needs no more than a figure now and then. */
const SAMPLE_EVERY_MS = 5000;

export interface StatusItemOptions {
  readonly models: IMemoryModels;
  readonly trans: Translation;
  /** What a click does. */
  open(): void;
}

export class StatusItem extends ReactWidget {
  readonly #options: StatusItemOptions;
  #isOn = false;

  constructor(options: StatusItemOptions) {
    super();
    this.#options = options;
    this.addClass('hm-StatusItem');
  }

  /** Shows the figure of the current kernel, or nothing: then nothing is sent for it. */
  turn(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    this.update();
  }

  protected override render(): JSX.Element | null {
    return this.#isOn ? <CurrentFigure {...this.#options} /> : null;
  }
}

function CurrentFigure(options: StatusItemOptions): JSX.Element | null {
  useSignal(options.models.followedChanged);
  const model = options.models.current;
  return model === null ? null : <Figure key={model.kernelId} model={model} {...options} />;
}

function Figure({ model, trans, open }: StatusItemOptions & { model: MemoryModel }): JSX.Element | null {
  useWatch(model, { topics: ['sample'], sampleEveryMs: SAMPLE_EVERY_MS });
  useModel(model, 'samples', 'link');
  const { latest, limits } = model;
  if (latest === null || model.linkState.kind !== 'ready') return null;
  const limit = limits[0];
  const share = limit === undefined ? null : limit.used / limit.limit;
  // The share has its own name: it is not always this figure that counts against the nearest limit.
  const nearest = limit === undefined || share === null ? [] : [`${limitName(limit.kind, trans)} ${percent(share)}`];
  const text = [formatBytes(usedBytes(latest)), ...nearest].join(' · ');
  return (
    <GroupItem
      spacing={4}
      role="button"
      tabIndex={0}
      className={share !== null && share >= NEAR ? 'hm-mod-near' : ''}
      title={allFigures(latest, limits, [], trans)}
      aria-label={trans.__('Memory of the kernel: %1', text)}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') open();
      }}
    >
      <memoryIcon.react tag="span" className="hm-StatusItem-icon" />
      <TextItem source={text} />
    </GroupItem>
  );
}
