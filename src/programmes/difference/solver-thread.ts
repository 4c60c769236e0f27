/**
 * A thread that holds the solver: assertions as SMT-LIB text in, verdict and model out. It ends with what asked.
 * The package's eval_smtlib2_string gives its text away before the solver reads it (valid text was refused at random); parsing is
 * therefore done by the call that reads at once, and only the check, which takes no text, is waited for.
 */
import { parentPort } from 'node:worker_threads'
import { init } from 'z3-solver'
import type { Question, Reply } from './solver.ts'

const YES = 1
const { Z3 } = await init()
const context = Z3.mk_context(Z3.mk_config())

parentPort?.on('message', (question: Question) => {
  answer(question).then(
    (reply) => parentPort?.postMessage(reply),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  )
})

async function answer({ text, booleans, integers }: Question): Promise<Reply> {
  // Not the one that chooses a strategy first: measured five times slower on questions of this size.
  const solver = Z3.mk_simple_solver(context)
  Z3.solver_inc_ref(context, solver)
  try {
    Z3.solver_from_string(context, solver, text)
    if (Number(Z3.get_error_code(context)) !== 0) throw new Error('the solver refused its text')
    const verdict = Number(await Z3.solver_check(context, solver))
    if (verdict !== YES) return { verdict: verdict === 0 ? null : false, values: [] }
    const model = Z3.solver_get_model(context, solver)
    Z3.model_inc_ref(context, model)
    const read = (name: string, sort: ReturnType<typeof Z3.mk_int_sort>): [string, number] => {
      const value = Z3.model_eval(context, model, Z3.mk_const(context, Z3.mk_string_symbol(context, name), sort), true)
      if (value === null) throw new Error('the model lacks a value')
      const text = Z3.ast_to_string(context, value)
      return [name, text === 'true' ? 1 : text === 'false' ? 0 : Number(text.replaceAll(/[()\s]/g, ''))]
    }
    const values = [
      ...booleans.map((name) => read(name, Z3.mk_bool_sort(context))),
      ...integers.map((name) => read(name, Z3.mk_int_sort(context))),
    ]
    Z3.model_dec_ref(context, model)
    return { verdict: true, values }
  } finally {
    Z3.solver_dec_ref(context, solver)
  }
}
