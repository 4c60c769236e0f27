/** The page that a problem's `type` points at: every code in both languages. */
import type { FastifyInstance } from 'fastify'
import { problemKinds } from '../kernel/problem-table.ts'

export function registerErrorPage(app: FastifyInstance): void {
  const page = errorPage()
  const schema = { summary: 'Every error code, in English and Arabic', tags: ['service'], description: 'An HTML page.' }
  app.get('/errors', { config: { permission: 'public' }, schema }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(page),
  )
}

function errorPage(): string {
  const rows = Object.entries(problemKinds).map(
    ([code, { status, title, hint }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title.en}<br><small>${hint.en}</small></td>` +
      `<td lang="ar" dir="rtl">${title.ar}<br><small>${hint.ar}</small></td></tr>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mizan errors</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}td,th{padding:.4rem .8rem;border-bottom:1px solid #ccc;text-align:start;vertical-align:top}</style>
<h1>Errors · الأخطاء</h1><table><tr><th>code</th><th>status</th><th>English</th><th>العربية</th></tr>${rows.join('')}</table></html>`.replaceAll(
    '<key>',
    '&lt;key&gt;',
  )
}
