/** How the sections follow signals: at most one render a frame, and nothing after they are gone. */
import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState, type RefObject } from 'react';
import type { Interest } from '../model/interests.js';
import type { Aspect, MemoryModel } from '../model/memory-model.js';

/** Renders again after the signal, once a frame however often it is emitted. */
export function useSignal<S, A>(signal: ISignal<S, A>, relevant?: (args: A) => boolean): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let frame = 0;
    const slot = (_: S, args: A): void => {
      if (frame !== 0 || relevant?.(args) === false) return;
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
  useSignal(model.changed, (aspect) => aspects.includes(aspect));

/** Has the kernel send what the component shows, as long as it is shown. */
export function useWatch(model: MemoryModel, interest: Interest): void {
  const key = JSON.stringify(interest);
  useEffect(() => {
    const watching = model.watch(JSON.parse(key) as Interest);
    return () => watching.dispose();
  }, [model, key]);
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
