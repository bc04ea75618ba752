/** How the sections follow signals: at most one render a frame, and nothing after they are gone. */
import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState, type RefObject } from 'react';
import type { Interest } from '../model/interests.js';
import type { Aspect, MemoryModel } from '../model/memory-model.js';
import type { PanelState } from '../model/panel-state.js';

/** How soon something has to show: in the next frame, with all else of that frame, or at once, or not at all. */
type Urgency = 'frame' | 'now' | 'never';

/** Renders again after the signal: once a frame however often it is emitted, unless it is more urgent. */
export function useSignal<S, A>(signal: ISignal<S, A>, urgency: (args: A) => Urgency = () => 'frame'): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let frame = 0;
    const slot = (_: S, args: A): void => {
      const when = urgency(args);
      if (when === 'now') render();
      if (when !== 'frame' || frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        render();
      });
    };
    signal.connect(slot);
    // What changed between the render and this effect was not heard.
    render();
    return () => {
      signal.disconnect(slot);
      cancelAnimationFrame(frame);
    };
  }, [signal]);
}

/** Renders again when one of these parts of the model changes. */
export const useModel = (model: MemoryModel, ...aspects: Aspect[]): void =>
  useSignal(model.changed, (aspect) => (aspects.includes(aspect) ? (aspect === 'chosen' ? 'now' : 'frame') : 'never'));

/** Renders again when the panel is arranged anew: at once, since a field that lags behind what is typed loses its place. */
export const useArrangement = (state: PanelState): void => useSignal(state.changed, () => 'now');

/** Has the kernel send what the component shows, as long as it is shown. */
export function useWatch(model: MemoryModel, interest: Interest): void {
  const key = JSON.stringify(interest);
  useEffect(() => {
    const watching = model.watch(JSON.parse(key) as Interest);
    return () => watching.dispose();
  }, [model, key]);
}

/** Looks at once, after each cell and whenever the kernel can be asked again, while it is wanted. */
export function useAfterCells(model: MemoryModel, isWanted: boolean, look: () => void): void {
  useEffect(() => {
    if (!isWanted) return undefined;
    const afterCell = (_: MemoryModel, run: { status: string } | null): void => {
      if (run?.status !== 'running') look();
    };
    const again = (): void => look();
    model.cellChanged.connect(afterCell);
    model.linkStateChanged.connect(again);
    look();
    return () => {
      model.cellChanged.disconnect(afterCell);
      model.linkStateChanged.disconnect(again);
    };
  }, [model, isWanted]);
}

/** The inner size of an element, as it changes. */
export function useSize(element: RefObject<HTMLElement>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const measure = (): void => {
      setSize((old) =>
        old.width === target.clientWidth && old.height === target.clientHeight
          ? old
          : { width: target.clientWidth, height: target.clientHeight },
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return size;
}
