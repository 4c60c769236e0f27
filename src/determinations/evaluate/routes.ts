/** Trying rules and formulas from outside: texts and facts in, outcomes out, nothing stored. */
import type { Server } from '../../http/server.ts'
import type { DeterminationDeps } from '../determine-household.ts'
import { evaluate } from './evaluate.ts'
import { takingTurns } from './limits.ts'
import { EvaluateAnswer, EvaluateRequest, limits } from './schema.ts'

export function registerEvaluateRoute(app: Server, deps: DeterminationDeps): void {
  const schema = {
    tags: ['evaluate'],
    summary: 'Try a rule, a formula or whole programmes on facts or on registry rows',
    description: `Limits: ${Object.entries(limits)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}. Send synthetic data only: no National ID is needed.`,
    body: EvaluateRequest,
    response: { 200: EvaluateAnswer },
  }
  const inTurn = takingTurns<Awaited<ReturnType<typeof evaluate>>>()
  app.post('/v1/evaluate', { config: { permission: 'evaluate:run' }, schema, bodyLimit: limits.MAX_BODY_BYTES }, async (request) =>
    inTurn(() => evaluate(deps, request.body)),
  )
}
