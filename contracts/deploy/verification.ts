import type { Provider } from 'ethers';
import type { DeployConfig, Deployment } from './config.ts';

/** A deployment and what it is compared with. */
export interface Verification {
  readonly provider: Provider;
  readonly deployment: Deployment;
  readonly config: DeployConfig;
  /** Must hold nothing. */
  readonly deployer: string;
  /** Nobody has used the building yet: nothing of what members and officers change every day has changed. */
  readonly isNew: boolean;
  readonly abiFolder?: URL | undefined;
}
