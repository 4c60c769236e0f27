/** Evaluates the arithmetic that a page of the documentation does by hand: + − · / ², brackets, |…|, √(…), ln(…). */

/** The value of an expression; an Error where it cannot be read to its end. */
export function valueOf(text: string): number {
  const tokens = text.match(/\d+(?:\.\d+)?|ln|[^\s]/gu) ?? []
  let place = 0
  const peek = (): string | undefined => tokens[place]
  const take = (): string => {
    const token = tokens[place++]
    if (token === undefined) throw new Error(`${text} breaks off`)
    return token
  }
  const expect = (token: string): void => {
    if (take() !== token) throw new Error(`${text}: no ${token} at ${place}`)
  }

  function sum(): number {
    let value = product()
    while (peek() === '+' || peek() === '−') value += take() === '+' ? product() : -product()
    return value
  }
  function product(): number {
    let value = power()
    while (peek() === '·' || peek() === '/') value = take() === '·' ? value * power() : value / power()
    return value
  }
  function power(): number {
    if (peek() === '−') {
      take()
      return -power()
    }
    const value = operand()
    if (peek() !== '²') return value
    take()
    return value * value
  }
  function operand(): number {
    const token = take()
    if (/^\d/.test(token)) return Number(token)
    if (token === '|') {
      const value = sum()
      expect('|')
      return Math.abs(value)
    }
    if (token === '(') return closed()
    if (token !== '√' && token !== 'ln') throw new Error(`${text}: cannot read ${token}`)
    expect('(')
    return token === '√' ? Math.sqrt(closed()) : Math.log(closed())
  }
  function closed(): number {
    const value = sum()
    expect(')')
    return value
  }

  const value = sum()
  if (place < tokens.length) throw new Error(`${text}: ${tokens[place]} is left over`)
  return value
}
