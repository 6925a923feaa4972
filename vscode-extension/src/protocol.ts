/** What the server answers beyond the Language Server Protocol. */

import { NotificationType, RequestType } from 'vscode-languageclient/node';
import type { Range } from 'vscode-languageclient/node';

export interface Origin {
  /** The line of the effective text, from 0. */
  readonly line: number;
  readonly uri: string;
  readonly range: Range;
}

export interface Effective {
  readonly text: string;
  readonly origins: readonly Origin[];
}

export interface MeshNode {
  readonly id: string;
  readonly uri: string;
  readonly name: string;
  readonly tier: string;
  readonly version?: string | null;
  readonly errors: number;
  readonly warnings: number;
}

export interface Mesh {
  readonly nodes: readonly MeshNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface Status {
  /** Parents that are being fetched for longer than anybody would not notice. */
  readonly resolving: number;
  /** Parents of open files that could not be had. */
  readonly unavailable: number;
  /** The network is closed, by settings or for want of trust. */
  readonly offline: boolean;
  readonly version: string;
}

interface OfDocument {
  readonly uri: string;
}

export const effectiveRequest = new RequestType<OfDocument, Effective | null, void>('floe/effective');
export const effectiveChanged = new NotificationType<OfDocument>('floe/effectiveChanged');
export const statusChanged = new NotificationType<Status>('floe/status');
export const graphChanged = new NotificationType<Record<string, never>>('floe/graphChanged');
export const graphRequest = new RequestType<Record<string, never>, Mesh | null, void>('floe/graph');

/** Manifests that came from a registry have addresses of this scheme. */
export const REMOTE = 'floe-oci';
