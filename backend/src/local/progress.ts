const tty = process.stdout.isTTY === true;

/** Runs one step of a start and shows it: what runs now (on a terminal), then what it came to and how long it took.
 *  @param name what the step brings up
 *  @param work returns what to show beside the name */
export async function step<T>(name: string, work: () => Promise<{ value: T; detail?: string }>): Promise<T> {
  const since = performance.now();
  if (tty) process.stdout.write(`… ${name}`);
  try {
    const { value, detail } = await work();
    finish(`✓ ${name}${detail === undefined ? '' : `: ${detail}`} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
    return value;
  } catch (error) {
    finish(`✗ ${name}`);
    throw error;
  }
}

/** Shows how far a long step is, on the line of the step that runs (a terminal only). */
export function note(text: string): void {
  if (tty) process.stdout.write(`\r\x1b[K… ${text}`);
}

function finish(line: string): void {
  process.stdout.write(tty ? `\r\x1b[K${line}\n` : `${line}\n`);
}
