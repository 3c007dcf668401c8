// A distribution from the record date to the last unit, while the API process is killed again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFunctionData, erc20Abi, keccak256, toHex } from 'viem';
import { distributorAbi, identityRegistryAbi, identityStorageAbi, securityTokenAbi } from '../../../dist/contracts/generated/abi.js';
import { LOCAL_INDEX, localAddress, localSender } from '../../../dist/backend/src/local/accounts.js';
import { localAccount } from '../../../dist/backend/src/local/people.js';
import { Member } from '../../../dist/backend/src/local/world/client.js';
import { signInStaff } from '../../../dist/backend/src/local/world/people.js';
import { bringHolders, bringToken } from './holders.mjs';
import { until } from './world.mjs';

const DECIMALS = 6;
const BLOCK_SECONDS = 1;
const CONFIRMATIONS = 3;
/** How long a process lives between two kills. */
const LIFE_MS = 2_500;

/** @param holders of the token; one in two hundred is frozen, another one in two hundred no longer verified   @param kills of the API process */
export async function measureDistribution(place, { holders, kills }, say) {
  const world = await place.world(CONFIRMATIONS);
  try {
    const token = await bringToken(world);
    say(`${holders} holders are brought on chain …`);
    const { bad } = await bringHolders(world, token, holders);
    let api = await world.startApi();
    const projection = await projected(world);
    say(`${projection.events} events projected in ${projection.seconds.toFixed(1)} s`);
    await world.client.setAutomine(false);
    await world.client.setIntervalMining({ interval: BLOCK_SECONDS });
    const killer = startKiller(world, api, kills, say);
    const since = performance.now();
    const { id, chainId } = await distribute(world, killer, token, holders);
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    api = await killer.rest();
    const units = await account(world, { id, chainId, holders, bad });
    return { ...units, seconds, kills: killer.count, backfill: projection };
  } finally {
    await world.stop();
  }
}
