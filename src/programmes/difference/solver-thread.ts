/** A thread that holds the solver: SMT-LIB text in, answer out. It ends with what asked, and gives its memory back. */
import { parentPort } from 'node:worker_threads'
import { init } from 'z3-solver'

const { Z3 } = await init()
const context = Z3.mk_context(Z3.mk_config())

parentPort?.on('message', (text: string) => {
  Z3.eval_smtlib2_string(context, text).then(
    (answer) => parentPort?.postMessage({ answer }),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  )
})
