// The resources of the Vault Secrets Operator that the chart uses, after its custom resource definitions
// (secrets.hashicorp.com_vaultauths.yaml, secrets.hashicorp.com_vaultstaticsecrets.yaml). No package publishes them.
import type { IObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';

export interface IVaultAuth {
  apiVersion: 'secrets.hashicorp.com/v1beta1';
  kind: 'VaultAuth';
  metadata?: IObjectMeta;
  spec: {
    method: 'kubernetes' | 'jwt' | 'appRole' | 'aws' | 'gcp';
    mount?: string;
    namespace?: string;
    vaultConnectionRef?: string;
    kubernetes?: { role?: string; serviceAccount?: string; audiences?: string[]; tokenExpirationSeconds?: number };
  };
}

export interface IVaultStaticSecret {
  apiVersion: 'secrets.hashicorp.com/v1beta1';
  kind: 'VaultStaticSecret';
  metadata?: IObjectMeta;
  spec: {
    vaultAuthRef?: string;
    namespace?: string;
    mount: string;
    path: string;
    type: 'kv-v1' | 'kv-v2';
    version?: number;
    refreshAfter?: string;
    hmacSecretData?: boolean;
    rolloutRestartTargets?: { kind: 'Deployment' | 'DaemonSet' | 'StatefulSet'; name: string }[];
    destination: {
      name: string;
      create: boolean;
      overwrite: boolean;
      type?: string;
      labels?: Record<string, string>;
      annotations?: Record<string, string>;
      transformation?: { resync: boolean; includes?: string[]; excludes?: string[] };
    };
  };
}
