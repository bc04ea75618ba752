/** Every buffer and texture that any library makes through a WebGPU binding, by wrapping the binding's own classes. */
import type { WebGpuRecord } from '@heapmark/protocol';
import { textureBytes, type TextureShape } from './texture-size.js';

/** Rows of a list. */
const ROWS = 100;

type Kind = 'buffer' | 'texture';

/** A buffer or texture that was made. It must not reach the object itself. */
interface Resource {
  readonly kind: Kind;
  readonly label: string;
  readonly bytes: number;
  readonly device: WeakRef<object>;
}

interface Count {
  count: number;
  bytes: number;
}

/** The classes of a binding, as `webgpu` exports them under `globals`. */
interface Classes {
  GPUDevice: { prototype: Methods };
  GPUBuffer: { prototype: Methods };
  GPUTexture: { prototype: Methods };
  GPUAdapter?: { prototype: Methods };
}
type Methods = Record<string, ((this: object, ...args: unknown[]) => unknown) | undefined>;

export class WebGpuDevices {
  attached = false;
  private readonly live = new Set<Resource>();
  private readonly resources = new WeakMap<object, Resource>();
  private readonly destroyed: Count = { count: 0, bytes: 0 };
  private readonly collected: Count = { count: 0, bytes: 0 };
  private readonly patched = new WeakSet<object>();
  private deviceCount = 0;
  private bytes = 0;
  private peak = 0;
  private guessed = false;
  private readonly devices = new WeakMap<object, WeakRef<object>>();
  private readonly lost = new FinalizationRegistry<Resource>((resource) => this.gone(resource, this.collected));
  private readonly lostDevices = new FinalizationRegistry<null>(() => void this.deviceCount--);

  /** Bytes of live buffers and textures. */
  get allocated(): number {
    return this.bytes;
  }

  /** Looks at a native library that was loaded: a binding exports its classes, alone or under `globals`. */
  inspect(exports: object): void {
    const { globals = exports } = exports as { globals?: object };
    const { GPUDevice, GPUBuffer, GPUTexture } = globals as Partial<Classes>;
    if (GPUDevice === undefined || GPUBuffer === undefined || GPUTexture === undefined) return;
    if (this.patched.has(GPUDevice.prototype)) return;
    this.patched.add(GPUDevice.prototype);
    this.attached = true;
    const { lost } = this;
    const created = (kind: Kind) => (device: object, object: object) => {
      const resource = this.enter(kind, device, object);
      lost.register(object, resource, object);
    };
    after(GPUDevice.prototype, 'createBuffer', created('buffer'));
    after(GPUDevice.prototype, 'createTexture', created('texture'));
    after(GPUBuffer.prototype, 'destroy', (buffer) => this.destroy(buffer));
    after(GPUTexture.prototype, 'destroy', (texture) => this.destroy(texture));
    after(GPUDevice.prototype, 'destroy', (device) => this.destroyDevice(device));
  }

  resetPeak(): void {
    this.peak = this.bytes;
  }

  /** `null` while no binding was loaded. */
  record(limit = ROWS): WebGpuRecord | null {
    if (!this.attached) return null;
    const rows = new Map<string, WebGpuRecord['byLabel'][number]>();
    for (const { kind, label, bytes } of this.live) {
      const key = `${kind} ${label}`;
      const row = rows.get(key);
      if (row === undefined) rows.set(key, { label, kind, count: 1, bytes });
      else {
        row.count += 1;
        row.bytes += bytes;
      }
    }
    const sorted = [...rows.values()].sort((a, b) => b.bytes - a.bytes);
    return {
      devices: this.deviceCount,
      live: { count: this.live.size, bytes: this.bytes },
      destroyed: { ...this.destroyed },
      collected: { ...this.collected },
      peak: this.peak,
      byLabel: sorted.slice(0, limit),
      truncated: sorted.length > limit,
      precision: this.guessed ? 'estimate' : 'exact',
    };
  }

  private enter(kind: Kind, device: object, object: object): Resource {
    let owner = this.devices.get(device);
    if (owner === undefined) {
      owner = new WeakRef(device);
      this.devices.set(device, owner);
      this.deviceCount += 1;
      this.lostDevices.register(device, null, device);
    }
    const { label = '' } = object as { label?: string };
    const resource: Resource = { kind, label, bytes: this.sizeOf(kind, object), device: owner };
    this.live.add(resource);
    this.resources.set(object, resource);
    this.bytes += resource.bytes;
    if (this.bytes > this.peak) this.peak = this.bytes;
    return resource;
  }

  private sizeOf(kind: Kind, object: object): number {
    if (kind === 'buffer') return (object as { size: number }).size;
    this.guessed = true;
    return textureBytes(object as TextureShape) ?? 0;
  }

  private destroy(object: object): void {
    const resource = this.resources.get(object);
    if (resource === undefined) return;
    this.resources.delete(object);
    this.lost.unregister(object);
    this.gone(resource, this.destroyed);
  }

  /** A device takes all that was made on it along. */
  private destroyDevice(device: object): void {
    if (!this.devices.delete(device)) return;
    this.deviceCount -= 1;
    this.lostDevices.unregister(device);
    for (const resource of this.live) if (resource.device.deref() === device) this.gone(resource, this.destroyed);
  }

  private gone(resource: Resource, into: Count): void {
    if (!this.live.delete(resource)) return;
    this.bytes -= resource.bytes;
    into.count += 1;
    into.bytes += resource.bytes;
  }
}

/** Calls back after a method has done its work: with its receiver, and with the object it made. */
function after(prototype: Methods, name: string, then: (receiver: object, made: object) => void): void {
  const original = prototype[name];
  if (original === undefined) return;
  const wrapped = function (this: object, ...args: unknown[]): unknown {
    const made = Reflect.apply(original, this, args);
    then(this, made as object);
    return made;
  };
  Object.defineProperty(prototype, name, { value: wrapped, writable: true, configurable: true, enumerable: true });
}
