/** What crosses the wire between the page and the server for the memory protocol. */
import type { Page } from 'playwright-core';

/** Collects the comm messages that the page sends, from now on, as the text of each. */
export function watchComms(page: Page): string[] {
  return watch(page, 'framesent');
}

/** Collects the comm messages that the page gets, from now on. */
export function watchEvents(page: Page): string[] {
  return watch(page, 'framereceived');
}

function watch(page: Page, direction: 'framesent' | 'framereceived'): string[] {
  const seen: string[] = [];
  page.on('websocket', (socket) => {
    const keep = ({ payload }: { payload: string | Buffer }): void => {
      const text = payload.toString();
      if (text.includes('"comm_msg"') || text.includes('"comm_open"')) seen.push(text);
    };
    if (direction === 'framesent') socket.on('framesent', keep);
    else socket.on('framereceived', keep);
  });
  return seen;
}
