/** What is made of an object, made once and kept for as long as the object is. */

/** `make` has to come to the same whenever it is asked: what it says of an object is not asked again. */
export function keptWith<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>()
  return (key) => {
    const found = known.get(key) ?? { value: make(key) }
    known.set(key, found)
    return found.value
  }
}
