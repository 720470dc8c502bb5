// The resource of the Kong Ingress Controller that the chart uses, after its custom resource definition
// (configuration.konghq.com_kongplugins.yaml). No package publishes it. The plugins' own fields are checked in
// tests/CoffeeBuddy.Infrastructure.
import type { IObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';

export interface IKongPlugin {
  apiVersion: 'configuration.konghq.com/v1';
  kind: 'KongPlugin';
  metadata?: IObjectMeta;
  plugin: string;
  config?: Record<string, unknown>;
  configFrom?: { secretKeyRef: { name: string; key: string } };
  disabled?: boolean;
  instance_name?: string;
  protocols?: ('http' | 'https' | 'grpc' | 'grpcs' | 'tcp' | 'tls' | 'udp')[];
  run_on?: 'first' | 'second' | 'all';
}
