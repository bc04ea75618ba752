import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, ReplayWindow, Signer, WireError, type Message } from '../../../kernel/src/front/wire.js';

const message = (over: Partial<Message> = {}): Message => ({
  header: {
    msg_id: 'id-1',
    msg_type: 'execute_request',
    session: 's',
    username: 'u',
    date: '2026-01-01T00:00:00Z',
    version: '5.5',
  },
  parent: {},
  metadata: { cellId: 'c' },
  content: { code: '1 + 1' },
  buffers: [],
  ...over,
});

const signer = new Signer('secret', 'hmac-sha256');
const frames = (sent: Message, by = signer, identities: Buffer[] = []): Buffer[] =>
  encode(sent, by, identities).map((frame) => Buffer.from(frame));
const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('a message on the wire', () => {
  it('comes back as it was sent, with its routing and its binary buffers', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.uint8Array()),
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 5 }), { maxLength: 2 }),
        (content, buffers, identities) => {
          const sent = message({ content: JSON.parse(JSON.stringify(content)), buffers });
          const routing = identities.map((identity) => Buffer.from(identity));
          const got = decode(frames(sent, signer, routing), signer, new ReplayWindow());
          expect(got.content).toEqual(sent.content);
          expect(got.header).toEqual(sent.header);
          expect(got.identities).toEqual(routing);
          expect(got.buffers.map((buffer) => Buffer.from(buffer))).toEqual(
            buffers.map((buffer) => Buffer.from(buffer)),
          );
        },
      ),
    );
  });

  it('is refused when any signed part was changed', () => {
    const good = frames(message());
    for (let part = 2; part < good.length; part += 1) {
      const tampered = good.map((frame, index) => (index === part ? Buffer.concat([frame, Buffer.from(' ')]) : frame));
      expect(codeOf(() => decode(tampered, signer, new ReplayWindow()))).toBe('BAD_SIGNATURE');
    }
  });

  it('is refused when it was signed with another key or not at all', () => {
    expect(
      codeOf(() => decode(frames(message(), new Signer('other', 'hmac-sha256')), signer, new ReplayWindow())),
    ).toBe('BAD_SIGNATURE');
    expect(codeOf(() => decode(frames(message(), new Signer('', 'hmac-sha256')), signer, new ReplayWindow()))).toBe(
      'BAD_SIGNATURE',
    );
  });

  it('is refused when it comes a second time', () => {
    const replays = new ReplayWindow();
    const sent = frames(message());
    decode(sent, signer, replays);
    expect(codeOf(() => decode(sent, signer, replays))).toBe('REPLAYED');
  });

  it('needs no signature, and may come twice, when the key is empty', () => {
    const open = new Signer('', 'hmac-sha256');
    const replays = new ReplayWindow();
    const sent = frames(message(), open);
    expect(sent[1]?.length).toBe(0);
    decode(sent, open, replays);
    expect(decode(sent, open, replays).header.msg_id).toBe('id-1');
  });

  it('never throws anything but a WireError, whatever the frames are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), fc.boolean(), (parts, delimited) => {
        const open = new Signer('', 'hmac-sha256');
        const raw = parts.map((part) => Buffer.from(part));
        const sent = delimited ? [Buffer.from('<IDS|MSG>'), ...raw] : raw;
        expect(['MALFORMED', 'accepted']).toContain(codeOf(() => decode(sent, open, new ReplayWindow())));
      }),
    );
  });

  it.each([
    ['a part is no JSON', '{'],
    ['a part is an array', '[]'],
    ['the header has no type', '{"msg_id":"a","session":"b"}'],
  ])('is malformed when %s', (_name, header) => {
    const open = new Signer('', 'hmac-sha256');
    const raw = ['<IDS|MSG>', '', header, '{}', '{}', '{}'].map((part) => Buffer.from(part));
    expect(codeOf(() => decode(raw, open, new ReplayWindow()))).toBe('MALFORMED');
  });
});

describe('the replay window', () => {
  it('forgets the oldest signatures and keeps its size', () => {
    const replays = new ReplayWindow(3);
    expect(['a', 'b', 'c', 'd'].map((signature) => replays.admit(signature))).toEqual([true, true, true, true]);
    expect(replays.admit('d')).toBe(false);
    expect(replays.admit('a')).toBe(true);
  });
});

describe('a signer', () => {
  it('refuses a scheme that is not HMAC', () => {
    expect(() => new Signer('key', 'md5')).toThrow(WireError);
  });
});
