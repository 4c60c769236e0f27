/** The shipped registry definitions are sound and whole, and every kind of fault in one is said with its exact place. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { checkRegistry } from '../../src/warehouse/check-registry.ts'
import { places } from '../../src/warehouse/places.ts'
import { loadRegistryDefinitions, readRegistryDefinitions, registriesFolder } from '../../src/warehouse/registry-definition.ts'
import { registryDiagnosticCodes } from '../../src/warehouse/registry-diagnostics.ts'
import { registriesPage } from '../../src/warehouse/registry-docs.ts'
import { codeLists, entities } from '../../src/warehouse/shared-lists.ts'
import { faulty, sound } from './faulty-registries.ts'

const context = { entities, codeLists }
const definitions = loadRegistryDefinitions()
const byId = new Map(definitions.map((definition) => [definition.id, definition]))

/** The columns of the slides' access matrix, and the three custodians that the slides name beside it. */
const custodians =
  'CSPD DVLD ISTD SSC NAF DCMR MIT CCD GAM MOE MOHE DLS HIA MOLA MOL MODEE DEF HUDC ACC OFDC MOJ CSB SJD VTC LTRC HCD ZF MOSD GTD Customs PSD'.split(
    ' ',
  )

t.test('the shipped definitions are sound and whole', async (t) => {
  t.same(readRegistryDefinitions(registriesFolder).findings, [])
  t.ok(definitions.length >= 40, `${definitions.length} registries`)
  t.equal(byId.size, definitions.length)
  t.equal(custodians.length, 31)
  t.same(
    entities.filter(({ origin, id }) => origin === 'seed' && id !== 'NUR').map(({ id }) => id),
    custodians,
  )
  t.same(
    custodians.filter((id) => !definitions.some(({ custodian }) => custodian === id)),
    [],
    'each of the 31 has a registry',
  )
  const assumed = definitions.filter(({ origin }) => origin === 'assumed').map(({ custodian }) => custodian)
  t.same([...new Set(assumed)].toSorted(), ['EDC', 'MOA', 'MOH', 'RMS', 'WAJ'])
})

t.test("the slides' tables and columns are there by their names", async (t) => {
  const slides =
    'CSPD_Birth_Info CSPD_Death_Info CSPD_Divorce_Info CSPD_Marriage_Info CSPD_Personal_Address CSPD_Personal_Info CSPD_Social_Status CSPD_Personal_Title ' +
    'DVLD_Car_Info DVLD_license_Info ISTD_Income_Info SSC_Salaries SSC_Insured_Info SSC_Insured_Transaction'
  t.same(
    slides.split(' ').filter((name) => !definitions.some(({ sourceName }) => sourceName === name)),
    [],
  )
  const columns = {
    cspd_personal_address: 'country_code governorate_code liwa_code kada_code city_code',
    cspd_personal_info: 'first_name second_name third_name family_name gender birth_liwa_code',
    dvld_car_info: 'registration_number vehicle_type vehicle_class vehicle_cargo_description vehicle_registration_type registration_center',
  }
  for (const [id, names] of Object.entries(columns)) {
    const own = byId.get(id)?.columns.map(({ name }) => name) ?? []
    t.same(
      names.split(' ').filter((name) => !own.includes(name)),
      [],
      id,
    )
  }
})

t.test('what may not be used without a legal basis is marked', async (t) => {
  const wholly = definitions.filter(({ columns }) => columns.every((column) => column.protected)).map(({ id }) => id)
  t.same(wholly, ['moj_bails', 'moj_financial_claims', 'moj_juveniles', 'psd_travellers'])
  const marked = definitions.flatMap(({ id, columns }) => columns.filter((column) => column.protected).map(({ name }) => `${id}.${name}`))
  for (const column of [
    'cspd_personal_info.gender',
    'cspd_social_status.marital_status',
    'hcd_disability.disability_type',
    'rbd_residents.nationality',
    'moh_chronic_illness.illness_code',
  ]) {
    t.ok(marked.includes(column), column)
  }
})

