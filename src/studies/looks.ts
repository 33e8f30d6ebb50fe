/** A moment at which a comparison may end. */
export interface Look {
  /** of each variant that is still in question */
  replications: number;
  /** probability that an interval of this look fails to cover its difference, at most */
  alpha: number;
}

/** A look that adds less than half of what is there would tell little for its part of α. */
const SMALLEST_GROWTH = 1.5;

/**
 * Doubling numbers of replications, up to the budget. Who looks several times and ends when an interval lies clear of 0 gives
 * chance several opportunities. So each look has a part of α, in proportion to the replications it adds (the linear spending
 * function of Lan and DeMets, Biometrika 70, 1983): then the intervals of all looks together fail with probability α at most,
 * whatever the rule by which one stops.
 */
export function looksOf(replications: number, maxReplications: number, alpha: number): Look[] {
  const counts: number[] = [];
  for (let count = replications; SMALLEST_GROWTH * count <= maxReplications; count *= 2) {
    counts.push(count);
  }
  counts.push(maxReplications);
  return counts.map((count, i) => ({
    replications: count,
    alpha: (alpha * (count - (counts[i - 1] ?? 0))) / maxReplications,
  }));
}
