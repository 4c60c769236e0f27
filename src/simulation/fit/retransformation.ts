/** From a predicted logarithm back to welfare: why exp(prediction) is too low on average, and two factors that mend it. */
import type { Words } from '../../language/fact-space.ts'

export interface Retransformation {
  /** Duan's smearing (1983): weighted mean of exp(residual); assumes nothing about the residuals' shape. */
  readonly smearing: number
  /** exp(σ²/2): right where the residuals are normal with the same variance everywhere. */
  readonly normal: number
  /** Weighted mean of measured welfare, and of exp(prediction) as it stands and times each factor. */
  readonly meanWelfare: number
  readonly meanPredicted: { readonly plain: number; readonly smearing: number; readonly normal: number }
  readonly note: Words
}

const note: Words = {
  en: 'The score predicts a logarithm. Both factors are above 0 and the same for all households, so that ranking and selection by score are unaffected; amounts of welfare computed from scores are too low on average unless they are multiplied by one of them.',
  ar: 'تتنبأ الدرجة بلوغاريتم الرفاه. والعاملان موجبان وثابتان لجميع الأسر، فلا يتأثر الترتيب ولا الاختيار بحسب الدرجة؛ أما مبالغ الرفاه المحسوبة من الدرجات فتكون أقل من الواقع في المتوسط ما لم تُضرب في أحدهما.',
}

/** Of a least-squares fit of ln welfare; `parameters` is the number of its coefficients. */
export function retransformation(logs: Float64Array, predicted: Float64Array, weights: Float64Array, parameters: number): Retransformation {
  let [weight, smeared, squares, welfare, plain] = [0, 0, 0, 0, 0]
  for (let row = 0; row < logs.length; row++) {
    const [y, p, w] = [logs[row] as number, predicted[row] as number, weights[row] as number]
    weight += w
    smeared += w * Math.exp(y - p)
    squares += w * (y - p) ** 2
    welfare += w * Math.exp(y)
    plain += w * Math.exp(p)
  }
  const variance = (squares / weight) * (logs.length / (logs.length - parameters))
  const smearing = smeared / weight
  const normal = Math.exp(variance / 2)
  const mean = plain / weight
  return {
    smearing,
    normal,
    meanWelfare: welfare / weight,
    meanPredicted: { plain: mean, smearing: mean * smearing, normal: mean * normal },
    note,
  }
}