t.test('a shared code list is put in and keeps its name', async (t) => {
  const column = byId.get('cspd_personal_address')?.columns.find(({ name }) => name === 'governorate_code')
  t.equal(column?.codeList, 'governorate')
  t.same(column?.codes?.['21'], { en: 'Irbid', ar: 'إربد' })
})

t.test('places: twelve governorates with official codes, whose shares add up to one', async (t) => {
  t.same(
    places.map(({ code }) => code),
    '11 12 13 14 21 22 23 24 31 32 33 34'.split(' '),
  )
  t.equal(
    places.reduce((sum, { populationShare }) => sum + Math.round(populationShare * 1000), 0),
    1000,
  )
  const codes = places.flatMap(({ code, liwas }) =>
    liwas.flatMap((liwa) => [
      [liwa.code, code],
      ...liwa.kadas.flatMap((kada) => [[kada.code, liwa.code], ...kada.cities.map((city) => [city.code, kada.code])]),
    ]),
  ) as [string, string][]
  t.same(
    codes.filter(([code, above]) => !code.startsWith(above) || code.length !== above.length + 2),
    [],
    'a code begins with the code above it',
  )
  t.equal(new Set(codes.map(([code]) => code)).size, codes.length)
})

t.test('a faulty definition is refused with its exact place', async (t) => {
  t.same(checkRegistry(sound(), context), [], 'before it is spoilt it is sound')
  const seen = new Set<string>()
  for (const { spoil, finds } of faulty) {
    const definition = sound()
    spoil(definition)
    const found = checkRegistry(definition, context)
    t.same(
      found.map(({ code, pointer }) => `${code} ${pointer}`),
      finds,
      finds.join(),
    )
    for (const { code } of found) seen.add(code)
  }
  const ofFolders = ['registry-file', 'registry-repeats']
  // definitions/definitions.test.ts tries those that only a registry that is there can cause.
  const ofChanges = ['registry-name-taken', 'change-incompatible', 'column-in-use']
  t.same(
    Object.keys(registryDiagnosticCodes).filter((code) => !seen.has(code) && ![...ofFolders, ...ofChanges].includes(code)),
    [],
    'every code is tried',
  )
})

t.test('a misspelt name is answered with the likely one', async (t) => {
  const definition = sound()
  definition.custodian = 'SCC'
  definition.generator.for = { trait: 'formalWorkers' }
  t.same(
    checkRegistry(definition, context).map(({ hint }) => hint),
    ['did you mean "SSC"?', 'did you mean "formalWorker"?', undefined],
  )
})

t.test('a folder: misplaced, repeated and unreadable files are named, sound ones kept', async (t) => {
  const folder = t.testdir()
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const text = JSON.stringify(sound())
  write('ssc/wages.json', text)
  write('ssc/wages_again.json', text)
  write('naf/wages2.json', JSON.stringify({ ...sound(), id: 'wages2' }))
  write('ssc/broken.json', '{"id": "broken", "id": "twice"}')
  const { definitions: kept, findings } = readRegistryDefinitions(folder)
  t.same(
    kept.map(({ id }) => id),
    ['wages'],
  )
  t.same(
    findings.map(({ file, code, pointer }) => `${file} ${code} ${pointer}`),
    ['naf/wages2.json registry-file /id', 'ssc/broken.json json-duplicate-key /id', 'ssc/wages_again.json registry-repeats /id'],
  )
  t.throws(() => loadRegistryDefinitions(folder), /naf\/wages2\.json\/id: .*\[registry-file\]\n.*broken\.json/s)
})

t.test('the page of the reference is up to date', async (t) => {
  t.equal(
    readFileSync(join(projectRoot, 'docs/reference/registries.md'), 'utf8'),
    registriesPage(definitions),
    'run npm run mizan -- registries',
  )
})
