/** What draws pictures is not installed with the package: most of its users need none. */
import { BadInput } from '../bad-input.js';
import type { Format } from './formats.js';

/** @throws {BadInput} that says what to install, if a package is missing that these formats need */
export function requireDrawing(formats: readonly Format[]): void {
  // the report shows every chart as SVG, whatever else is written
  const needed = formats.includes('png') ? ['vega', '@resvg/resvg-js'] : ['vega'];
  const missing = needed.filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    throw new BadInput(
      `pictures need ${missing.join(' and ')}, which ${missing.length > 1 ? 'are' : 'is'} not installed: npm install ${missing.join(' ')}`,
    );
  }
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}
