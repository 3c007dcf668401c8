// `npm run bench:start [-- --json]`: a first start in an empty state directory, timed until it says that it is ready, with the peak
// memory of all its processes together (proportional set size, so that shared pages count once; Linux only).
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const json = process.argv.includes('--json');
const home = mkdtempSync(join(tmpdir(), 'muniment-bench-'));
chmodSync(home, 0o755);
const port = await freePort();
const since = performance.now();
const child = spawn(process.execPath, ['backend/start.mjs'], {
  env: { ...process.env, MUNIMENT_HOME: home, PORT: String(port) },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let output = '';
let secondsToReady;
let peakKiB = 0;
const sampler = setInterval(() => {
  peakKiB = Math.max(peakKiB, memoryOf(family(child.pid)));
}, 100);

const exited = new Promise((resolve) => child.on('exit', resolve));
const ready = new Promise((resolve) => {
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (!json) process.stdout.write(chunk);
      if (secondsToReady === undefined && output.includes('Muniment is ready')) {
        secondsToReady = (performance.now() - since) / 1000;
        resolve();
      }
    });
  }
});
await Promise.race([ready, exited]);
clearInterval(sampler);
child.kill('SIGINT');
await exited;
rmSync(home, { recursive: true, force: true });

if (secondsToReady === undefined) {
  console.error(`The start ended before it was ready:\n${output}`);
  process.exit(1);
}
const result = { secondsToReady: Math.round(secondsToReady * 10) / 10, peakMiB: Math.round(peakKiB / 1024) };
console.log(json ? JSON.stringify(result) : `\nReady after ${result.secondsToReady} s; peak memory ${result.peakMiB} MiB`);

function family(root) {
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // the process ended while it was looked at
    }
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function memoryOf(pids) {
  let total = 0;
  for (const pid of pids) {
    try {
      total += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // the process ended while it was looked at
    }
  }
  return total;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
