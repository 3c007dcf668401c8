/** Path of a Foundry tool: the npm package of this platform, else the one that foundryup installed.
 *  @throws Error when neither exists, saying how to get it */
export function foundryBinary(tool: 'forge' | 'anvil'): string;
