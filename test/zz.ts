import { shippedBundle } from '../src/programmes/shipped-bundle.ts'
import { compareRules } from '../src/programmes/difference/compare-rules.ts'
import { checkRule } from '../src/language/rule/check.ts'
import { ruleContext, unitOf } from '../src/programmes/difference/compare-rules.ts'
import { compareFormulas } from '../src/programmes/difference/compare-formulas.ts'
import { checkFormula } from '../src/language/formula/check.ts'
const { bundle } = shippedBundle() as any
for (const p of bundle.programmes) {
  const source = structuredClone(p.rule.source)
  // double a numeric threshold
  let done = false
  const walk = (n: any) => { if (!done && typeof n?.value === 'number') { n.value += 1; done = true } for (const k of ['all', 'any']) n?.[k]?.forEach(walk); if (n?.not) walk(n.not) }
  walk(source.conditions)
  const { rule } = checkRule(source, ruleContext(bundle, unitOf(bundle, p.ruleRef.id)))
  const c = process.cpuUsage(); const w = performance.now()
  const d = await compareRules({ bundle, before: p.rule, after: rule!, asOf: 20_700 })
  const u = process.cpuUsage(c)
  console.log(p.id, done, d.equivalent, 'cpu', ((u.user + u.system) / 1000).toFixed(0), 'wall', (performance.now() - w).toFixed(0), d.changes.map((x: any) => x.verdict + ':' + (x.witness?.mayBeImpossible.length ?? '')).join(' '))
}
for (const f of bundle.formulas) {
  const t = (name: string, g: any) => { const c = process.cpuUsage(); const d = compareFormulas({ formula: f.formula, catalogue: bundle.catalogue }, { formula: g, catalogue: bundle.catalogue }, 20_700); const u = process.cpuUsage(c); console.log(f.ref.id, name, d.equivalent, d.differsIn, JSON.stringify(d.witness)?.slice(0, 400), ((u.user + u.system) / 1000).toFixed(0), 'ms') }
  t('same', f.formula)
  t('reversed', { ...f.formula, terms: f.formula.terms.toReversed() })
  const [first, ...rest] = f.formula.terms
  t('one moved', { ...f.formula, terms: [{ ...first, ...(first.points?.length ? { points: [first.points[0] + 1, ...first.points.slice(1)] } : first.kind === 'linear' ? { weight: first.weight + 1 } : { points: first.points + 1 }) }, ...rest] })
}
