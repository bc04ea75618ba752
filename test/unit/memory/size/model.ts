import { figureOf, type Figure } from '../../../../kernel/src/memory/size/account.js';
import { measure, type Measured } from '../../../../kernel/src/memory/size/measure.js';

/** A clock that stands still: the walk ends when all is read. */
export const patient = { now: () => 0, random: () => 0.41 };

/** Measures with all the time it takes. */
export const measureAll = (...values: unknown[]): Measured => measure(values, patient, 1_000);

/** The figure of one value. */
export const figure = (value: unknown): Figure => figureOf(measureAll(value).account.total, Infinity);

/** A clock that goes on by `tick` ms at each look, and counts the looks. */
export class TickingClock {
  time = 0;
  looks = 0;
  constructor(private readonly tick: number) {}
  now = (): number => {
    this.looks++;
    return (this.time += this.tick);
  };
  random = (): number => 0.41;
}
