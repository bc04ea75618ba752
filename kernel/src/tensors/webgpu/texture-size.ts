/** How much memory a texture takes: an estimate, since devices align and pad as they like. */

export interface TextureShape {
  readonly width: number;
  readonly height: number;
  readonly depthOrArrayLayers: number;
  readonly mipLevelCount: number;
  readonly sampleCount: number;
  readonly dimension: string;
  readonly format: string;
}

/** Bytes a texel of the formats whose name does not tell, https://www.w3.org/TR/webgpu/#texture-format-caps */
const NAMED: Record<string, number | undefined> = {
  rgb9e5ufloat: 4,
  rgb10a2unorm: 4,
  rgb10a2uint: 4,
  rg11b10ufloat: 4,
  stencil8: 1,
  depth16unorm: 2,
  depth24plus: 4,
  'depth24plus-stencil8': 4,
  depth32float: 4,
  'depth32float-stencil8': 5,
};

/** Of the whole texture with its smaller levels, bytes; `null` for a format that is not known. */
export function textureBytes(texture: TextureShape): number | null {
  const texel = texelBytes(texture.format);
  if (texel === null) return null;
  const deep = texture.dimension === '3d';
  let bytes = 0;
  for (let level = 0; level < texture.mipLevelCount; level++) {
    const width = Math.max(1, texture.width >> level);
    const height = Math.max(1, texture.height >> level);
    const layers = deep ? Math.max(1, texture.depthOrArrayLayers >> level) : texture.depthOrArrayLayers;
    bytes += width * height * layers * texel * texture.sampleCount;
  }
  return Math.ceil(bytes);
}

function texelBytes(format: string): number | null {
  const named = NAMED[format];
  if (named !== undefined) return named;
  // `rgba8unorm`, `bgra8unorm-srgb`, `rg16float`: channels and the bits of each.
  const plain = /^(r|rg|rgba|bgra)(8|16|32)/.exec(format);
  if (plain !== null) return ((plain[1] ?? '').length * Number(plain[2])) / 8;
  // Blocks of 4 by 4 texels take 8 or 16 bytes.
  if (/^(bc1|bc4|etc2-rgb8|eac-r11)/.test(format)) return 0.5;
  if (/^(bc|etc2|eac)/.test(format)) return 1;
  const block = /^astc-(\d+)x(\d+)/.exec(format);
  return block === null ? null : 16 / (Number(block[1]) * Number(block[2]));
}
