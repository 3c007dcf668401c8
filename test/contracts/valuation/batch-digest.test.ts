import { hashTypedData, keccak256, stringToHex } from 'viem';
import { expect, it } from 'vitest';

/** The vector of `QuorumFeedBatch.t.sol`, where the contract accepts what is signed under the same digest. */
it('gives a batch the digest that the contract gives it', () => {
  const digest = hashTypedData({
    domain: {
      name: 'Muniment QuorumFeed',
      version: '1',
      chainId: 31337,
      verifyingContract: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
    },
    types: {
      BatchObservation: [
        { name: 'feedIds', type: 'bytes32[]' },
        { name: 'rounds', type: 'uint32[]' },
        { name: 'valuationTimestamps', type: 'uint40[]' },
        { name: 'configVersion', type: 'uint32' },
        { name: 'validUntil', type: 'uint40' },
        { name: 'evidenceRoot', type: 'bytes32' },
        { name: 'values', type: 'int128[]' },
        { name: 'flags', type: 'uint8' },
      ],
    },
    primaryType: 'BatchObservation',
    message: {
      feedIds: [keccak256(stringToHex('UST-BILL-26W')), keccak256(stringToHex('UST-NOTE-2Y'))],
      rounds: [1, 1],
      valuationTimestamps: [1_699_999_990, 1_699_999_000],
      configVersion: 1,
      validUntil: 1_700_003_600,
      evidenceRoot: keccak256(stringToHex('canonical source record')),
      values: [99_43630600n, -1n],
      flags: 2,
    },
  });
  expect(digest).toBe('0x2b5b0da623950e4d6f5077eeef4edd08539f65d96ecfc2d796c9ce126b344366');
});
