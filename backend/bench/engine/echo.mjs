/** A contract that logs its calldata, so that every effect can be counted on chain. */
export const ECHO = '0x00000000000000000000000000000000000ec400';
export const ECHO_CODE = '0x365f5f37365fa000';
