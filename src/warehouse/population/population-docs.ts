/** docs/reference/population.md and demonstration-families.md: what the synthetic nation is made like, from the tables that make it. */
import type { RegistryDefinition } from '../registry-definition.ts'
import { type DemonstrationFamily, demonstrationFamilies, demonstrationNumber, type FamilyMember } from './demonstration-families.ts'
import { dirt, registryStates } from './dirt.ts'
import { householdKinds, householdKindShares, nonJordanianHouseholds, nonJordanianSpouses } from './shares.ts'

const dirtMeaning: Readonly<Record<keyof typeof dirt, string>> = {
  lateDeaths:
    'of deaths: registered 61 to 700 days after the day instead of within 20; until then the person counts as living and pensions go on',
  deadOnBooklet: 'of Jordanian households: somebody who died in the last two years still stands on the booklet',
  bookletsNotRenewed: "of widows' booklets: the dead husband is still its head",
  supersededNumbers: 'of Jordanians: the number replaced an older one, which still resolves',
  wivesOnTwoBooklets: 'of wives whose father lives: still on his booklet as well; the rules settle it',
  childrenOnTwoBooklets: "of children: on a stranger's booklet as well; nothing settles it, so both households are shown",
  withoutBooklet: 'of children: on no booklet',
  conflictingBirthDates: 'of birth dates outside cspd_personal_info: a month earlier or a year later',
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`

/** Marginals, dirt and the states of registries. */
export function populationPage(definitions: readonly RegistryDefinition[]): string {
  const missing = definitions.flatMap(({ id, generator }) => {
    const worst = Math.max(...generator.map((one) => one.missing ?? 0))
    return worst > 0 ? [`\`${id}\` ${percent(worst)}`] : []
  })
  const kinds = householdKinds.map(
    (kind, index) => `${kind} ${percent((householdKindShares[index] ?? 0) - (householdKindShares[index - 1] ?? 0))}`,
  )
  return `# The synthetic population

Generated from \`src/warehouse/population/\` by \`npm run mizan -- registries\`; a test compares the two. Nobody in it is real: numbers begin with 0, which no number in use
does. \`npm run mizan -- seed --households N --seed S --as-of DATE\` writes it; the same seed, size and date give the same bytes.

Published figures that it meets (held by a test at 20,000 households): mean household 4.8 persons, a third under 15, 15% headed by a woman, 62% own and 35% rent their home,
15.7% of persons below JOD 100 a month, shares of the governorates (census 2015), 123 and 94 of 2,345 thousand households in the two cash programmes. Everything else is assumed.

- Kinds of household: ${kinds.join(', ')}. Households of non-Jordanians ${percent(nonJordanianHouseholds)}; wives who are non-Jordanian ${percent(nonJordanianSpouses)}.
- Each household has a true welfare (a percentile, and an expenditure per person). Work, wages, schooling, health, dwelling, bills, cars and land follow from it, from age, sex and
  place, so that poor households have less of what formulas look at. It stands in \`synthetic.true_welfare\`, which only simulation and tests may read.
- Households come in extended families of 32 that share a name and a home governorate: fathers and sons, brothers and sisters live in different households of one, and their
  lineage says so. Parents who have died are known to the civil register only.

## Dirt

| what | share | meaning |
|---|---|---|
${Object.entries(dirtMeaning)
  .map(([name, meaning]) => `| ${name} | ${percent(dirt[name as keyof typeof dirt])} | ${meaning} |`)
  .join('\n')}

Rows that a registry has lost: ${missing.join(', ')}. Amounts that a registry holds as unknown have their share in the registry's generator (\`"null"\`).

One registry is stale: \`${registryStates.stale.registry}\`, as of ${registryStates.stale.daysOld} days before the population's date. One is past its age and within its grace:
\`${registryStates.inGrace.registry}\`. One was never loaded: \`${registryStates.neverLoaded.registry}\`.
`
}

/** Who the demonstration families are and by which numbers to ask for them. */
export function demonstrationFamiliesPage(): string {
  return `# Demonstration families / أسر العرض التوضيحي

Every synthetic population has these families on top of the drawn ones, whatever its seed. Their numbers are easily remembered: \`0000000302\` is the second member of family 3.
All are invented. Generated from \`src/warehouse/population/demonstration-families.ts\` by \`npm run mizan -- registries\`; a test compares the two.

${demonstrationFamilies.map(familySection).join('\n\n')}
`
}

const familySection = ({ id, about, members }: DemonstrationFamily): string => `## ${id}. ${about.en}

${about.ar}

| number | who | age | known of the person |
|---|---|---|---|
${members.map((member, order) => `| \`${demonstrationNumber(id, order + 1)}\` | ${member.as}${member.female ? ', female' : ', male'} | ${member.age} | ${knownOf(member).join(', ')} |`).join('\n')}`

function knownOf(member: FamilyMember): string[] {
  const { booklet } = member
  return [
    member.status,
    ...(member.traits ?? []),
    ...(member.wage === undefined ? [] : [member.amountsUnknown ? 'wage unknown to the registries' : `wage JOD ${member.wage} a month`]),
    ...(member.pension === undefined ? [] : [`pension JOD ${member.pension} a month`]),
    ...(member.nonJordanian ? ['non-Jordanian'] : []),
    ...(member.diedDaysAgo === undefined ? [] : [`died ${member.diedDaysAgo} days before`]),
    ...(member.oldNumber === undefined ? [] : [`formerly \`${String(member.oldNumber).padStart(10, '0')}\``]),
    ...(booklet === undefined
      ? []
      : [
          booklet === 'none'
            ? 'on no booklet'
            : 'of' in booklet
              ? `on the booklet of family ${booklet.of}`
              : `also on the booklet of family ${booklet.alsoOf}`,
        ]),
    ...(member.parentsIn === undefined ? [] : [`parents are family ${member.parentsIn}`]),
    ...(member.formerHusbandIn === undefined ? [] : [`divorced from the head of family ${member.formerHusbandIn}`]),
  ]
}
