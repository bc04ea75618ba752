/** The commands of this extension. */
export const CommandIds = {
  showPanel: 'heapmark:show-panel',
  collectGarbage: 'heapmark:collect-garbage',
  /** Arguments: `names`, the variables to free; without them the chosen ones, or a list to choose from. */
  free: 'heapmark:free',
  /** The active cell's latest run, in the panel. */
  showCell: 'heapmark:show-cell',
  /** The variables that the active cell declared. */
  freeOfCell: 'heapmark:free-of-cell',
  /** Writes a heap snapshot to a file, after its cost was shown. */
  takeSnapshot: 'heapmark:take-snapshot',
  /** Exact sizes of all variables, from a heap snapshot. */
  measureAll: 'heapmark:measure-all',
  copySummary: 'heapmark:copy-summary',
  toggleBadges: 'heapmark:toggle-badges',
  toggleStatusBar: 'heapmark:toggle-status-bar',
  openSettings: 'heapmark:open-settings',
} as const;
