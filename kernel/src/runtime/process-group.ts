/** The end of this process with everything it started. */

/**
 * Kills the runtime's process group at once. Where it leads no group of its own (Windows, or a runtime started by hand),
 * it kills itself.
 */
export function killGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}
