/** Results that were worked out before, by key: the most recently used are kept, the others worked out again. */
export class BoundedMemory<T> {
  readonly #kept = new Map<string, T>()

  readonly most: number

  constructor(most: number) {
    this.most = most
  }

  /** What was made before under the key, or `make()`; kept only where `isKept` says so. */
  of(key: string, make: () => T, isKept: (made: T) => boolean = () => true): T {
    const known = this.#kept.get(key)
    if (known !== undefined) this.#kept.delete(key)
    const made = known ?? make()
    if (known === undefined && !isKept(made)) return made
    this.#kept.set(key, made)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.most) this.#kept.delete(oldest as string)
    return made
  }
}
