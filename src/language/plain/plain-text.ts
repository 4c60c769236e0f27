/** What is told of a text that decides: sentences, with those that belong below one under it. */
export interface PlainNode {
  readonly text: string
  readonly citation: string | null
  readonly children: readonly PlainNode[]
}

/** A part of a text under a heading. */
export interface PlainSection {
  readonly title: string
  readonly nodes: readonly PlainNode[]
}

export const plain = (text: string, children: readonly PlainNode[] = [], citation: string | null = null): PlainNode => ({
  text,
  citation,
  children,
})

export interface PlainSentence {
  /** 0, or one more than the sentence that it belongs to. */
  readonly depth: number
  readonly text: string
  readonly citation: string | null
}

/** Sentences one after the other, each before those that belong to it. */
export const sentencesOf = (nodes: readonly PlainNode[], depth = 0): PlainSentence[] =>
  nodes.flatMap(({ text, citation, children }) => [{ depth, text, citation }, ...sentencesOf(children, depth + 1)])

/** Sections as a text file: one line a sentence, indented by two spaces a level. */
export const textOf = (sections: readonly PlainSection[]): string =>
  sections
    .map(({ title, nodes }) => {
      const lines = sentencesOf(nodes).map(
        ({ depth, text, citation }) => `${'  '.repeat(depth)}- ${text}${citation === null ? '' : ` [${citation}]`}`,
      )
      return `${[title, ...lines].join('\n')}\n`
    })
    .join('\n')
