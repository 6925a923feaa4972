/** The mesh as SVG: a column for each tier, each node beside the middle of its children. */

import { counted, registryOf, shortName } from './mesh';
import type { Tree } from './mesh';
import type { MeshNode } from './protocol';

const WIDTH = 216;
const HEIGHT = 40;
const GAP_X = 84;
const GAP_Y = 12;
const TOP = 28;
/** More products than this are one box for each domain: nobody reads a picture of thousands. */
const MOST = 200;

interface Box {
  readonly node: MeshNode;
  readonly x: number;
  readonly y: number;
}

export function drawing(tree: Tree): string {
  if (tree.mesh.nodes.length === 0) return '<p>No manifest and no data product was found in this workspace.</p>';
  const boxes: Box[] = [];
  const edges: string[] = [];
  const folded = tree.mesh.nodes.filter((node) => node.tier === 'product').length > MOST;
  const placed = new Set<string>();
  let bottom = TOP;

  const place = (node: MeshNode, depth: number): number => {
    placed.add(node.id);
    const children = shown(tree, node, folded).filter((child) => !placed.has(child.id));
    const middles = children.map((child) => place(child, depth + 1));
    const y = middles.length ? (middles[0] + middles[middles.length - 1]) / 2 : bottom;
    if (!middles.length) bottom += HEIGHT + GAP_Y;
    const x = depth * (WIDTH + GAP_X) + 1;
    for (const middle of middles) edges.push(edge(x + WIDTH, y + HEIGHT / 2, x + WIDTH + GAP_X, middle + HEIGHT / 2));
    boxes.push({ node, x, y });
    return y;
  };
  for (const root of tree.roots) {
    place(root, 0);
    bottom += GAP_Y;
  }
  const columns = Math.max(...boxes.map(({ x }) => x)) + WIDTH + 2;
  return [
    `<svg width="${columns}" height="${bottom}" viewBox="0 0 ${columns} ${bottom}" role="img" aria-label="Who inherits from whom">`,
    ...headings(boxes),
    ...edges,
    ...boxes.map(box),
    '</svg>',
  ].join('\n');
}

/** The children of a node, its products as one where there are too many. */
function shown(tree: Tree, node: MeshNode, folded: boolean): readonly MeshNode[] {
  const children = tree.children(node);
  const products = children.filter((child) => child.tier === 'product');
  if (!folded || products.length < 2) return children;
  const sum = (of: (product: MeshNode) => number): number => products.map(of).reduce((a, b) => a + b, 0);
  const one = { id: `products of ${node.id}`, uri: '', name: `${products.length} products`, tier: 'product', errors: sum((p) => p.errors), warnings: sum((p) => p.warnings) };
  return [...children.filter((child) => child.tier !== 'product'), one];
}

/** The name of the tier above a column that has only that. */
function headings(boxes: readonly Box[]): string[] {
  const tiers = new Map<number, Set<string>>();
  for (const { node, x } of boxes) tiers.set(x, (tiers.get(x) ?? new Set()).add(node.tier));
  return [...tiers].flatMap(([x, names]) => (names.size === 1 ? [`<text class="heading" x="${x}" y="14">${[...names][0].toUpperCase()}</text>`] : []));
}

function edge(x1: number, y1: number, x2: number, y2: number): string {
  const middle = (x1 + x2) / 2;
  return `<path class="edge" d="M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`;
}

function box({ node, x, y }: Box): string {
  const state = node.errors ? ' errors' : node.warnings ? ' warnings' : '';
  const link = node.uri ? ` data-uri="${escaped(node.uri)}" tabindex="0"` : '';
  const trouble = counted(node);
  const below = [escaped(node.version ?? ''), escaped(registryOf(node)), trouble && `<tspan class="trouble">${trouble}</tspan>`].filter(Boolean).join(' · ');
  return [
    `<g class="node ${escaped(node.tier)}${state}"${link}>`,
    `<title>${escaped([node.name, node.version, trouble].filter(Boolean).join(' · '))}</title>`,
    `<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text x="${x + 10}" y="${y + (below ? 17 : 25)}">${escaped(shortened(shortName(node.name)))}</text>`,
    below ? `<text class="quiet" x="${x + 10}" y="${y + 32}">${below}</text>` : '',
    '</g>',
  ].join('');
}

function shortened(name: string): string {
  return name.length > 28 ? `${name.slice(0, 27)}…` : name;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
