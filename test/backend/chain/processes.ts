import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { projectRoot } from '../../../backend/src/platform/project.js';
import { ECHO } from './world.js';

const COMPILED = join(projectRoot, 'dist');

/** Compiles what the processes run. */
export function compile(): void {
  const built = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stdout + built.stderr);
}

/** A process of the service, and how to treat it. */
export type Process = {
  id: string;
  url: string;
  child: ChildProcess;
  /** Starts workflows of three effects each: `<key>:a`, `:b`, `:c`. */
  start(keys: string[]): Promise<void>;
  /** Blocks its event loop until somebody writes to this named pipe. */
  block(pipe: string): void;
  /** Lets it take memory until there is none. @returns the signal that it ends with */
  starve(): Promise<NodeJS.Signals | null>;
  /** Sends a signal, and waits for the end that SIGTERM and SIGKILL bring. @returns the exit code */
  signal(signal: NodeJS.Signals): Promise<number | null>;
};

/** @param environment DATABASE_URL, RPC_URL and whatever else differs */
export async function startProcess(environment: Record<string, string>): Promise<Process> {
  const child = fork(join(import.meta.dirname, 'process-child.mjs'), [], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'test',
      LOG_LEVEL: 'fatal',
      COMPILED,
      TARGET: ECHO,
      ...environment,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const ended = exit.then(([code]) => code);
  const first = await Promise.race([once(child, 'message').then(([message]) => message as { id: string; url: string }), ended]);
  if (first === null || typeof first === 'number') throw new Error(`The process ended: ${said}`);
  return {
    ...first,
    child,
    start: async (keys) => {
      const done = once(child, 'message');
      child.send({ start: keys });
      await done;
    },
    block: (pipe) => void child.send({ block: pipe }),
    starve: async () => {
      child.send({ fill: true });
      const [, signal] = await exit;
      return signal;
    },
    signal: async (signal) => {
      child.kill(signal);
      return signal === 'SIGTERM' || signal === 'SIGKILL' ? ended : null;
    },
  };
}

/** A node's front door that can hold requests back. */
export type Gate = {
  url: string;
  /** Holds every request whose body names this method, until `release`. */
  hold(method: string): void;
  /** How many are held. */
  held(): number;
  release(): void;
  stop(): Promise<void>;
};

export async function startGate(target: string): Promise<Gate> {
  let method: string | undefined;
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      if (method && body.includes(method)) await new Promise<void>((go) => waiting.push(go));
      const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const release = (): void => {
    method = undefined;
    for (const go of waiting) go();
    waiting = [];
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (held) => (method = held),
    held: () => waiting.length,
    release,
    stop: async () => {
      release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
