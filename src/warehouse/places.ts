/** The Kingdom's places: governorates with their official codes and share of the population, districts, sub-districts, towns. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../kernel/project-root.ts'
import type { Words } from '../language/fact-space.ts'

export interface City {
  readonly code: string
  readonly name: Words
}

export interface Kada extends City {
  readonly cities: readonly City[]
}

export interface Liwa extends City {
  readonly kadas: readonly Kada[]
}

export interface Governorate extends City {
  /** Share of the population, 2015 census; the twelve add up to 1. */
  readonly populationShare: number
  readonly liwas: readonly Liwa[]
}

const read = (): readonly Governorate[] =>
  JSON.parse(readFileSync(join(projectRoot, 'src/warehouse/places.json'), 'utf8')) as readonly Governorate[]

export const places: readonly Governorate[] = read()

/** The code lists `governorate`, `liwa`, `kada` and `city`. */
export function placeCodeLists(): Record<'governorate' | 'liwa' | 'kada' | 'city', Record<string, Words>> {
  const named = (all: readonly City[]): Record<string, Words> => Object.fromEntries(all.map(({ code, name }) => [code, name]))
  const liwas = places.flatMap((governorate) => governorate.liwas)
  const kadas = liwas.flatMap((liwa) => liwa.kadas)
  return { governorate: named(places), liwa: named(liwas), kada: named(kadas), city: named(kadas.flatMap((kada) => kada.cities)) }
}
