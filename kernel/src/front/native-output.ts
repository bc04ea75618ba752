/**
 * Output that reached the runtime's descriptors 1 and 2 without passing through JavaScript: children, addons, V8 itself.
 * Takes the drain markers out of it and turns the rest into text.
 */
import { StringDecoder } from 'node:string_decoder';
import { MARKER_PREFIX } from '../ipc/process.js';

const END = 0;

export class NativeOutput {
  private decoder = new StringDecoder('utf8');
  private held: Buffer = Buffer.alloc(0);
  private readonly opening: Buffer;

  /**
   * @param secret of this runtime's markers.
   * @param onText what user code's native side wrote, in order.
   * @param onMarker the run whose output is all here.
   */
  constructor(
    secret: string,
    private readonly onText: (text: string) => void,
    private readonly onMarker: (id: number) => void,
  ) {
    this.opening = Buffer.from(`${MARKER_PREFIX}${secret}:`, 'latin1');
  }

  push(chunk: Buffer): void {
    let rest = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    this.held = Buffer.alloc(0);
    for (;;) {
      const start = rest.indexOf(this.opening);
      if (start === -1) break;
      const end = rest.indexOf(END, start + this.opening.length);
      if (end === -1) {
        this.text(rest.subarray(0, start));
        this.held = rest.subarray(start);
        return;
      }
      this.text(rest.subarray(0, start));
      this.flushText();
      this.onMarker(Number(rest.subarray(start + this.opening.length, end).toString('latin1')));
      rest = rest.subarray(end + 1);
    }
    const keep = this.partialOpening(rest);
    this.text(rest.subarray(0, rest.length - keep));
    this.held = rest.subarray(rest.length - keep);
  }

  /** The stream is over, or nobody waits for the rest of a marker any longer. */
  end(): void {
    this.text(this.held);
    this.held = Buffer.alloc(0);
    this.flushText();
  }

  /** Length of the longest end of `bytes` that may be the beginning of a marker. */
  private partialOpening(bytes: Buffer): number {
    for (let length = Math.min(bytes.length, this.opening.length - 1); length > 0; length -= 1) {
      if (bytes.subarray(bytes.length - length).equals(this.opening.subarray(0, length))) return length;
    }
    return 0;
  }

  private text(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const text = this.decoder.write(bytes);
    if (text !== '') this.onText(text);
  }

  private flushText(): void {
    const text = this.decoder.end();
    this.decoder = new StringDecoder('utf8');
    if (text !== '') this.onText(text);
  }
}
