/** The report: one HTML file that needs nothing beside it. */
import type { Claim, ExperimentOptions } from '../../experiments/experiment.js';
import type { Verdict } from '../../experiments/verdict.js';
import { grouped } from '../format.js';

/** What is kept of an experiment's conclusion. */
export interface Finding {
  name: string;
  title: string;
  version: string;
  kernelHash: string;
  options: ExperimentOptions;
  runs: number;
  /** accepted arrivals and departures, of all runs */
  events: number;
  claims: Claim[];
  choices: string[];
  pictures: { name: string; title: string; caption: string; svg: string }[];
}

const STYLE = `
  body { font: 16px/1.5 "Source Sans 3", "Source Sans Pro", Helvetica, Arial, sans-serif; color: #222;
    max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-weight: 600; } h2 { margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem; font-weight: 600; }
  figure { display: inline-block; margin: 1rem 1rem 1rem 0; max-width: 34rem; vertical-align: top; }
  figure img { width: 100%; } figcaption { font-size: 0.9rem; color: #444; }
  table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
  th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid #ddd; }
  th { font-weight: 600; } td:nth-child(1) { width: 38%; }
  .agrees { color: #00664b; } .differs { color: #a03c00; font-weight: 600; } .not-decided { color: #555; font-style: italic; }
  .made { font-size: 0.9rem; color: #555; } code { font-size: 0.85rem; }`;

/** The page with all findings there are. */
export function reportOf(findings: readonly Finding[]): string {
  const claims = findings.flatMap((finding) => finding.claims);
  const count = (wanted: Verdict) => claims.filter(({ verdict }) => verdict === wanted).length;
  const undecided = count('not decided');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Distributed Rate Scaling: the experiments repeated</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>“Distributed Rate Scaling in Large-Scale Service Systems”: the experiments repeated</h1>
<p>Each figure is simulated anew, exactly, and laid beside theory. For every claim of the paper, in its own terms, there is what
was measured and whether it agrees: ${count('agrees')} of ${claims.length} do${undecided > 0 ? `, and ${undecided} could not be decided by runs of this size` : ''}. The cost is g(x) = 1/x, h(x) = 0.1 x², so μ* = ∛(5λ).
Intervals are 95 % confidence intervals over independent runs unless said.</p>
<table>
<tr><th>Experiment</th><th>Claims</th></tr>
${findings.map(overview).join('\n')}
</table>
${findings.map(section).join('\n')}
</body>
</html>
`;
}

function overview({ name, title, claims }: Finding): string {
  const verdicts = claims.map(({ verdict }) => marked(verdict)).join(', ');
  return `<tr><td><a href="#${name}">${escaped(title)}</a></td><td>${verdicts}</td></tr>`;
}

function section(finding: Finding): string {
  const { name, title, claims, choices, pictures, runs, events, options } = finding;
  return `
<h2 id="${name}">${escaped(title)}</h2>
${pictures
  .map(
    ({ title, caption, svg }) =>
      `<figure><img alt="${escaped(title)}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"><figcaption>${escaped(caption)}</figcaption></figure>`,
  )
  .join('\n')}
<table>
<tr><th>Claim</th><th>Measured</th><th>Verdict</th></tr>
${claims
  .map(
    ({ claim, measured, verdict }) =>
      `<tr><td>${escaped(claim)}</td><td>${escaped(measured)}</td><td>${marked(verdict)}</td></tr>`,
  )
  .join('\n')}
</table>
<p>What the paper leaves open, and what was chosen:</p>
<ul>
${choices.map((choice) => `<li>${escaped(choice)}</li>`).join('\n')}
</ul>
<p class="made">${grouped(runs)} runs, ${grouped(events)} events; size ${options.size}, seed ${escaped(String(options.seed))}; ratescale ${finding.version},
kernel <code>${finding.kernelHash}</code>. Runs: <code>${name}/results.jsonl</code>; data of the charts: <code>${pictures
    .map((picture) => `${name}/${picture.name}.json`)
    .join('</code>, <code>')}</code>.</p>`;
}

function marked(verdict: Verdict): string {
  return `<span class="${verdict.replace(' ', '-')}">${verdict}</span>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
