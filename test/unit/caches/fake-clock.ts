/** A clock that stands still until it is moved. */
export class FakeClock {
  time = 1000;
  now(): number {
    return this.time;
  }
  advance(ms: number): void {
    this.time += ms;
  }
}
