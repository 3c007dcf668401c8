/** Keeps a service running until the process is told to stop, then closes it. A start that fails is one sentence and exit code 1. */
export async function run(name: string, start: () => Promise<{ url?: string; close(): Promise<void> }>): Promise<void> {
  let service: Awaited<ReturnType<typeof start>>;
  try {
    service = await start();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  console.log(service.url ? `${name} listens on ${service.url}` : `${name} runs`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      service.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}
