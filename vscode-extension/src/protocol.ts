/** What the server answers beyond the Language Server Protocol. */

import { NotificationType, RequestType } from 'vscode-languageclient/node';
import type { Range } from 'vscode-languageclient/node';

export interface Origin {
  /** The line of the effective text, from 0. */
  readonly line: number;
  readonly uri: string;
  readonly range: Range;
}

export interface Content {
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

/** A value, as YAML on one line; null where there is none. */
export interface Change {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** In the first file of its group, from 0. */
  readonly line: number;
}

export interface Affected {
  readonly files: readonly { readonly uri: string; readonly name: string; readonly tier: string }[];
  readonly changes: readonly Change[];
  readonly new: readonly Finding[];
  readonly gone: readonly Finding[];
}

/** What an unsaved edit does to the files below. */
export interface Impact {
  readonly domains: number;
  readonly products: number;
  readonly changed: number;
  readonly broken: number;
  /** Of the files of a group all is true that it says. */
  readonly groups: readonly Affected[];
}

export interface Versions {
  /** The reference as it is. */
  readonly ref: string;
  readonly tags: readonly string[];
}

export interface OfDocument {
  readonly uri: string;
}

export const contentRequest = new RequestType<OfDocument, Content | null, void>('floe/textDocumentContent');
export const effectiveChanged = new NotificationType<OfDocument>('floe/effectiveChanged');
export const impactRequest = new RequestType<OfDocument, Impact | null, void>('floe/impact');
export const impactChanged = new NotificationType<OfDocument>('floe/impactChanged');
export const versionsRequest = new RequestType<OfDocument, Versions | null, void>('floe/versions');
export const whatIfChanged = new NotificationType<OfDocument>('floe/whatIfChanged');
/** What a file is: `other` is none of floe's. */
export const kindRequest = new RequestType<OfDocument, { kind: 'manifest' | 'product' | 'runtime' | 'other' } | null, void>('floe/kind');
export const statusChanged = new NotificationType<Status>('floe/status');
export const graphChanged = new NotificationType<Record<string, never>>('floe/graphChanged');
export const graphRequest = new RequestType<Record<string, never>, Mesh | null, void>('floe/graph');

/** Manifests that came from a registry have addresses of this scheme. */
export const REMOTE = 'floe-oci';
