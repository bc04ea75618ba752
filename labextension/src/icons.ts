/** Icons of this extension; they take their colour from the theme. */
import { LabIcon } from '@jupyterlab/ui-components';

/** A memory module: the panel's tab and the status item. */
export const memoryIcon = new LabIcon({
  name: 'heapmark:memory',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 6h18a1 1 0 0 1 1 1v3a2 2 0 0 0 0 4v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-3a2 2 0 0 0 0-4V7a1 1 0 0 1 1-1zm2 3v4h3V9zm5.5 0v4h3V9zm5.500 0v4h3V9z"/>
  </g></svg>`,
});
