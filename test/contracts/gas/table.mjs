// What `npm run bench:gas` prints for people.

const FIGURES = [
  ['transferExisting0', 'transfer to an existing holder, no rule'],
  ['transferExisting3', 'transfer to an existing holder, 3 rules'],
  ['transferNew0', 'transfer to a new holder, no rule'],
  ['mintExisting0', 'mint to an existing holder, no rule'],
  ['batchTransfer100Existing0', 'batchTransfer to 100 existing holders, each'],
  ['forcedTransfer0', 'forcedTransfer to an existing holder, no rule'],
  ['onboardOne', 'onboard one investor'],
  ['onboardBatch100', 'onboard 100 investors, each'],
  ['suiteDeployment', 'new suite (T-REX: no rule; Muniment: 3 rules)'],
];

const BESIDE = [
  ['transferFirst3', "beside: a sender's first transfer, 3 rules"],
  ['transferNew3', 'beside: transfer to a new holder, 3 rules'],
  ['transferLockup3', 'beside: countries + maximum + lockup, existing'],
  ['transferRelocking3', 'beside: the same where received units are locked'],
  ['mintExisting3', 'beside: mint to an existing holder, 3 rules'],
  ['announcement', 'beside: announcing the forced transfer'],
  ['suiteDeployment0', 'beside: new suite, no rule'],
  ['suiteDeployment3', 'beside: new suite, 3 rules'],
  ['suiteDeploymentFirst0', 'beside: first suite of all, no rule'],
];

const grouped = (gas) => (gas ? gas.toLocaleString('en-US') : '–');
const row = (label, width, cells) => [label.padEnd(width), ...cells.map((cell) => String(cell).padStart(13))].join('').trimEnd();

/** @param measured `{ settings, muniment, trex, erc20 }`   @param beside `{ muniment, trex }`   @param targets gas by figure */
export function figuresTable({ settings, muniment, trex, erc20 }, beside, targets) {
  const line = (key, label, ours, theirs) => {
    const ratio = ours && theirs ? `${(theirs / ours).toFixed(1)}×` : '–';
    const verdict = key in targets ? (ours <= targets[key] ? 'met' : 'MISSED') : '';
    return row(label, 48, [grouped(ours), grouped(theirs), ratio, grouped(erc20[key]), grouped(targets[key]), verdict]);
  };
  const { packages, ...rest } = settings;
  const named = (values) => Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return [
    ...[...named(rest), ...named(packages)].map((setting) => `  ${setting}`),
    '',
    row('receipt gasUsed', 48, ['Muniment', 'T-REX', 'ratio', 'OpenZeppelin', 'target', '']),
    ...FIGURES.map(([key, label]) => line(key, label, muniment[key], trex[key])),
    ...BESIDE.map(([key, label]) => line(key, label, beside.muniment[key], beside.trex[key])),
  ].join('\n');
}

/** One transfer between existing holders, a line a step.
 *  @param first head of the first column   @param series `{ head, rows }` a column */
export function growthTable(first, series) {
  const steps = [...new Set(series.flatMap(({ rows }) => rows.map(({ at }) => at)))].sort((a, b) => a - b);
  const cell = ({ rows }, step) => grouped(rows.find(({ at }) => at === step)?.gas);
  const heads = [0, 1].map((part) =>
    row(
      part ? first : '',
      8,
      series.map(({ head }) => head[part]),
    ),
  );
  return [
    ...heads,
    ...steps.map((step) =>
      row(
        step.toLocaleString('en-US'),
        8,
        series.map((column) => cell(column, step)),
      ),
    ),
  ].join('\n');
}
