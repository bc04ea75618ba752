/**
 * Binary data as the bytes it consists of, without a copy.
 * @throws TypeError for anything but an ArrayBuffer or a view of one.
 */
export function asBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw new TypeError('Buffers must be ArrayBuffers, typed arrays, DataViews or Buffers.');
}
