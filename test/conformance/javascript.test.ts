import { describe, expect, it } from 'vitest';
import { resultOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel({ args: ['--language', 'javascript'] });

describe('a kernel that stands in for one of JavaScript', () => {
  it('says so', async () => {
    const { reply } = await shared.client.request('kernel_info_request');
    expect(reply.content['language_info']).toMatchObject({
      name: 'javascript',
      file_extension: '.js',
      mimetype: 'text/javascript',
    });
  });

  it('asks for no types', async () => {
    expect(resultOf(await shared.client.execute('let value = "6"; value = value * 7; value'))).toBe('42');
  });
});
