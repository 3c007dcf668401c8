import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';

test('what has the local chain’s short delays goes to no other chain', async () => {
  const asked: string[] = [];
  const node = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { id, method } = JSON.parse(body) as { id: number; method: string };
    asked.push(method);
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: '0x1' }));
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  try {
    const rpcUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
    await expect(deployInfrastructure({ rpcUrl, manifestFile: 'nowhere/deployment.json' })).rejects.toThrow(
      'has id 1; development contracts go to 31337 only.',
    );
    expect(asked).toEqual(['eth_chainId']);
  } finally {
    node.close();
  }
});
