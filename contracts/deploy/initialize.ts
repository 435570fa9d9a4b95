import { Interface, type InterfaceAbi, type ParamType, type Provider } from 'ethers';
import { committed, interfaceOf } from './artifact.ts';
import { type DeployedName, deployedNames } from './config.ts';

/** The contracts that stand behind a proxy: those that can be initialized. */
export const initializable: readonly DeployedName[] = deployedNames.filter((name) =>
  (committed(name).abi as { type: string; name?: string }[]).some(
    (each) => each.type === 'function' && each.name === 'initialize',
  ),
);

/** Nobody in particular. */
const STRANGER = '0x00000000000000000000000000000000bad0bad0';

const invalid = new Interface(['error InvalidInitialization()'] as InterfaceAbi).getError(
  'InvalidInitialization',
)!.selector;

/** Whether a stranger's attempt to initialize the contract at an address is refused for that very reason. */
export async function initializeRefused(provider: Provider, name: DeployedName, address: string): Promise<boolean> {
  const { inputs } = interfaceOf(name).getFunction('initialize')!;
  const data = interfaceOf(name).encodeFunctionData('initialize', inputs.map(anyValue));
  try {
    await provider.call({ from: STRANGER, to: address, data });
    return false;
  } catch (error) {
    return (error as { data?: string }).data === invalid;
  }
}

/** A value of the type that would be taken. */
function anyValue(type: ParamType): unknown {
  if (type.isArray()) return [];
  if (type.isTuple()) return type.components.map(anyValue);
  if (type.type === 'address') return STRANGER;
  if (type.type === 'bool') return true;
  if (type.type.startsWith('bytes'))
    return type.type === 'bytes' ? '0x' : `0x${'00'.repeat(Number(type.type.slice(5)))}`;
  return type.type === 'string' ? '' : 0;
}
