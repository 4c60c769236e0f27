/** The report in this thread: whoever serves others renders it apart. */
import { languagesOf, reportFile } from './report-file.ts'
import type { ReportLanguage, ReportSubject } from './report-subject.ts'
import { renderArticle } from './render-article.ts'

export function renderReport(subject: ReportSubject, asked: ReportLanguage): string {
  const languages = languagesOf(asked)
  return reportFile(
    subject.request.name,
    languages,
    languages.map((language) => renderArticle(subject, language, languages)),
  )
}
